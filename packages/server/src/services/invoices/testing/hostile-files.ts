import { deflateRawSync, deflateSync } from 'node:zlib';
import { createCanvas } from '@napi-rs/canvas';
import PDFDocument from 'pdfkit';
import type { FailureCode } from '../extract/extraction.ts';

export interface HostileFile {
  readonly name: string;
  readonly code: FailureCode;
  readonly bytes: Uint8Array;
}

/** Files that are broken or built to do harm, each with the code that its job must fail with. */
export async function hostileFiles(): Promise<HostileFile[]> {
  const honest = await pdfOf((pdf) => pdf.text('Rechnung 1 vom 01.02.2024').text('Gesamtbetrag 10,00 EUR'));
  return [
    file('zero bytes', 'file.empty', new Uint8Array()),
    file(
      'a program named invoice.pdf',
      'file.unsupported_type',
      Buffer.from('MZ\x90\0\x03\0\0\0This program cannot be run in DOS mode.', 'latin1'),
    ),
    file('text that is no document', 'file.unsupported_type', 'Dear all, please find attached.'),
    file('a PDF of its first half', 'file.corrupt', '%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R'),
    file('a PDF of noise', 'file.corrupt', Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.alloc(5000, 0xa5)])),
    file(
      'an encrypted PDF',
      'file.encrypted',
      await pdfOf((pdf) => pdf.text('Rechnung 1'), { userPassword: 'secret', ownerPassword: 'owner' }),
    ),
    file(
      'a PDF that only its owner may print',
      'file.encrypted',
      await pdfOf((pdf) => pdf.text('Rechnung 1'), { ownerPassword: 'owner' }),
    ),
    file('pages that are their own parents', 'file.corrupt', circularPages()),
    file('a form that draws itself', 'extract.no_text', circularForm()),
    file('a decompression bomb', 'file.too_complex', bomb(1)),
    file('a decompression bomb in a decompression bomb', 'file.too_complex', bomb(2)),
    file('10,000 attachments', 'file.too_complex', manyAttachments(10_000)),
    file('300,000 objects', 'file.too_complex', manyObjects(300_000)),
    file(
      '200 pages',
      'file.too_many_pages',
      await pdfOf((pdf) => {
        for (let page = 1; page < 200; page++) pdf.addPage();
      }),
    ),
    file('a PDF without text', 'extract.no_text', await pdfOf(() => undefined, { size: [120, 120] })),
    file(
      'a letter',
      'extract.not_an_invoice',
      await pdfOf((pdf) => pdf.text('Dear Jane, the weather is fine and the garden is green. Yours, Tom')),
    ),
    file('a PNG of huge dimensions', 'file.too_many_pixels', hugePng()),
    file('a truncated PNG', 'file.corrupt', createCanvas(400, 400).toBuffer('image/png').subarray(0, 60)),
    file('a JPEG of its first bytes', 'file.corrupt', createCanvas(400, 400).toBuffer('image/jpeg').subarray(0, 40)),
    file('a TIFF whose directory is its own next', 'file.corrupt', circularTiff()),
    file('a TIFF of huge dimensions', 'file.too_many_pixels', hugeTiff()),
    file(
      'XML with an external entity',
      'file.hostile',
      '<?xml version="1.0"?><!DOCTYPE i [<!ENTITY x SYSTEM "file:///etc/passwd">]><Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"><ID>&x;</ID></Invoice>',
    ),
    file('a billion laughs', 'file.hostile', laughs()),
    file(
      'truncated XML',
      'file.corrupt',
      '<?xml version="1.0"?><Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"><ID>1</I',
    ),
    file('XML that is no invoice', 'file.unsupported_type', '<?xml version="1.0"?><html><body>Invoice</body></html>'),
    file('XML a million elements deep', 'file.too_complex', '<a>'.repeat(1_000_000)),
    file('XML of a million elements', 'file.too_complex', `<Invoice>${'<a/>'.repeat(1_000_000)}</Invoice>`),
    file('XML of an endless attribute', 'file.too_complex', `<Invoice a="${'x'.repeat(2_000_000)}"/>`),
    file(
      'XML that says it is UTF-8 and is not',
      'file.corrupt',
      Buffer.from('<?xml version="1.0"?><Invoice>\xff\xfe</Invoice>', 'latin1'),
    ),
    file(
      'an envelope of envelopes without an end',
      'file.corrupt',
      Buffer.concat([
        Buffer.from('308006092a864886f70d010702', 'hex'),
        Buffer.alloc(2_000_000, Buffer.from('3080', 'hex')),
      ]),
    ),
    file('pages that go round in a ring', 'file.corrupt', ringOfPages()),
    file('a tree of pages a hundred thousand deep', 'file.corrupt', deepPages(100_000)),
    file('an object stream that lies in itself', 'file.corrupt', nestedObjectStream()),
    file('a table of objects that names itself as the one before', 'extract.no_text', circularTable()),
    file('a font whose encoding is itself', 'extract.no_text', circularFont()),
    file('a page of a billion repetitions', 'file.too_complex', repeatedText()),
    file('a name tree of attachments that is its own child', 'extract.no_text', circularNames()),
    file('a picture of JPEG 2000 that declares a billion pixels', 'extract.no_text', hugeInnerPicture('JPXDecode')),
    file('a picture of JBIG2 that declares a billion pixels', 'extract.no_text', hugeInnerPicture('JBIG2Decode')),
    file('a PDF that is also a ZIP', 'file.corrupt', Buffer.concat([Buffer.from('%PDF-1.7\n'), zipBomb()])),
    file('a ZIP', 'file.unsupported_type', zipBomb()),
    file('half an honest PDF', 'file.corrupt', honest.subarray(0, Math.floor(honest.length / 4))),
  ];
}

function file(name: string, code: FailureCode, bytes: Uint8Array | string): HostileFile {
  return { name, code, bytes: new Uint8Array(typeof bytes === 'string' ? Buffer.from(bytes) : bytes) };
}

export async function pdfOf(
  draw: (pdf: PDFKit.PDFDocument) => unknown,
  options: PDFKit.PDFDocumentOptions = {},
): Promise<Uint8Array> {
  const pdf = new PDFDocument({ ...options, info: { CreationDate: new Date(0) } });
  const chunks: Buffer[] = [];
  const done = new Promise<void>((resolve) => pdf.on('end', resolve));
  pdf.on('data', (chunk: Buffer) => chunks.push(chunk));
  draw(pdf);
  pdf.end();
  await done;
  return new Uint8Array(Buffer.concat(chunks));
}

/** A PDF of these objects; a reader finds them without their table. */
function rawPdf(objects: readonly (string | Buffer)[]): Uint8Array {
  const parts: Buffer[] = [Buffer.from('%PDF-1.7\n')];
  const offsets: number[] = [];
  let length = 9;
  for (const [index, body] of objects.entries()) {
    offsets.push(length);
    const part = Buffer.concat([Buffer.from(`${index + 1} 0 obj\n`), Buffer.from(body), Buffer.from('\nendobj\n')]);
    parts.push(part);
    length += part.length;
  }
  const rows = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  parts.push(
    Buffer.from(
      `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${rows}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${length}\n%%EOF`,
    ),
  );
  return Buffer.concat(parts);
}

const catalog = '<< /Type /Catalog /Pages 2 0 R >>';
const onePage = '<< /Type /Pages /Kids [3 0 R] /Count 1 >>';

function circularPages(): Uint8Array {
  return rawPdf([catalog, '<< /Type /Pages /Kids [2 0 R] /Count 1 /Parent 2 0 R >>']);
}

function circularForm(): Uint8Array {
  const form =
    '<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /F 5 0 R >> >> /Length 5 >>\nstream\n/F Do\nendstream';
  return rawPdf([
    catalog,
    onePage,
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 120 120] /Contents 4 0 R /Resources << /XObject << /F 5 0 R >> >> >>',
    '<< /Length 5 >>\nstream\n/F Do\nendstream',
    form,
  ]);
}

/** A gigabyte would take seconds to make: what is refused is anything beyond the bound. */
function bomb(layers: 1 | 2): Uint8Array {
  const zeros = deflateSync(Buffer.alloc(160 * 1024 * 1024), { level: 9 });
  const body = layers === 1 ? zeros : deflateSync(zeros, { level: 9 });
  const filter = layers === 1 ? '/Fl#61teDecode' : '[/FlateDecode /FlateDecode]';
  const content = Buffer.concat([
    Buffer.from(`<< /Length ${body.length} /Filter ${filter} >>\nstream\n`),
    body,
    Buffer.from('\nendstream'),
  ]);
  return rawPdf([catalog, onePage, '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >>', content]);
}

function ringOfPages(): Uint8Array {
  return rawPdf([
    catalog,
    '<< /Type /Pages /Kids [3 0 R] /Count 2 >>',
    '<< /Type /Pages /Kids [4 0 R] /Count 2 /Parent 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 2 /Parent 3 0 R >>',
  ]);
}

function deepPages(depth: number): Uint8Array {
  return rawPdf([
    catalog,
    ...Array.from({ length: depth }, (_, index) => `<< /Type /Pages /Kids [${index + 3} 0 R] /Count 1 >>`),
    '<< /Type /Pages /Kids [2 0 R] /Count 1 >>',
  ]);
}

function streamOf(dictionary: string, body: Buffer): Buffer {
  return Buffer.concat([
    Buffer.from(`<< ${dictionary} /Length ${body.length} >>\nstream\n`),
    body,
    Buffer.from('\nendstream'),
  ]);
}

function nestedObjectStream(): Uint8Array {
  const inner = Buffer.from('2 0 4 20 << /Type /Pages >> << /Type /ObjStm /Extends 3 0 R >>');
  return rawPdf([catalog, 'null', streamOf('/Type /ObjStm /N 2 /First 9 /Extends 3 0 R', inner)]);
}

function circularTable(): Uint8Array {
  const pdf = Buffer.from(
    rawPdf([catalog, onePage, '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 120 120] >>']),
  ).toString('latin1');
  const at = /startxref\n(\d+)/.exec(pdf)?.[1];
  return Buffer.from(pdf.replace('/Root 1 0 R', `/Root 1 0 R /Prev ${at}`), 'latin1');
}

/** Small, because what has no text is rendered and looked at. */
const page = (resources: string) =>
  `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 120 120] /Contents 4 0 R /Resources << ${resources} >> >>`;

function circularFont(): Uint8Array {
  return rawPdf([
    catalog,
    onePage,
    page('/Font << /F 5 0 R >>'),
    streamOf('', Buffer.from('BT /F 12 Tf 10 60 Td (Rechnung) Tj ET')),
    '<< /Type /Font /Subtype /Type0 /BaseFont /X /Encoding 6 0 R /DescendantFonts [5 0 R] /ToUnicode 6 0 R >>',
    streamOf(
      '/Type /CMap /UseCMap 6 0 R',
      Buffer.from('/Self usecmap begincmap 1 begincodespacerange <00> <ff> endcodespacerange endcmap'),
    ),
  ]);
}

/** Three layers of compression: what they unpack to is counted through all of them. */
function repeatedText(): Uint8Array {
  const text = Buffer.alloc(120 * 1024 * 1024, 'BT (Rechnung) Tj ET ');
  return rawPdf([
    catalog,
    onePage,
    page(''),
    streamOf('/Filter [/FlateDecode /FlateDecode /FlateDecode]', deflateSync(deflateSync(deflateSync(text)))),
  ]);
}

function circularNames(): Uint8Array {
  return rawPdf([
    '<< /Type /Catalog /Pages 2 0 R /Names << /EmbeddedFiles 4 0 R >> >>',
    onePage,
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 120 120] >>',
    '<< /Kids [4 0 R 4 0 R] >>',
  ]);
}

function hugeInnerPicture(filter: string): Uint8Array {
  return rawPdf([
    catalog,
    onePage,
    page('/XObject << /I 5 0 R >>'),
    streamOf('', Buffer.from('120 0 0 120 0 0 cm /I Do')),
    streamOf(
      `/Type /XObject /Subtype /Image /Width 40000 /Height 40000 /BitsPerComponent 1 /ColorSpace /DeviceGray /Filter /${filter}`,
      Buffer.from('0000000c6a5020200d0a870a00000014667479706a703220', 'hex'),
    ),
  ]);
}

/** A ZIP of one file that unpacks to sixteen megabytes. */
function zipBomb(): Buffer {
  const body = deflateRawSync(Buffer.alloc(16 * 1024 * 1024));
  const head = Buffer.alloc(30);
  head.writeUInt32LE(0x04034b50, 0);
  head.writeUInt16LE(20, 4);
  head.writeUInt16LE(8, 8);
  head.writeUInt32LE(body.length, 18);
  head.writeUInt32LE(16 * 1024 * 1024, 22);
  head.writeUInt16LE(1, 26);
  return Buffer.concat([head, Buffer.from('0'), body]);
}

function manyAttachments(count: number): Uint8Array {
  const names = Array.from({ length: count }, (_, index) => `(${index}.xml) ${5 + index * 2} 0 R`).join(' ');
  const files = Array.from({ length: count }, (_, index) => [
    `<< /Type /Filespec /F (${index}.xml) /EF << /F ${6 + index * 2} 0 R >> >>`,
    '<< /Type /EmbeddedFile /Length 4 >>\nstream\n<a/>\nendstream',
  ]).flat();
  return rawPdf([
    `<< /Type /Catalog /Pages 2 0 R /Names << /EmbeddedFiles 4 0 R >> >>`,
    onePage,
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>',
    `<< /Names [${names}] >>`,
    ...files,
  ]);
}

function manyObjects(count: number): Uint8Array {
  return rawPdf([
    catalog,
    onePage,
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>',
    ...Array.from({ length: count }, () => 'null'),
  ]);
}

function hugePng(): Uint8Array {
  const png = createCanvas(300, 300).toBuffer('image/png');
  png.writeUInt32BE(60_000, 16);
  png.writeUInt32BE(60_000, 20);
  return png;
}

/** Little-endian TIFF of these tags, each one long number. */
function tiff(tags: readonly (readonly [number, number])[], next: number): Uint8Array {
  const bytes = Buffer.alloc(8 + 2 + tags.length * 12 + 4);
  bytes.write('II', 0, 'latin1');
  bytes.writeUInt16LE(42, 2);
  bytes.writeUInt32LE(8, 4);
  bytes.writeUInt16LE(tags.length, 8);
  for (const [index, [tag, value]] of tags.entries()) {
    const at = 10 + index * 12;
    bytes.writeUInt16LE(tag, at);
    bytes.writeUInt16LE(4, at + 2);
    bytes.writeUInt32LE(1, at + 4);
    bytes.writeUInt32LE(value, at + 8);
  }
  bytes.writeUInt32LE(next, bytes.length - 4);
  return bytes;
}

function circularTiff(): Uint8Array {
  return tiff(
    [
      [256, 100],
      [257, 100],
      [258, 8],
      [259, 1],
      [262, 1],
      [273, 8],
      [278, 100],
      [279, 50],
    ],
    8,
  );
}

function hugeTiff(): Uint8Array {
  return tiff(
    [
      [256, 100_000],
      [257, 100_000],
      [258, 1],
      [259, 4],
      [262, 0],
      [273, 8],
      [278, 100_000],
      [279, 50],
    ],
    0,
  );
}

function laughs(): string {
  const lines = Array.from({ length: 9 }, (_, index) => `<!ENTITY l${index + 1} "${`&l${index};`.repeat(10)}">`);
  return `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha">${lines.join('')}]><Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"><ID>&l9;</ID></Invoice>`;
}

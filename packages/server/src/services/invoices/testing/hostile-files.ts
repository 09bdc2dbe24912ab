import { deflateSync } from 'node:zlib';
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
    file('a PDF without text', 'extract.no_text', await pdfOf(() => undefined)),
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
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /XObject << /F 5 0 R >> >> >>',
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

import PDFDocument from 'pdfkit';
import { expect, it } from 'vitest';
import { defaultBounds } from '../extraction.ts';
import { readGlyphWords, type TextPiece } from './glyph-words.ts';
import { openPage, withPdf } from './open-pdf.ts';

type Draw = (page: PDFKit.PDFDocument) => unknown;

async function piecesOf(draw: Draw): Promise<readonly TextPiece[]> {
  const document = new PDFDocument({ size: 'A4', margin: 0, info: { CreationDate: new Date(0) } });
  const chunks: Buffer[] = [];
  document.on('data', (chunk: Buffer) => chunks.push(chunk));
  const done = new Promise((resolve) => document.on('end', resolve));
  document.font('Helvetica').fontSize(10);
  draw(document);
  document.end();
  await done;
  return withPdf(new Uint8Array(Buffer.concat(chunks)), defaultBounds, async (pdf) =>
    readGlyphWords(await openPage(pdf, 1)),
  );
}

const wordsOf = async (draw: Draw) => (await piecesOf(draw)).map(({ str }) => str);

it.each([0, 0.6, 1.2, 1.6])('words whose letters are set %d points apart are whole', async (characterSpacing) => {
  expect(
    await wordsOf((page) => page.text('Zahlbetrag 1.234,56 EUR', 50, 60, { characterSpacing, lineBreak: false })),
  ).toEqual(['Zahlbetrag', '1.234,56', 'EUR']);
});

it('words stay apart where no space is drawn between them', async () => {
  expect(
    await wordsOf((page) => {
      page.text('Net', 50, 60, { lineBreak: false });
      page.text('Gross', 90, 60, { lineBreak: false });
      page.text('Total', 50, 72, { lineBreak: false });
    }),
  ).toEqual(['Net', 'Gross', 'Total']);
});

it('pieces that follow each other without a gap are one word, unless they are of another size', async () => {
  const behind = (page: PDFKit.PDFDocument, text: string) => 50 + page.widthOfString(text);
  expect(
    await wordsOf((page) => {
      const at = behind(page, 'Invoi');
      page.text('Invoi', 50, 60, { lineBreak: false });
      page.text('ce', at, 60, { lineBreak: false });
      page.fontSize(6).text('1', at + 12, 60, { lineBreak: false });
    }),
  ).toEqual(['Invoice', '1']);
});

it('places are those of the glyphs: where a word begins, how long it is and how high', async () => {
  const [first, second] = await piecesOf((page) => page.text('Total due', 50, 60, { lineBreak: false }));
  const measure = new PDFDocument().font('Helvetica').fontSize(10);
  expect(first?.transform[4]).toBeCloseTo(50, 1);
  expect(first?.width).toBeCloseTo(measure.widthOfString('Total'), 1);
  expect(second?.transform[4]).toBeCloseTo(50 + measure.widthOfString('Total '), 1);
  expect([first?.height, second?.height]).toEqual([10, 10]);
});

it('turned and scaled text is put together along its own line', async () => {
  const turned = await piecesOf((page) =>
    page.rotate(90, { origin: [200, 200] }).text('Turned aside', 200, 200, { characterSpacing: 1, lineBreak: false }),
  );
  expect(turned.map(({ str }) => str)).toEqual(['Turned', 'aside']);
  expect(turned[0]?.transform[0]).toBeCloseTo(0, 5);
  const scaled = await piecesOf((page) => page.scale(2).text('Twice as large', 20, 20, { lineBreak: false }));
  expect(scaled.map(({ str, height }) => [str, Math.round(height)])).toEqual([
    ['Twice', 20],
    ['as', 20],
    ['large', 20],
  ]);
});

it('a page without text has no words', async () => {
  expect(await wordsOf((page) => page.rect(10, 10, 50, 50).fill('#336699'))).toEqual([]);
});

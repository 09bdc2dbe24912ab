import { fileURLToPath } from 'node:url';
import type { Language } from '../printed/lexicon.ts';
import type { Picture } from './picture.ts';
import { dotsPerInch } from './straighten.ts';

/** One word as it was recognised, in pixels. */
export interface RecognisedWord {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** From 0 to 100. */
  readonly confidence: number;
}

export interface Recognition {
  readonly lines: readonly (readonly RecognisedWord[])[];
  /** The mean of the words with letters or digits, from 0 to 100. */
  readonly confidence: number;
}

/** Recognises the text of a picture. One recogniser is kept, since a document has one language. */
export async function recognise(picture: Picture, language: Language): Promise<Recognition> {
  const worker = await recogniserOf(language);
  const { data } = await worker.recognize(portableGreymap(picture), {}, { blocks: true, text: false });
  const lines: RecognisedWord[][] = [];
  for (const block of data.blocks ?? []) {
    for (const paragraph of block.paragraphs) {
      for (const line of paragraph.lines) {
        lines.push(
          line.words.flatMap(({ text, bbox, confidence }) =>
            text.trim() === '' || (!/[\p{L}\p{N}%€£$]/u.test(text) && text.length > 1)
              ? []
              : [
                  {
                    text: mended(text),
                    x: bbox.x0,
                    y: bbox.y0,
                    width: bbox.x1 - bbox.x0,
                    height: bbox.y1 - bbox.y0,
                    confidence,
                  },
                ],
          ),
        );
      }
    }
  }
  const words = lines.flat().filter((word) => /[\p{L}\p{N}]/u.test(word.text));
  const confidence = words.length === 0 ? 0 : words.reduce((sum, word) => sum + word.confidence, 0) / words.length;
  return { lines: lines.filter((line) => line.length > 0), confidence };
}

const packages: Readonly<Record<Language, string>> = {
  de: 'deu',
  en: 'eng',
  fr: 'fra',
  it: 'ita',
  es: 'spa',
  lt: 'lit',
};

type TesseractWorker = Awaited<ReturnType<typeof import('tesseract.js')['createWorker']>>;

let kept: { language: Language; worker: Promise<TesseractWorker> } | null = null;

async function recogniserOf(language: Language): Promise<TesseractWorker> {
  if (kept?.language === language) return await kept.worker;
  const before = kept;
  const worker = startWorker(language);
  kept = { language, worker };
  await (await before?.worker)?.terminate();
  return await worker;
}

async function startWorker(language: Language): Promise<TesseractWorker> {
  const { createWorker, OEM, PSM } = await import('tesseract.js');
  const code = packages[language];
  const langPath = fileURLToPath(
    new URL('4.0.0_best_int', import.meta.resolve(`@tesseract.js-data/${code}/package.json`)),
  );
  const worker = await createWorker(code, OEM.LSTM_ONLY, { langPath, gzip: true, cacheMethod: 'none' });
  await worker.setParameters({
    tessedit_pageseg_mode: PSM.AUTO,
    user_defined_dpi: String(dotsPerInch),
    preserve_interword_spaces: '1',
  });
  return worker;
}

/** The plainest picture that the recogniser takes: encoding a PNG would cost a tenth of the recognition. */
function portableGreymap({ width, height, grey }: Picture): Buffer {
  return Buffer.concat([Buffer.from(`P5\n${width} ${height}\n255\n`, 'latin1'), grey]);
}

/** Marks that recognition confuses and that print never has within a word. */
function mended(text: string): string {
  return text
    .normalize('NFC')
    .replace(/[“”„]/g, '"')
    .replace(/^[|‚]+(?=\p{L}|\p{N})|(?<=[\p{L}\p{N}])[|]+$/gu, '');
}

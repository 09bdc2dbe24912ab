import type { ReadingHints } from '../extraction.ts';
import type { PageText } from '../page/page-text.ts';
import { detectLanguage, type Language, languageCodes } from '../printed/lexicon.ts';
import type { Picture } from './picture.ts';
import { type Recognition, recognise } from './recognise.ts';
import { liesOnSide, straightened, turned } from './straighten.ts';

/**
 * Recognises the text of pictures of pages. The first page is read in the language of the hint or as English, which is
 * enough to tell the language and which side is up; then all are read in their language.
 */
export async function recognisePages(
  pictures: AsyncIterable<Picture> | Iterable<Picture>,
  hints: ReadingHints,
): Promise<PageText[]> {
  const pages: PageText[] = [];
  const supposed = languageCodes.find((code) => hints.language?.toLowerCase().startsWith(code)) ?? 'en';
  let language: Language | null = null;
  for await (const raw of pictures) {
    const upright = straightened(liesOnSide(raw) ? turned(raw, 1) : raw);
    let { picture, recognition } = await rightWayUp(upright, language ?? supposed);
    if (language === null) {
      const texts = recognition.lines.map((line) => line.map((word) => word.text).join(' '));
      language = detectLanguage(
        [...texts, ...recognition.lines.flatMap((line) => line.map((word) => word.text))],
        hints.language,
      ).language;
      if (language !== supposed) recognition = await recognise(picture, language);
    }
    pages.push(pageOf(pages.length + 1, picture, recognition));
  }
  return pages;
}

/** Text on its head is still rows of ink: only what it says tells, so a poor reading is held against its reverse. */
async function rightWayUp(
  picture: Picture,
  language: Language,
): Promise<{ picture: Picture; recognition: Recognition }> {
  const recognition = await recognise(picture, language);
  if (recognition.confidence > 75) return { picture, recognition };
  const reversed = turned(picture, 2);
  const other = await recognise(reversed, language);
  return other.confidence > recognition.confidence + 5
    ? { picture: reversed, recognition: other }
    : { picture, recognition };
}

function pageOf(number: number, picture: Picture, recognition: Recognition): PageText {
  const points = picture.pointsPerPixel;
  return {
    number,
    width: picture.width * points,
    height: picture.height * points,
    source: 'ocr',
    ...(picture.lie === undefined ? {} : { lie: picture.lie }),
    words: recognition.lines.flatMap((line) => {
      const heights = line.map((word) => word.height).sort((a, b) => a - b);
      const typical = heights[Math.floor(heights.length * 0.75)] ?? 0;
      return line.map((word) => ({
        text: word.text,
        x: word.x * points,
        // Words of one line get one height, as printed text has: `o` and `f` differ only in ink.
        y: (word.y + word.height / 2 - typical / 2) * points,
        width: word.width * points,
        height: Math.max(typical, 1) * 1.25 * points,
        confidence: Math.round(word.confidence) / 100,
      }));
    }),
  };
}

/** A piece of a text: to be shown as it is, or a character that would show as nothing or turn the text around. */
export type Piece = { readonly text: string } | { readonly hidden: string };

/**
 * Takes a text apart at the characters that a reader does not see: controls, marks of direction, zero-width spaces.
 * Two client seeds that look the same must not be taken for the same.
 *
 * @example
 * visiblePieces('a\u202eb'); // [{ text: 'a' }, { hidden: 'U+202E' }, { text: 'b' }]
 */
export function visiblePieces(text: string): Piece[] {
  return text
    .split(unseen)
    .filter((piece) => piece !== '')
    .map((piece) => (unseen.test(piece) ? { hidden: nameOf(piece) } : { text: piece }));
}

/** The same where only plain text can stand. */
export function visibleText(text: string): string {
  return visiblePieces(text)
    .map((piece) => ('text' in piece ? piece.text : `[${piece.hidden}]`))
    .join('');
}

/** At most so many characters, and how many there were if some are missing. */
export function shorten(text: string, max: number): { text: string; of: number | null } {
  if (text.length <= max) return { text, of: null };
  const characters = Array.from(text);
  if (characters.length <= max) return { text, of: null };
  return { text: `${characters.slice(0, max).join('')}…`, of: characters.length };
}

const unseen = /([\p{Cc}\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff])/u;

function nameOf(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

/** Why a text cannot be read: a sentence for the caller that says what to write instead, without its full stop. */
export interface Problem {
  readonly problem: string;
}

const longestQuote = 40;

/** What the caller wrote, safe to show in a sentence: escaped, and cut when it is long. */
export function quote(text: string): string {
  return text.length <= longestQuote ? JSON.stringify(text) : `${JSON.stringify(text.slice(0, longestQuote))}…`;
}

/** `a, b and c`, in the words of a sentence. */
export function enumerate(words: readonly string[], conjunction: 'and' | 'or' = 'and'): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} ${conjunction} ${last}`;
}

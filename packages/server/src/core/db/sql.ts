import { statementName } from './statement-name.ts';

/** One statement, named so that each connection parses and plans it once. */
export interface Sql {
  readonly name: string;
  readonly text: string;
}

/** A constant piece of statements, such as a column list. */
export class Fragment {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/**
 * A statement shown in the open. Values are `$1`, `$2` …; only constant fragments can be interpolated, so nothing can
 * be injected.
 *
 * @example
 * const findChain = sql`select nonce from randomness_chains where client_seed = $1`;
 */
export function sql(strings: TemplateStringsArray, ...fragments: Fragment[]): Sql {
  const text = joined(strings, fragments);
  return { name: statementName(text), text };
}

/** A constant piece for several statements. */
export function fragment(strings: TemplateStringsArray, ...fragments: Fragment[]): Fragment {
  return new Fragment(joined(strings, fragments));
}

function joined(strings: TemplateStringsArray, fragments: readonly Fragment[]): string {
  return strings.raw.reduce((text, part, index) => {
    const piece = fragments[index - 1];
    if (!(piece instanceof Fragment)) throw new TypeError('a statement takes values as $1, $2 …');
    return text + piece.text + part;
  });
}

import type { KeyRules } from '../service.ts';

/** Recognises texts that hold what looks like a key of one of these services: people paste them in the wrong place. */
export function holdsKey(rules: readonly Pick<KeyRules, 'prefix'>[]): (text: string) => boolean {
  const prefixes = rules
    .flatMap(({ prefix }) => [prefix.live, prefix.test])
    .map((prefix) => prefix.replace(/\W/g, '\\$&'));
  const pattern = new RegExp(`(?:${prefixes.join('|')})[0-9A-Za-z]{20}`);
  return (text) => pattern.test(text);
}

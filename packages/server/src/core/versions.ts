import { hash } from 'node:crypto';
import { Type } from 'typebox';

/** The input of an operation that changes only the version it is told; spread it into `input`, and into `headers` below. */
export const ifMatchInput = {
  'If-Match': Type.Optional(
    Type.String({ maxLength: 1_000, description: 'The version that is to be changed, as `ETag` has it.' }),
  ),
};

/** Where that input comes from. */
export const ifMatchHeader = { 'If-Match': 'if-match' } as const;

/** Whether a request may change what is at this version: it names none, any, or this one among others. */
export function isMeant(ifMatch: string | undefined, version: string): boolean {
  if (ifMatch === undefined || ifMatch.trim() === '*') return true;
  // A proxy that compresses answers marks their versions as weak ones.
  return ifMatch.split(',').some((tag) => tag.trim().replace(/^W\//, '') === `"${version}"`);
}

/** The version of what is told by nothing but what it shows. */
export function versionOf(view: unknown): string {
  return hash('sha256', JSON.stringify(view), 'base64url').slice(0, 22);
}

/** The headers that go with an answer of this version, which nobody but its caller may keep. */
export function versionHeaders(version: string): Readonly<Record<string, string>> {
  return { etag: `"${version}"`, 'cache-control': 'private, no-store', vary: 'Authorization' };
}

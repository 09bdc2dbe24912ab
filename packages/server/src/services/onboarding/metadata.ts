import { error } from './contract.ts';

export type Metadata = Readonly<Record<string, unknown>>;

const maxKeys = 50;
const maxBytes = 16 * 1024;
const maxDepth = 20;

/**
 * Holds metadata against its limits. It comes back as it was sent, so what cannot come back that way is refused: a number
 * beyond 2⁵³ would return as another one.
 *
 * @throws `too_big` or `invalid_type`, naming the field
 */
export function checkMetadata(metadata: Metadata): Metadata {
  if (Object.keys(metadata).length > maxKeys) {
    throw error('too_big', `"metadata" may have ${maxKeys} keys; leave some out.`, { param: 'metadata' });
  }
  checkValue(metadata, 'metadata', 1);
  if (Buffer.byteLength(JSON.stringify(metadata)) > maxBytes) {
    throw error('too_big', `"metadata" may have ${maxBytes} bytes as JSON; shorten it.`, { param: 'metadata' });
  }
  return metadata;
}

/** Merged at the top level; `null` takes a key away (specification 3.2). */
export function mergeMetadata(before: Metadata, change: Metadata): Metadata {
  return checkMetadata(
    Object.fromEntries(Object.entries({ ...before, ...change }).filter(([key]) => change[key] !== null)),
  );
}

function checkValue(value: unknown, at: string, depth: number): void {
  if (typeof value === 'number' && (!Number.isFinite(value) || Math.abs(value) > Number.MAX_SAFE_INTEGER)) {
    throw error('invalid_type', `"${at}" is a number that JSON readers cannot hold exactly; send it as a text.`, {
      param: at,
    });
  }
  if (typeof value !== 'object' || value === null) return;
  if (depth > maxDepth) {
    throw error('too_big', `"metadata" may be nested ${maxDepth} levels deep; flatten it.`, { param: 'metadata' });
  }
  for (const [key, item] of Object.entries(value)) checkValue(item, `${at}.${key}`, depth + 1);
}

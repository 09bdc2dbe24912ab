/** Stands for a body that nobody has read yet. */
export const unreadBody: unique symbol = Symbol('a body that nobody has read');

/**
 * What two bodies are compared by, as bytes: the same for a request that is sent again. `null` where that cannot be told: of
 * a body that is still to be read, of a stream, of a file whose bytes are elsewhere.
 */
export function comparable(body: unknown): Uint8Array<ArrayBuffer> | null {
  if (body === unreadBody) return null;
  if (body === undefined || body === null) return new Uint8Array();
  if (typeof body === 'string') return encode(body);
  if (body instanceof ArrayBuffer) return new Uint8Array(body.slice(0));
  if (ArrayBuffer.isView(body)) return bytesOf(body);
  try {
    const text = JSON.stringify(body, onlyData) as string | undefined;
    return text === undefined ? null : encode(text);
  } catch {
    // A circle, a bigint, or a part that is no data.
    return null;
  }
}

/** A form as it was read, with the bytes of its files. */
export async function comparableForm(form: FormData): Promise<unknown> {
  const parts: unknown[] = [];
  for (const [name, value] of form) {
    parts.push([
      name,
      typeof value === 'string' ? value : { name: value.name, type: value.type, bytes: await value.arrayBuffer() },
    ]);
  }
  return parts;
}

/** What would be compared by its outside, and so is the same whatever is in it, is refused. */
function onlyData(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof ArrayBuffer) return Array.from(new Uint8Array(value));
  if (ArrayBuffer.isView(value)) return Array.from(bytesOf(value));
  const isStream = 'pipe' in value || 'getReader' in value;
  if (isStream || value instanceof Blob || value instanceof Map || value instanceof Set) {
    throw new TypeError('no data');
  }
  return value;
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array<ArrayBuffer> {
  return new Uint8Array(buffer, byteOffset, byteLength).slice();
}

function encode(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

import { type Refusal, refusal } from './items.ts';

/** Display settings of the caller's own tools, kept beside an outcome. */
export type ToolMeta = Readonly<Record<string, unknown>>;

const maxCharacters = 512;

/** Reads `toolMeta`: a JSON object, or its text, of at most 512 characters as compact JSON. */
export function readToolMeta(value: unknown): { readonly ok: true; readonly toolMeta: ToolMeta | undefined } | Refusal {
  if (value === undefined) return { ok: true, toolMeta: undefined };
  if (typeof value === 'string' && value.length > maxCharacters) return tooLong(value.length);
  const meta = typeof value === 'string' ? parse(value) : value;
  if (typeof meta !== 'object' || meta === null || Array.isArray(meta)) {
    return refusal('toolMeta', '"toolMeta" must be a JSON object such as {"tool":"dice"}.');
  }
  const text = write(meta);
  if (text === null) return refusal('toolMeta', '"toolMeta" must be a JSON object such as {"tool":"dice"}.');
  if (text.length > maxCharacters) return tooLong(text.length);
  if (/(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/i.test(text)) {
    return refusal('toolMeta', '"toolMeta" holds a NUL character or half of a surrogate pair; remove it.');
  }
  return { ok: true, toolMeta: meta as ToolMeta };
}

/** Whether public look-ups of an outcome with these settings withhold the result (specification 2.3). */
export function isPassword(toolMeta: ToolMeta | undefined | null): boolean {
  return toolMeta?.tool === 'password';
}

function tooLong(length: number): Refusal {
  return refusal('toolMeta', `"toolMeta" takes ${length} characters as JSON; at most ${maxCharacters} are allowed.`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function write(value: object): string | null {
  try {
    return JSON.stringify(value) ?? null;
  } catch {
    return null;
  }
}

import { jsonProblem, type Refusal, refusal } from './items.ts';

/** Display settings of the caller's own tools, kept beside an outcome. */
export type ToolMeta = Readonly<Record<string, unknown>>;

const maxCharacters = 512;

/** Reads `toolMeta`: a JSON object, or its text, of at most 512 characters as compact JSON. */
export function readToolMeta(value: unknown): { readonly ok: true; readonly toolMeta: ToolMeta | undefined } | Refusal {
  if (value === undefined) return { ok: true, toolMeta: undefined };
  if (typeof value === 'string' && value.length > maxCharacters) return tooLong();
  const meta = typeof value === 'string' ? parse(value) : value;
  if (typeof meta !== 'object' || meta === null || Array.isArray(meta)) {
    return refusal('toolMeta', '"toolMeta" must be a JSON object such as {"tool":"dice"}.');
  }
  const problem = jsonProblem(meta, maxCharacters);
  if (problem === 'too large') return tooLong();
  if (problem !== null) return refusal('toolMeta', `"toolMeta" ${problem}.`);
  if (JSON.stringify(meta).length > maxCharacters) return tooLong();
  return { ok: true, toolMeta: meta as ToolMeta };
}

/** Whether public look-ups of an outcome with these settings withhold the result (specification 2.3). */
export function isPassword(toolMeta: ToolMeta | undefined | null): boolean {
  return toolMeta?.tool === 'password';
}

function tooLong(): Refusal {
  return refusal('toolMeta', `"toolMeta" has more than ${maxCharacters} characters as JSON; keep it shorter.`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

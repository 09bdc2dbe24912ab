import { Compile } from 'typebox/compile';
import { Clean } from 'typebox/value';
import type { EventPayload } from './service.ts';

type Json = Readonly<Record<string, unknown>>;

/** What keeps a payload from being one of this event, naming the field; `null` when nothing does. */
export function problemOfPayload({ schema }: EventPayload, payload: Json): string | null {
  const check = Compile(schema);
  if (!check.Check(payload)) {
    const problems = check.Errors(payload);
    const problem = nearest(problems);
    const field = (problem?.instancePath ?? '').slice(1).replaceAll('/', '.');
    const here = problems.filter(({ instancePath }) => instancePath === problem?.instancePath);
    return `${field === '' ? 'the data' : `"${field}"`} ${wordsIn(here) ?? problem?.message ?? 'is wrong'}`;
  }
  const unknown = fieldBeyond(payload, Clean(schema, structuredClone(payload)), '');
  return unknown === null ? null : `there is no field "${unknown}"`;
}

/** The words that would do, where only some do. */
function wordsIn(problems: readonly { readonly keyword: string; readonly params: object }[]): string | null {
  const words = problems.flatMap(({ keyword, params }) => {
    if (keyword === 'type' && 'type' in params && params.type === 'null') return ['null'];
    return keyword === 'const' && 'allowedValue' in params ? [JSON.stringify(params.allowedValue)] : [];
  });
  return problems[0]?.keyword === 'const' ? `must be ${words.join(' or ')}` : null;
}

/** What the compiler does not check: that an event says what its service declares. */
export function checkPayload(declared: Readonly<Record<string, EventPayload>>, event: string, payload: Json): void {
  const found = Object.hasOwn(declared, event) ? declared[event] : undefined;
  // As it is stored: without what is undefined, and instants as text.
  const problem = found === undefined ? null : problemOfPayload(found, JSON.parse(JSON.stringify(payload)) as Json);
  if (problem !== null) throw new Error(`"${event}" says something else than it declares: ${problem}`);
}

/** Where an event says one of several things, the fault of the one that was meant: it lies deepest. */
function nearest<Problem extends { readonly instancePath: string }>(problems: readonly Problem[]): Problem | undefined {
  const depth = ({ instancePath }: Problem) => instancePath.split('/').length;
  return problems.reduce<Problem | undefined>(
    (best, problem) => (best === undefined || depth(problem) > depth(best) ? problem : best),
    undefined,
  );
}

/** The first field that only the one has. */
function fieldBeyond(one: unknown, other: unknown, path: string): string | null {
  if (typeof one !== 'object' || one === null) return null;
  for (const [name, value] of Object.entries(one)) {
    const here = path === '' ? name : `${path}.${name}`;
    if (typeof other !== 'object' || other === null || !Object.hasOwn(other, name)) return here;
    const below = fieldBeyond(value, (other as Json)[name], here);
    if (below !== null) return below;
  }
  return null;
}

import { Type } from 'typebox';
import { expect, test } from 'vitest';
import { problemOfPayload } from './event-payload.ts';

const schema = Type.Object({
  note: Type.Object({
    text: Type.String(),
    mood: Type.Union([Type.Literal('good'), Type.Literal('bad'), Type.Null()]),
    kind: Type.Literal('note'),
  }),
});
const note = { text: 'x', mood: null, kind: 'note' };

test.each<[payload: object, problem: string | null]>([
  [{ note }, null],
  [{ note: { ...note, mood: 'angry' } }, '"note.mood" must be "good" or "bad" or null'],
  [{ note: { ...note, kind: 'memo' } }, '"note.kind" must be "note"'],
  [{ note: { ...note, text: 7 } }, '"note.text" must be string'],
  [{ note: { ...note, size: 1 } }, 'there is no field "note.size"'],
  [{}, 'the data must have required properties note'],
])('%j: %s', (payload, problem) => {
  expect(problemOfPayload({ schema, sample: { note } }, payload as Record<string, unknown>)).toBe(problem);
});

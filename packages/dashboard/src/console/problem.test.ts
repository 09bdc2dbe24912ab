import { expect, it } from 'vitest';
import { Problem, readRefusal } from './problem.ts';

it.each([
  [{ error: { code: 'a', message: 'Mend it.', field: 'name' } }, { code: 'a', message: 'Mend it.', field: 'name' }],
  [{ error: { code: 'a', message: 'Mend it.', param: 'name' } }, { code: 'a', message: 'Mend it.', field: 'name' }],
  [
    { error: 'Mend it.', code: 'a' },
    { code: 'a', message: 'Mend it.', field: null },
  ],
  [
    { title: 'Bad', detail: 'Mend it.', code: 'a.b' },
    { code: 'a.b', message: 'Mend it.', field: null },
  ],
  [null, { code: null, message: null, field: null }],
  ['text', { code: null, message: null, field: null }],
])('reads the refusal %j', (body, refusal) => {
  expect(readRefusal(body)).toEqual({ ...refusal, details: [] });
});

it('names every field that is wrong', () => {
  const errors = [{ field: 'dueDate', code: 'x', message: 'must be a date' }, { message: 'is odd' }, 3];
  expect(readRefusal({ detail: 'Two fields.', errors }).details).toEqual(['dueDate must be a date', 'is odd']);
});

it('says the status where the body says nothing', () => {
  expect(new Problem(502, null, null).message).toBe('The server answered 502.');
});

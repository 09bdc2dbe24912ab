import { expect, it } from 'vitest';
import { newSortableId, ulid } from './ids.ts';

it('writes the time of a ULID as its specification does', () => {
  expect(ulid(1_469_918_176_385).slice(0, 10)).toBe('01ARYZ6S41');
  expect(ulid(2 ** 48 - 1).slice(0, 10)).toBe('7ZZZZZZZZZ');
});

it('sorts ULIDs by their instants, and never makes one twice', () => {
  const made = Array.from({ length: 2_000 }, (_, i) => ulid(1_700_000_000_000 + i));
  expect(made.toSorted()).toEqual(made);
  expect(new Set(made.map((id) => id.slice(10))).size).toBe(made.length);
  expect(made.every((id) => /^[0-9A-HJKMNP-TV-Z]{26}$/.test(id))).toBe(true);
});

it('counts ids of one millisecond on, so that they sort as they were made', () => {
  const made = Array.from({ length: 5_000 }, () => newSortableId('sch', 1_700_000_000_000));
  expect(made.toSorted()).toEqual(made);
  expect(new Set(made).size).toBe(made.length);
  expect(made.every((id) => /^sch_[0-9A-HJKMNP-TV-Z]{26}$/.test(id))).toBe(true);
});

it('uses every character in every place of the random part', () => {
  const seen = Array.from({ length: 16 }, () => new Set<string>());
  for (let i = 0; i < 3_000; i++) {
    for (const [place, character] of [...ulid(0).slice(10)].entries()) seen[place]?.add(character);
  }
  expect(seen.map((set) => set.size)).toEqual(seen.map(() => 32));
});

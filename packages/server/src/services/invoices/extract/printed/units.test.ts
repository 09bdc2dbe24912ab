import { expect, it } from 'vitest';
import { likelyUnitCode, unitCodeOf } from './units.ts';

it.each([
  ['Stk.', 'H87'],
  ['STÜCK', 'H87'],
  ['kg', 'KGM'],
  ['heures', 'HUR'],
  ['Sik.', null],
])('the code of %s is %s', (unit, code) => {
  expect(unitCodeOf(unit)).toBe(code);
});

it.each([
  ['has one letter of another unit', 'Sik.', 'H87'],
  ['has one accented letter of another unit', 'Siück', 'H87'],
  ['is too short to tell', 'kq', null],
  ['is near to several', 'Pac', null],
  ['is near to none', 'SKKS', null],
])('a recognised word that %s: %s is %s', (_, word, code) => {
  expect(likelyUnitCode(word)).toBe(code);
});

import { expect, it } from 'vitest';
import { boxAsSent } from './lay-back.ts';

const box = { x: 100, y: 50, width: 60, height: 10 };
const page = { width: 600, height: 800 };

it.each([
  ['as it was sent', { quarters: 0, slant: 0 }, box],
  ['turned clockwise once', { quarters: 1, slant: 0 }, { x: 50, y: 440, width: 10, height: 60 }],
  ['turned on its head', { quarters: 2, slant: 0 }, { x: 440, y: 740, width: 60, height: 10 }],
  ['turned clockwise three times', { quarters: 3, slant: 0 }, { x: 740, y: 100, width: 10, height: 60 }],
])('places a box of a page that was %s', (_, lie, sent) => {
  expect(boxAsSent(box, page, lie)).toEqual(sent);
});

it('follows a page that was straightened', () => {
  const middle = { x: 299, y: 399, width: 2, height: 2 };
  expect(boxAsSent(middle, page, { quarters: 0, slant: 2 })).toMatchObject({ x: 299, y: 399 });
  // What lies far to the right of a page whose lines sink to the right stood lower on it.
  expect(boxAsSent({ x: 590, y: 400, width: 1, height: 1 }, page, { quarters: 0, slant: 2 }).y).toBeCloseTo(410.1, 0);
});

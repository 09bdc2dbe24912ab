import { expect, it } from 'vitest';
import { layOut } from './tiff-layout.ts';

it.each([
  ['as it is', {}, { quarters: 0, width: 100, height: 200 }],
  [
    'a fax, whose pixels are twice as high as wide',
    { t282: [204], t283: [102] },
    { quarters: 0, width: 100, height: 400 },
  ],
  ['pixels that are wider than high', { t282: [[100, 1]], t283: [[200, 1]] }, { quarters: 0, width: 200, height: 200 }],
  ['a resolution that cannot be', { t282: [1], t283: [600] }, { quarters: 0, width: 100, height: 200 }],
  ['turned once', { t274: [6] }, { quarters: 1, width: 200, height: 100 }],
  ['on its head', { t274: [3] }, { quarters: 2, width: 100, height: 200 }],
])('lays out a page: %s', (_, tags, layout) => {
  expect(layOut({ width: 100, height: 200, ...tags })).toEqual(layout);
});

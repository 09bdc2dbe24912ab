import { expect, it } from 'vitest';
import { nextPath } from './next.ts';

it.each([
  ['/admin/logs?mode=test', '/admin/logs?mode=test'],
  [undefined, '/'],
  ['https://elsewhere.example/', '/'],
  ['//elsewhere.example/', '/'],
  ['/\\elsewhere.example', '/'],
  ['javascript:alert(1)', '/'],
  ['/\t/elsewhere.example', '/'],
])('goes from %j to %j', (text, path) => {
  expect(nextPath(text)).toBe(path);
});

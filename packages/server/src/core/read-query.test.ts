import { describe, expect, it } from 'vitest';
import type { ApiError } from './errors.ts';
import { readQuery } from './read-query.ts';

describe('a query', () => {
  it.each([
    ['', {}],
    ['a=1', { a: '1' }],
    ['a=1&b=2', { a: '1', b: '2' }],
    ['a=1&a=2', { a: ['1', '2'] }],
    ['a=', { a: '' }],
    ['a', { a: '' }],
    ['=1', { '': '1' }],
    ['&&a=1&', { a: '1' }],
    ['a=b=c', { a: 'b=c' }],
    ['a=x+y', { a: 'x y' }],
    ['a=x%2By%20z', { a: 'x+y z' }],
    ['a=%C3%A9%F0%9F%98%80', { a: 'é😀' }],
    ['%61=1', { a: '1' }],
    ['a=%26%3D', { a: '&=' }],
    ['a[]=1&a[b]=2', { 'a[]': '1', 'a[b]': '2' }],
  ])('%j is read', (text, query) => {
    expect({ ...readQuery(text) }).toEqual(query);
  });

  it('has no prototype to reach', () => {
    const query = readQuery('__proto__=x&constructor=y&toString=z');
    expect(Object.getPrototypeOf(query)).toBeNull();
    expect(query.toString).toBe('z');
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });

  it('may have thousands of parameters', () => {
    expect(readQuery(Array.from({ length: 5_000 }, (_, i) => `a=${i}`).join('&')).a).toHaveLength(5_000);
  });

  it.each<[string, string]>([
    ['a=%', 'a'],
    ['a=%2', 'a'],
    ['a=%zz', 'a'],
    ['a=1&b=%ff', 'b'],
    ['a=%C3', 'a'],
    ['a=%ED%A0%80', 'a'],
    ['a=%C0%AF', 'a'],
    ['%ff=1', '%ff'],
    ['a=x%00y', 'a'],
    ['a%00b=1', 'ab'],
    ['a=1&a=%00', 'a'],
  ])('%j is refused, naming %j', (text, param) => {
    try {
      readQuery(text);
    } catch (error) {
      expect((error as ApiError).code).toBe('invalid_input');
      expect((error as ApiError).details.param).toBe(param);
      return;
    }
    throw new Error('it was taken');
  });
});

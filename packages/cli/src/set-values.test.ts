import { expect, test } from 'vitest';
import { setValues } from './set-values.ts';
import { UsageError } from './terminal.ts';

test.each<[string, string[], unknown]>([
  ['numbers, truths and nothing', ['n=3', 'ok=true', 'none=null'], { n: 3, ok: true, none: null }],
  ['texts, with what looks like more assignments', ['t=a=b', 'u=', 'v="3"'], { t: 'a=b', u: '', v: '3' }],
  ['paths', ['a.b.c=1', 'a.d=2'], { a: { b: { c: 1 }, d: 2 } }],
  ['lists', ['items[1].sku=A1', 'items[0]={"sku":"B2"}'], { items: [{ sku: 'B2' }, { sku: 'A1' }] }],
  ['lists of lists', ['m[0][1]=5'], { m: [[undefined, 5]] }],
  ['JSON and nothing else', ['list:=[1,2]'], { list: [1, 2] }],
])('reads %s', (_, texts, made) => {
  expect(setValues({}, texts)).toEqual(made);
});

test('what was there stays, and the base is not touched', () => {
  const base = { customer: { name: 'Ada', city: 'Paris' } };
  expect(setValues(base, ['customer.name=Zoë'])).toEqual({ customer: { name: 'Zoë', city: 'Paris' } });
  expect(base.customer.name).toBe('Ada');
});

test.each([['novalue'], ['=3'], ['a..b=1'], ['a b=1'], ['list:=x'], ['__proto__.x=1'], ['a.constructor.b=1']])(
  'refuses %s',
  (text) => {
    expect(() => setValues({}, [text])).toThrow(UsageError);
    expect(({} as { x?: number }).x).toBeUndefined();
  },
);

test('a list is not reached by a name', () => {
  expect(() => setValues({ list: [] }, ['list.name=1'])).toThrow('a list by a name');
  expect(() => setValues({}, ['a[0]=1', 'a.b=1'])).toThrow(UsageError);
});

import { expect, it } from 'vitest';
import { monthlyRevenue } from './monthly-revenue.ts';

const price = (unit_amount: number | null, interval: string, interval_count = 1) => ({
  id: 'price_1',
  unit_amount,
  recurring: { interval, interval_count },
});

it.each([
  ['a month', [{ quantity: 3, price: price(1000, 'month') }], 3000],
  ['a quarter', [{ quantity: 1, price: price(3000, 'month', 3) }], 1000],
  ['a year', [{ quantity: 1, price: price(12_000, 'year') }], 1000],
  ['a week', [{ quantity: 1, price: price(840, 'week') }], 3650],
  ['a day', [{ quantity: 1, price: price(12, 'day') }], 365],
  ['several items', [{ price: price(1000, 'month') }, { quantity: 2, price: price(1200, 'year') }], 1200],
  ['a metered price', [{ quantity: 1, price: price(null, 'month') }], 0],
  ['an interval that nobody knows', [{ quantity: 1, price: price(1000, 'decade') }], 0],
  ['no items', [], 0],
])('%s', (_, data, revenue) => {
  expect(monthlyRevenue({ items: { data } }).revenue).toBe(revenue);
});

it('names the plan by what the price is called, or by its id', () => {
  const named = { price: { ...price(1, 'month'), nickname: 'Gold' } };
  expect(monthlyRevenue({ items: { data: [named] } }).plan).toBe('Gold');
  expect(monthlyRevenue({ items: { data: [{ price: price(1, 'month') }] } }).plan).toBe('price_1');
  expect(monthlyRevenue({}).plan).toBeNull();
});

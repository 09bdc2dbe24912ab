import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import { services } from '../services/index.ts';
import { type PagedList, pagedListOf } from './paged-list.ts';
import type { Operation } from './service.ts';

const operations = services.flatMap((service) => service.operations);
const found = operations.map(pagedListOf).filter((list) => list !== null);

describe('of the services of this repository', () => {
  it.each<[string, Partial<PagedList>]>([
    ['scheduler.endpoints.list', { path: '/endpoints', items: 'data', next: 'next_cursor' }],
    ['onboarding.customers.list', { path: '/customers', items: 'data', next: 'next_cursor', maxLimit: 100 }],
    ['invoices.clients.list', { path: '/clients', items: 'items', next: 'nextCursor' }],
  ])('%s is a list', (id, list) => {
    expect(found.find(({ operation }) => operation === id)).toMatchObject(list);
  });

  it('each list has columns, and its path names nothing', () => {
    expect(found.length).toBeGreaterThan(8);
    for (const { columns, path, operation } of found) {
      expect(columns.length, operation).toBeGreaterThan(1);
      expect(path).not.toContain(':');
    }
  });
});

describe('what is no list', () => {
  const list = operations.find(({ id }) => id === 'scheduler.endpoints.list') as Operation;
  const needing = Type.Object({ cursor: Type.Optional(Type.String()), customer: Type.String() });
  it.each<[string, Partial<Operation>]>([
    ['what writes', { method: 'POST' }],
    ['what is of one thing', { path: '/customers/:id/contacts' }],
    ['what has no pages', { input: Type.Object({}) }],
    ['what the caller has to narrow', { input: needing }],
    ['what answers one thing', { output: Type.Object({ id: Type.String() }) }],
  ])('%s', (_, change) => {
    expect(pagedListOf(list)).not.toBeNull();
    expect(pagedListOf({ ...list, ...change })).toBeNull();
  });
});

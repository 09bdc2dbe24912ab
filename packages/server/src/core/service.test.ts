import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import { checkEffects, decideDisposition } from '../dispatch/emit.ts';
import { notesContract, operation } from '../testing/fixtures/notes/contract.ts';
import { author, type Disposition, type ModeContract, type ServiceContract } from './service.ts';

const plain = {
  id: 'notes.typed',
  summary: 'Never mounted: the compiler is what is tested',
  tag: 'Types',
  method: 'GET',
  path: '/typed',
  scope: 'read',
  input: Type.Object({ count: Type.Integer() }),
  output: Type.Object({}),
} as const;

describe('what is not declared', () => {
  it('does not compile', () => {
    const typed = [
      operation({ ...plain, run: (ctx) => ctx.emit('note.added', {}) }),
      // @ts-expect-error an effect that the contract does not name
      operation({ ...plain, run: (ctx) => ctx.emit('note.burnt', {}) }),
      // @ts-expect-error a scope that no key can have
      operation({ ...plain, scope: 'admin', run: () => ({}) }),
      // @ts-expect-error a code that is not in the catalogue
      operation({ ...plain, errors: ['teapot'], run: () => ({}) }),
      // @ts-expect-error a mode that does not exist
      operation({ ...plain, modes: ['sandbox'], run: () => ({}) }),
      // @ts-expect-error an input that the schema does not have
      operation({ ...plain, run: (_, input) => input.size }),
      // @ts-expect-error a setting that the contract does not declare
      operation({ ...plain, run: (ctx) => ctx.settings.dailyQuota }),
      // @ts-expect-error a handler has nothing to send with
      operation({ ...plain, run: (ctx) => ctx.transport }),
    ];
    expect(typed).toHaveLength(8);
  });

  it('does not compile as an error either', () => {
    const { error } = author(notesContract);
    expect(error('not_found', 'There is none.').code).toBe('not_found');
    // @ts-expect-error a code that is not in the catalogue
    expect(error('teapot', 'I am one.').code).toBe('teapot');
  });

  it('does not compile as a contract', () => {
    // @ts-expect-error a rule outside the vocabulary
    const data: ModeContract['data'] = { live: 'isolated', test: 'copied' };
    // @ts-expect-error a disposition outside the vocabulary
    const effect: Disposition = 'drop';
    // @ts-expect-error one mode without the other
    const foreign: ModeContract['foreign'] = { live: 'not_found' };
    // @ts-expect-error a contract that leaves a promise out
    const contract: ServiceContract['modes'] = { data: notesContract.modes.data, effects: {} };
    expect([data, effect, foreign, contract]).toHaveLength(4);
  });
});

describe('an effect', () => {
  it('is decided by the contract for each mode', () => {
    for (const live of ['deliver', 'suppress', 'refuse'] as const) {
      for (const test of ['deliver', 'suppress', 'refuse'] as const) {
        const contract = withEffects({ 'a.b': { live, test } });
        expect(decideDisposition(contract, 'live', 'a.b')).toBe(live);
        expect(decideDisposition(contract, 'test', 'a.b')).toBe(test);
      }
    }
  });

  it('that nobody declared is a bug, not a default', () => {
    expect(() => decideDisposition(withEffects({}), 'test', 'a.b')).toThrow('notes emits "a.b"');
    expect(() => decideDisposition(withEffects({}), 'live', 'toString')).toThrow('does not declare');
  });

  it('cannot be promised to leave a mode that has no outbox', () => {
    const pure = { live: 'isolated', test: 'pure' } as const;
    expect(() => checkEffects(withEffects({ 'a.b': { live: 'deliver', test: 'deliver' } }, pure))).toThrow(
      'notes is pure in test mode and cannot deliver "a.b" from there',
    );
    expect(() => checkEffects(withEffects({ 'a.b': { live: 'deliver', test: 'suppress' } }, pure))).not.toThrow();
  });
});

function withEffects(
  effects: ModeContract['effects'],
  data: ModeContract['data'] = notesContract.modes.data,
): ServiceContract {
  const { webhooks: _, ...contract } = notesContract;
  return { ...contract, modes: { ...contract.modes, effects, data } };
}

import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { canonicalDay, DayLog, emptyRoot, type PublishedDay } from '../../server/src/services/randomness/day-log.ts';
import { draw } from '../../server/src/services/randomness/draw.ts';
import { serverHashOf } from '../../server/src/services/randomness/fixtures.ts';
import {
  buildDayTree,
  canonicalLeaf,
  compareLeaves,
  leafHash,
  outcomeIdOf,
} from '../../server/src/services/randomness/merkle.ts';
import { canonicalParameters, readDraw } from '../../server/src/services/randomness/parameters.ts';
import { receiptDocument, receiptTag } from '../../server/src/services/randomness/receipt.ts';
import type { Endpoint } from '../../server/src/services/randomness/request.ts';
import { publicKeyText, signDay } from '../../server/src/services/randomness/signed-day.ts';
import {
  receiptText,
  verifyConsistency,
  verifyDayInLog,
  verifyInclusion,
  verifyOutcome,
  verifyReceipt,
  verifyReceiptText,
  verifySignedDay,
} from './verify.ts';

const all = { ok: true, checked: ['commitment', 'values', 'receipt'] };

/** An outcome as the server answers it, and its receipt as the server writes it. */
function answer(endpoint: Endpoint, input: Record<string, unknown>, i: number, cursor = 0) {
  const reading = readDraw(endpoint, input);
  if (!reading.ok) throw new Error(reading.message);
  const params = canonicalParameters(reading.request);
  const serverSeed = serverHashOf(`seed ${i}`);
  const clientSeed = ['player:1', 'é"\\', '💧 \u{10ffff}', `p${i}`][i % 4] ?? '';
  const drawn = draw(reading.request, { serverSeed, clientSeed, nonce: i, cursor });
  const common = {
    shortId: `id${String(i).padStart(6, '0')}`,
    mode: i % 2 === 0 ? ('live' as const) : ('test' as const),
    endpoint,
    clientSeed,
    serverHash: serverHashOf(serverSeed),
    nonce: i,
    cursor,
    created: 1_716_566_400_000 + i,
  };
  const receipt = receiptTag({ ...common, params, outcome: drawn.outcome }, serverSeed);
  const text = receiptDocument({ ...common, params, outcome: drawn.outcome }, receipt);
  const outcome = {
    ...drawn,
    ...common,
    permalink: `https://host/o/${common.shortId}${i % 2 === 0 ? '' : '?t=token'}`,
    algorithm: 'hmac-sha256/1',
    receipt,
  };
  const { items } = JSON.parse(params) as { items?: unknown[] };
  return {
    outcome: JSON.parse(JSON.stringify(outcome)),
    text,
    serverSeed,
    asked: items === undefined ? {} : { items },
  };
}

const requests: readonly (readonly [Endpoint, Record<string, unknown>])[] = [
  ['floats', { count: 9 }],
  ['ints', {}],
  ['ints', { count: 20, min: 0, max: 2_999_999_999 }],
  ['ints', { count: 3, min: 0, max: 4_294_967_295 }],
  ['ints', { count: 9, min: 7, max: 15, unique: true }],
  ['ints', { count: 5, min: 0, max: 4_294_967_295, unique: true }],
  ['shuffle', { items: ['a', 'b', 'c', 'd', 'd', null, 1.5, { b: 1, a: [true] }, 'é💧'] }],
  ['shuffle', { items: 'one' }],
  ['pick', { items: 'common,rare,legendary' }],
  ['pick', { items: 'common,rare,legendary', weights: '94.3,5.1,0.6' }],
  ['pick', { items: [1, { a: 2 }, null], weights: '0.0000001,1e-12,0' }],
  ['pick', { items: 'a,b,c', weights: '4503599627370495,4503599627370000,0' }],
  ['bytes', { count: 33 }],
  ['bytes', { count: 100, encoding: 'base64' }],
  ['bytes', { count: 31, encoding: 'base64' }],
  ['bytes', { count: 29, encoding: 'base64' }],
  ['dice', { notation: 'd6' }],
  ['dice', { notation: '10d1000000-7' }],
  ['dice', { notation: '3d6+2' }],
  ['gaussian', { count: 7 }],
  ['gaussian', { count: 2, mean: -3.5, stddev: 1e-7 }],
  ['gaussian', { count: 4, distribution: 'exponential', lambda: 0.25 }],
  ['gaussian', { count: 4, distribution: 'poisson', lambda: 17.5 }],
  ['uuid', { count: 3 }],
];

describe('an outcome', () => {
  test.each(requests)('%s %o is what the server drew, at 200 places', (endpoint, input) => {
    for (let i = 0; i < 200; i++) {
      const { outcome, text, serverSeed, asked } = answer(endpoint, input, i, i % 3 === 0 ? i : 0);
      expect(verifyOutcome(outcome, serverSeed, asked)).toEqual(all);
      expect(receiptText(outcome, asked)).toEqual({ ok: true, text });
      expect(verifyReceiptText(text, serverSeed)).toEqual(all);
      expect(verifyReceipt(JSON.parse(text), serverSeed)).toEqual(all);
    }
  });

  test.each(requests)('%s %o: no field can be changed or left out', (endpoint, input) => {
    const { outcome, serverSeed, asked } = answer(endpoint, input, 8);
    const free = new Set(['algorithm', 'permalink', 'receipt']);
    for (const name of Object.keys(outcome)) {
      const { [name]: value, ...without } = outcome;
      if (!free.has(name)) expect(verifyOutcome(without, serverSeed, asked), name).toMatchObject({ ok: false });
      if (name === 'algorithm') continue;
      const other = typeof value === 'number' ? value + 1 : typeof value === 'string' ? `${value}0` : [value];
      expect(verifyOutcome({ ...outcome, [name]: other }, serverSeed, asked), name).toMatchObject({ ok: false });
    }
  });

  it('without a receipt says which checks were made', () => {
    const { outcome, serverSeed } = answer('ints', {}, 1);
    const { receipt: _, ...bare } = outcome;
    expect(verifyOutcome(bare, serverSeed)).toEqual({ ok: true, checked: ['commitment', 'values'] });
  });

  it('of a reveal or a stream may carry its seed and its id', () => {
    const { outcome, serverSeed } = answer('ints', {}, 3);
    const outcomeId = `p3:${outcome.cursor}:${outcome.nonce}`;
    expect(verifyOutcome({ ...outcome, serverSeed, outcomeId }, serverSeed)).toEqual(all);
    expect(verifyOutcome({ ...outcome, serverSeed: 'a'.repeat(64) }, serverSeed)).toMatchObject({ ok: false });
    expect(verifyOutcome({ ...outcome, outcomeId: 'p3:0:4' }, serverSeed)).toMatchObject({ ok: false });
  });

  it('of a list needs the list', () => {
    const { outcome, serverSeed } = answer('shuffle', { items: 'a,b,c' }, 3);
    expect(verifyOutcome(outcome, serverSeed)).toMatchObject({ ok: false });
    expect(verifyOutcome(outcome, serverSeed, { items: ['a', 'c', 'b'] })).toMatchObject({ ok: false });
  });

  it('that is redacted cannot be checked', () => {
    const { outcome, serverSeed } = answer('ints', {}, 3);
    expect(verifyOutcome({ ...outcome, redacted: true }, serverSeed)).toMatchObject({ ok: false });
  });
});

describe('a receipt', () => {
  test.each(requests)('%s %o: no bit can be changed', (endpoint, input) => {
    const { text, serverSeed } = answer(endpoint, input, 6);
    const bytes = Buffer.from(text);
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(verifyReceiptText(changed.toString(), serverSeed).ok).toBe(false);
    }
  });

  it('has exactly its fields, and one text', () => {
    const { text, serverSeed } = answer('ints', {}, 5);
    const receipt = JSON.parse(text);
    expect(verifyReceipt({ ...receipt, extra: 1 }, serverSeed)).toMatchObject({ ok: false });
    expect(verifyReceipt({ ...receipt, params: { ...receipt.params, extra: 1 } }, serverSeed)).toMatchObject({
      ok: false,
    });
    expect(verifyReceiptText(` ${text}`, serverSeed)).toMatchObject({ ok: false });
    const { shortId, ...rest } = receipt;
    expect(verifyReceipt(rest, serverSeed)).toMatchObject({ ok: false });
    expect(verifyReceipt({ ...rest, shortId }, serverSeed)).toEqual(all);
    expect(verifyReceiptText(JSON.stringify({ ...rest, shortId }), serverSeed)).toMatchObject({ ok: false });
    expect(verifyReceipt({ ...receipt, nonce: String(receipt.nonce) }, serverSeed)).toMatchObject({ ok: false });
    expect(verifyReceipt({ ...receipt, receipt: receipt.receipt.toUpperCase() }, serverSeed)).toMatchObject({
      ok: false,
    });
    expect(verifyReceipt(receipt, serverSeed.toUpperCase())).toMatchObject({ ok: false });
    expect(verifyReceipt(receipt, serverHashOf('another seed'))).toMatchObject({ ok: false });
  });
});

const created = Date.UTC(2026, 4, 24, 9);

function inclusionProof(size: number, index: number) {
  const records = Array.from({ length: size }, (_, i) => ({
    clientSeed: `player:é:${i % 3}`,
    cursor: 0,
    nonce: i,
    shortId: `id${i + 10_000}`,
    serverHash: serverHashOf('x'),
    created: created + i,
  })).sort(compareLeaves);
  const tree = buildDayTree(records.map((record) => leafHash(canonicalLeaf(record))));
  const record = records[index];
  if (record === undefined) throw new Error('no such leaf');
  const canonical = canonicalLeaf(record);
  const outcomeId = outcomeIdOf(record);
  return {
    date: '2026-05-24',
    outcomeId,
    leaf: {
      outcomeId,
      serverHash: record.serverHash,
      clientSeed: record.clientSeed,
      timestamp: record.created,
      canonical,
      hash: leafHash(canonical),
    },
    index,
    leafCount: size,
    treeHeight: tree.treeHeight,
    root: tree.root,
    publishedAt: created + 86_400_000,
    siblings: tree.siblings(index),
  };
}

describe('an inclusion proof', () => {
  it('leads to the root from every place of every tree up to 20 leaves', () => {
    for (let size = 1; size <= 20; size++) {
      for (let index = 0; index < size; index++) {
        const proof = inclusionProof(size, index);
        expect(verifyInclusion(proof)).toEqual({ ok: true, date: proof.date, root: proof.root, redacted: false });
      }
    }
  });

  it('is refused with any field of its own or of its leaf changed', () => {
    const proof = inclusionProof(7, 4);
    const changes: [string, unknown][] = [
      ['date', '2026-05-25'],
      ['outcomeId', 'another:0:1'],
      ['index', 5],
      ['index', 7],
      ['leafCount', 9],
      ['treeHeight', 4],
      ['root', emptyRoot],
      ['siblings', proof.siblings.slice(1)],
      ['siblings', proof.siblings.map((sibling) => ({ ...sibling, position: 'left' }))],
      ['siblings', proof.siblings.toReversed()],
      ['leaf', { ...proof.leaf, timestamp: proof.leaf.timestamp + 1 }],
      ['leaf', { ...proof.leaf, canonical: `${proof.leaf.canonical}0` }],
      ['leaf', { ...proof.leaf, clientSeed: 'another' }],
      ['leaf', { ...proof.leaf, serverHash: emptyRoot }],
      ['leaf', { ...proof.leaf, hash: emptyRoot }],
    ];
    for (const [name, value] of changes) {
      expect(verifyInclusion({ ...proof, [name]: value }), name).toMatchObject({ ok: false });
    }
    const { treeHeight: _, ...without } = proof;
    expect(verifyInclusion(without)).toMatchObject({ ok: false });
  });

  it('of a redacted outcome shows a leaf and not what it stands for', () => {
    const proof = inclusionProof(6, 5);
    const { hash, serverHash } = proof.leaf;
    const redacted = { ...proof, outcomeId: null, leaf: { hash, serverHash }, redacted: true };
    expect(verifyInclusion(redacted)).toEqual({ ok: true, date: proof.date, root: proof.root, redacted: true });
    expect(verifyInclusion({ ...redacted, leaf: { hash: emptyRoot } })).toMatchObject({ ok: false });
  });
});

describe('the log of days', () => {
  const days = Array.from({ length: 33 }, (_, i): PublishedDay => {
    const date = new Date(Date.UTC(2026, 0, i + 1)).toISOString().slice(0, 10);
    const empty = i % 5 === 4;
    return {
      date,
      root: empty ? '' : leafHash(date),
      leafCount: empty ? 0 : i + 1,
      treeHeight: empty ? 0 : Math.ceil(Math.log2(i + 1)),
      publishedAt: Date.UTC(2026, 0, i + 2, 0, 5),
    };
  });
  const log = new DayLog(days);
  const at = (logSize: number) => ({ logSize, logRoot: log.root(logSize) });

  it('continues every earlier state up to 33 days, and no other', () => {
    for (let size = 0; size <= 33; size++) {
      for (let first = 0; first <= size; first++) {
        const proof = log.consistencyProof(first, size);
        const otherRoot = { logSize: first, logRoot: leafHash('other') };
        expect(verifyConsistency(at(first), at(size), proof)).toEqual({ ok: true });
        expect(verifyConsistency(otherRoot, at(size), proof)).toMatchObject({ ok: false });
        expect(verifyConsistency(at(first), at(size), [...proof, emptyRoot])).toMatchObject({ ok: false });
        for (const index of proof.keys()) {
          expect(verifyConsistency(at(first), at(size), proof.toSpliced(index, 1))).toMatchObject({ ok: false });
        }
        if (first < size) expect(verifyConsistency(at(size), at(first), proof)).toMatchObject({ ok: false });
        if (first > 0 && first < size) {
          expect(verifyConsistency(at(first), { logSize: size, logRoot: leafHash('other') }, proof)).toMatchObject({
            ok: false,
          });
        }
      }
    }
  });

  it('holds every day at its place', () => {
    for (let size = 1; size <= 33; size++) {
      for (const [index, day] of days.slice(0, size).entries()) {
        const proof = log.inclusionProof(index, size);
        expect(verifyDayInLog(day, index, proof, at(size))).toEqual({ ok: true });
        expect(verifyDayInLog({ ...day, publishedAt: 1 }, index, proof, at(size))).toMatchObject({ ok: false });
        expect(verifyDayInLog(day, index, [...proof, emptyRoot], at(size))).toMatchObject({ ok: false });
      }
    }
    expect(canonicalDay(days[4] ?? fail())).toMatch(/^2026-01-05\|\|0\|0\|/);
  });

  it('is signed day by day', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const key = publicKeyText(publicKey);
    for (const [index, day] of days.entries()) {
      const head = { ...day, ...at(index + 1) };
      const signed = { ...head, signature: signDay(head, privateKey), publicKey: key };
      expect(await verifySignedDay(signed, key)).toEqual({ ok: true });
      expect(await verifySignedDay(signed, Buffer.from(key, 'hex'))).toEqual({ ok: true });
      expect(await verifySignedDay({ ...signed, publishedAt: 5 }, key)).toMatchObject({ ok: false });
      expect(await verifySignedDay({ ...signed, logSize: index + 2 }, key)).toMatchObject({ ok: false });
      expect(await verifySignedDay({ ...signed, signature: '0'.repeat(128) }, key)).toMatchObject({ ok: false });
      expect(await verifySignedDay(signed, emptyRoot)).toMatchObject({ ok: false });
      expect(await verifySignedDay(signed, 'key')).toMatchObject({ ok: false });
    }
  });
});

describe('any input', () => {
  const anything = fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withNullPrototype: true,
    withTypedArray: true,
  });

  it('is refused with a sentence, and never thrown at', async () => {
    await fc.assert(
      fc.asyncProperty(anything, anything, anything, async (a, b, c) => {
        const asked = c as { items?: unknown[] };
        const verdicts = [
          verifyOutcome(a, b, asked),
          verifyReceipt(a, b),
          verifyReceiptText(a, b),
          receiptText(a, asked),
          verifyInclusion(a),
          verifyConsistency(a, b, c),
          verifyDayInLog(a, b, c, a),
          await verifySignedDay(a, b),
        ];
        for (const verdict of verdicts) expect(verdict).toEqual({ ok: false, reason: expect.stringMatching(/\.$/) });
      }),
      { numRuns: 1000 },
    );
  });

  it('with a broken member is refused', () => {
    const { outcome, text, serverSeed } = answer('pick', { items: 'a,b', weights: '1,2' }, 4);
    const receipt = JSON.parse(text);
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(outcome), 'params'), fc.jsonValue(), (name, value) => {
        fc.pre(JSON.stringify(value) !== JSON.stringify(outcome[name]));
        fc.pre(name !== 'algorithm' && !(name === 'permalink' && value === undefined) && name !== 'receipt');
        const changed = name === 'params' ? outcome : { ...outcome, [name]: value };
        const asked = { items: name === 'params' ? (value as unknown[]) : ['a', 'b'] };
        expect(verifyOutcome(changed, serverSeed, asked).ok).toBe(false);
        expect(verifyReceipt({ ...receipt, [name]: value }, serverSeed).ok).toBe(false);
      }),
      { numRuns: 3000 },
    );
  });

  it('that throws when it is read is refused', () => {
    const trap = new Proxy({}, { get: () => fail(), has: () => fail(), ownKeys: () => fail() });
    expect(verifyOutcome(trap, 'a'.repeat(64))).toEqual({ ok: false, reason: 'The input could not be read.' });
    expect(verifyInclusion(trap)).toMatchObject({ ok: false });
  });
});

it('imports nothing and needs no global of Node', () => {
  const source = readFileSync(new URL('./verify.ts', import.meta.url), 'utf8');
  expect(source).not.toMatch(/^import\b|\bimport\(|\brequire\(/m);
  const script = stripTypeScriptTypes(source).replaceAll(/^export /gm, '');
  const bare = runInNewContext(`${script}; ({ verifyReceiptText, verifyInclusion })`, {});
  for (const [endpoint, input] of requests) {
    const { text, serverSeed } = answer(endpoint, input, 2);
    expect(bare.verifyReceiptText(text, serverSeed).ok).toBe(true);
  }
  expect(bare.verifyInclusion(inclusionProof(5, 3)).ok).toBe(true);
});

function fail(): never {
  throw new Error('this is not reached');
}

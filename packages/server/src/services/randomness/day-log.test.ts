import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { canonicalDay, DayLog, emptyRoot, isConsistent, isIncluded, type PublishedDay } from './day-log.ts';
import { leafHash, nodeHash } from './merkle.ts';

const most = 33;
const days = Array.from({ length: most }, (_, i): PublishedDay => {
  const date = new Date(Date.UTC(2026, 0, i + 1)).toISOString().slice(0, 10);
  return { date, root: leafHash(date), leafCount: i + 1, treeHeight: 0, publishedAt: Date.UTC(2026, 0, i + 2, 0, 5) };
});
const log = new DayLog(days);
const hashes = days.map((day) => leafHash(canonicalDay(day)));

/** MTH, PATH and SUBPROOF of RFC 6962, section 2.1, word for word. */
const split = (n: number): number => 2 ** (Math.ceil(Math.log2(n)) - 1);
const mth = (d: readonly string[]): string =>
  d.length === 0
    ? emptyRoot
    : d.length === 1
      ? (d[0] ?? '')
      : nodeHash(mth(d.slice(0, split(d.length))), mth(d.slice(split(d.length))));
const path = (m: number, d: readonly string[]): string[] => {
  if (d.length === 1) return [];
  const k = split(d.length);
  return m < k ? [...path(m, d.slice(0, k)), mth(d.slice(k))] : [...path(m - k, d.slice(k)), mth(d.slice(0, k))];
};
const subproof = (m: number, d: readonly string[], b: boolean): string[] => {
  if (m === d.length) return b ? [] : [mth(d)];
  const k = split(d.length);
  return m <= k
    ? [...subproof(m, d.slice(0, k), b), mth(d.slice(k))]
    : [...subproof(m - k, d.slice(k), false), mth(d.slice(0, k))];
};

describe('the log of days', () => {
  it('has the published roots of the Certificate Transparency test tree', () => {
    const inputs = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
    const roots = [
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
      'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
      'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
      '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
      '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
      'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
      '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
    ];
    const tree = new DayLog();
    for (const [index, input] of inputs.entries()) {
      tree.appendHash(
        createHash('sha256')
          .update(Buffer.from(`00${input}`, 'hex'))
          .digest('hex'),
      );
      expect(tree.root()).toBe(roots[index]);
    }
  });

  it('has the root of RFC 6962 at every size', () => {
    for (let size = 0; size <= most; size++) expect(log.root(size)).toBe(mth(hashes.slice(0, size)));
  });

  it('proves every day in every later log, and nothing else', () => {
    for (let size = 1; size <= most; size++) {
      for (const [index, day] of days.slice(0, size).entries()) {
        const proof = log.inclusionProof(index, size);
        const root = log.root(size);
        expect(proof).toEqual(path(index, hashes.slice(0, size)));
        expect(isIncluded(day, index, size, proof, root)).toBe(true);
        expect(isIncluded({ ...day, leafCount: day.leafCount + 1 }, index, size, proof, root)).toBe(false);
        expect(isIncluded(day, index, size, [...proof, emptyRoot], root)).toBe(false);
        expect(isIncluded(day, index, size, proof, emptyRoot)).toBe(false);
        if (proof.length > 0) expect(isIncluded(day, index, size, proof.slice(1), root)).toBe(false);
        if (size > 1) expect(isIncluded(day, (index + 1) % size, size, proof, root)).toBe(false);
      }
    }
  });

  it('proves every log to continue every earlier one, and no other', () => {
    for (let size = 1; size <= most; size++) {
      for (let first = 1; first <= size; first++) {
        const proof = log.consistencyProof(first, size);
        const [old, young] = [log.root(first), log.root(size)];
        expect(proof).toEqual(subproof(first, hashes.slice(0, size), true));
        expect(isConsistent(first, size, old, young, proof)).toBe(true);
        expect(isConsistent(first, size, emptyRoot, young, proof)).toBe(false);
        expect(isConsistent(first, size, old, emptyRoot, proof)).toBe(false);
        expect(isConsistent(first, size, old, young, [...proof, emptyRoot])).toBe(false);
        for (const index of proof.keys()) {
          expect(isConsistent(first, size, old, young, proof.with(index, emptyRoot))).toBe(false);
          expect(isConsistent(first, size, old, young, proof.toSpliced(index, 1))).toBe(false);
        }
        for (let other = 1; other <= size; other++) {
          if (other !== first) expect(isConsistent(other, size, old, young, proof)).toBe(false);
        }
      }
    }
  });

  it('continues an empty one without proof, and never gets shorter', () => {
    expect(isConsistent(0, 5, emptyRoot, log.root(5), log.consistencyProof(0, 5))).toBe(true);
    expect(isConsistent(0, 0, emptyRoot, emptyRoot, [])).toBe(true);
    expect(isConsistent(0, 5, log.root(1), log.root(5), [])).toBe(false);
    expect(isConsistent(5, 4, log.root(5), log.root(4), [])).toBe(false);
    expect(isConsistent(1.5, 4, log.root(1), log.root(4), [])).toBe(false);
  });

  it('names what lies outside it', () => {
    expect(() => log.root(most + 1)).toThrow(RangeError);
    expect(() => log.inclusionProof(3, 3)).toThrow(RangeError);
    expect(() => log.inclusionProof(-1, 3)).toThrow(RangeError);
    expect(() => log.consistencyProof(4, 3)).toThrow(RangeError);
    expect(() => log.consistencyProof(1, most + 1)).toThrow(RangeError);
  });

  it('appends 100,000 entries and proves', () => {
    const large = new DayLog();
    for (let i = 0; i < 100_000; i++) large.appendHash(leafHash(String(i)));
    expect(isConsistent(77_777, 100_000, large.root(77_777), large.root(), large.consistencyProof(77_777))).toBe(true);
  });
});

import { Decimal } from 'decimal.js';
import { describe, expect, test } from 'vitest';
import { makeInvoiceTruth, type TruthCategory } from './invoice-truth.ts';

const SEEDS = Array.from({ length: 300 }, (_, seed) => seed);

describe('the invoices that the generator makes', () => {
  test('are the same for the same seed, and others for another', () => {
    expect(makeInvoiceTruth(7)).toEqual(makeInvoiceTruth(7));
    expect(new Set(SEEDS.map((seed) => JSON.stringify(makeInvoiceTruth(seed)))).size).toBe(SEEDS.length);
  });

  test('add up', () => {
    for (const seed of SEEDS) {
      const { lines, taxes, totals } = makeInvoiceTruth(seed);
      const sum = (amounts: readonly (string | null)[]) =>
        amounts.reduce((total, each) => total.plus(each ?? 0), new Decimal(0)).toNumber();
      expect(sum(lines.map((line) => line.netAmount))).toBe(Number(totals.lines));
      expect(sum(taxes.map((tax) => tax.taxableAmount))).toBe(Number(totals.net));
      expect(sum([totals.net, totals.tax])).toBe(Number(totals.gross));
      expect(sum([totals.gross, totals.prepaid === null ? null : `-${totals.prepaid}`])).toBe(Number(totals.payable));
    }
  });

  test('are of all kinds', () => {
    const all = SEEDS.map((seed) => makeInvoiceTruth(seed));
    const kinds = <T>(of: (truth: (typeof all)[number]) => T) => new Set(all.map(of)).size;
    expect(kinds((truth) => truth.language)).toBe(6);
    expect(kinds((truth) => truth.documentType)).toBe(2);
    expect(kinds((truth) => truth.currency)).toBeGreaterThan(3);
    expect(kinds((truth) => truth.taxes[0]?.category)).toBe(7);
    expect(kinds((truth) => truth.taxes.length)).toBeGreaterThan(2);
    expect(kinds((truth) => truth.lines.length)).toBe(12);
  });

  test('are as the options ask', () => {
    for (const category of ['S', 'Z', 'E', 'AE', 'K', 'G', 'O'] satisfies TruthCategory[]) {
      const truth = makeInvoiceTruth(3, { category, language: 'de', lines: [40, 40], documentType: 'credit_note' });
      expect(new Set(truth.lines.map((line) => line.taxCategory))).toEqual(new Set([category]));
      expect(truth.lines).toHaveLength(40);
      expect([truth.language, truth.documentType]).toEqual(['de', 'credit_note']);
    }
  });
});

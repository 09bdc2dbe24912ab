import { describe, expect, it } from 'vitest';
import { rareTermsCii, rareTermsUbl } from './rare-terms.fixture.ts';
import { readXml } from './read-xml.ts';

function read(xml: string) {
  const extraction = readXml(new TextEncoder().encode(xml));
  if (extraction.type === 'failed') throw new Error(extraction.message);
  return extraction;
}

describe('an invoice with the terms that are seldom used', () => {
  it('is one record as UBL and as CII, and breaks no rule as either', () => {
    const [ubl, cii] = [read(rareTermsUbl), read(rareTermsCii)];
    expect(cii.record).toEqual(ubl.record);
    expect([ubl.findings, cii.findings]).toEqual([[], []]);
  });

  it('has its reductions, its price for a hundred and what is left to pay', () => {
    const { lineItems, totals, payment, seller } = read(rareTermsUbl).record;
    const value = (seen: { value: unknown } | null | undefined) => seen?.value;
    expect(lineItems.map((line) => [value(line.unitPrice), value(line.discountAmount), value(line.netAmount)])).toEqual(
      [
        ['0.1', '50.00', '200.00'],
        ['10', '-60.00', '50.00'],
      ],
    );
    expect([value(totals.rounding), value(totals.prepaid), value(totals.payable)]).toEqual([
      '-0.40',
      '100.00',
      '178.00',
    ]);
    expect([value(payment.iban), value(seller.vatCode)]).toEqual(['DE75512108001245126199', 'DE136695976']);
    expect(totals.payable?.verified).toBe(true);
  });

  it.each<[string, string, string, string, readonly string[]]>([
    ['the payable amount without the rounding', '-0.40', '-0.30', 'totals.payable', ['BR-CO-16']],
    ['a tax that is not the sum of the rates', '38.40', '38.41', 'totals.tax', ['BR-CO-14', 'BR-CO-15']],
    ['a taxable amount that its lines do not make', '180.00', '181.00', 'taxes[0].taxableAmount', ['BR-S-08']],
  ])('with %s breaks the same rules at the same places in both', (_, right, wrong, place, rules) => {
    const broken = [rareTermsUbl, rareTermsCii].map((xml) =>
      read(xml.replaceAll(`>${right}<`, `>${wrong}<`)).findings.map(({ rule, severity, place: at }) => [
        rule,
        severity,
        at,
      ]),
    );
    expect(broken[1]).toEqual(broken[0]);
    for (const rule of rules) expect(broken[0]?.map(([each]) => each)).toContain(rule);
    expect(broken[0]?.map(([, , at]) => at)).toContain(place);
  });
});

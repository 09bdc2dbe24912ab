import { Decimal } from 'decimal.js';
import type { Reading, Seen, TaxRecord, TotalsRecord } from '../extraction.ts';
import { confirmed, type PrintedDocument, readingOf } from './printed-document.ts';
import type { PrintedLine } from './read-lines.ts';
import { type Amount, isShare, type TaxHit, type TotalHit } from './read-totals.ts';
import type { Total } from './words/language-words.ts';

export interface SettledTotals {
  readonly totals: TotalsRecord;
  readonly taxes: readonly TaxRecord[];
  /** Whether the lines add up to what the totals start from, which confirms each line's amount. */
  readonly linesConfirmed: boolean;
  /** Whether the lines' amounts contain the tax. */
  readonly linesGross: boolean;
}

interface Sum {
  readonly value: Decimal;
  readonly hit: TotalHit;
}

/**
 * Decides which printed amount is which. The words beside an amount propose, arithmetic disposes: a set of amounts
 * with net + tax = gross is taken before one that merely sounds right, and only what was confirmed is `verified`.
 */
export function settleTotals(
  hits: readonly TotalHit[],
  taxHits: readonly TaxHit[],
  lines: readonly PrintedLine[],
  document: PrintedDocument,
  digits: number,
): SettledTotals {
  const of = (...kinds: readonly Total[]): Sum[] =>
    kinds.flatMap((kind) => hits.filter((hit) => hit.kind === kind).map((hit) => ({ value: hit.amount, hit })));
  const lineSum = sumOf(lines.map((line) => line.net));
  const taxes = distinctTaxes(taxHits);
  const taxFromRates =
    taxes.length > 0 && taxes.every((tax) => tax.tax !== null)
      ? sumOf(taxes.map((tax) => tax.tax?.value ?? null))
      : null;
  const discount = of('discount');
  const charges = of('charges');
  const rounding = of('rounding').at(-1) ?? null;
  const nets = [...of('net', 'lines', 'total'), ...summed(of('net'))];
  const grosses = of('gross', 'total', 'payable');
  const taxSums = of('tax');
  const prepaid = of('prepaid').at(-1) ?? null;

  const { off, on } = adjustmentsOf(discount, charges, lineSum, nets);
  const adjusted = lineSum?.minus(totalOf(off)).plus(totalOf(on)) ?? null;
  const solution = solve(nets, taxSums, taxFromRates, grosses, rounding, { taxes, lineSums: [adjusted, lineSum] });
  const net = solution?.net ?? of('net')[0] ?? null;
  const gross = solution?.gross ?? of('gross').at(-1) ?? of('total').at(-1) ?? null;
  const tax = solution?.tax ?? taxSums.at(-1) ?? null;
  const taxValue = tax?.value ?? taxFromRates;

  const near = (a: Decimal | null, b: Decimal | null) =>
    a !== null && b !== null && a.minus(b).abs().lte(new Decimal(10).pow(-digits).times(0.51));
  // The lines make the net amount without what the page takes off or puts on.
  const isUnadjusted = near(lineSum, net?.value ?? null) && !near(adjusted, net?.value ?? null);
  const linesMakeNet = net !== null && lines.length > 0 && (near(adjusted, net.value) || near(lineSum, net.value));
  const subtotal = of('lines').find((each) => near(each.value, lineSum));
  const linesGross =
    !linesMakeNet &&
    gross !== null &&
    lines.length > 0 &&
    near(lineSum, gross.value) &&
    !(taxValue ?? new Decimal(0)).isZero();
  const allLines = lines.length > 0 && lines.every((line) => line.net !== null);

  const netConfirmed = solution?.strong === true || (linesMakeNet && allLines);
  const grossConfirmed =
    solution?.strong === true || (solution !== null && linesMakeNet && allLines) || (linesGross && allLines);
  const bases = sumOf(taxes.map((each) => each.base?.value ?? null));
  const basesMakeNet = net !== null && bases !== null && near(bases, net.value);
  const payable = payableOf(of('payable'), gross, prepaid, grossConfirmed, near);
  const taxTotal: Amount | null =
    tax !== null ? { value: tax.value, words: tax.hit.words } : taxes.length === 1 ? (taxes[0]?.tax ?? null) : null;
  const taxPage = tax?.hit.page ?? taxes[0]?.page ?? 1;

  const read = (sum: Sum | null, sure: boolean, write = (value: Decimal) => value.toFixed(digits)): Seen => {
    if (sum === null) return null;
    const reading = readingOf(write(sum.value), sum.hit.words, sum.hit.page, document, 0.85);
    return sure ? confirmed(reading) : reading;
  };
  const one = (sums: readonly Sum[]): Seen => {
    const last = sums.at(-1);
    if (last === undefined) return null;
    const value = sumOf(sums.map((each) => each.value.abs())) as Decimal;
    const sure = linesMakeNet && near(adjusted, net?.value ?? null) && allLines && sums.length === 1;
    return read({ ...last, value }, sure);
  };
  const totals: TotalsRecord = {
    net: read(net, netConfirmed),
    discount: isUnadjusted ? null : one(off),
    charges: isUnadjusted ? null : one(on),
    tax:
      taxTotal === null
        ? summedTax(taxes, taxFromRates, document, digits, solution !== null)
        : withSure(
            readingOf(taxTotal.value.toFixed(digits), taxTotal.words, taxPage, document, 0.85),
            solution?.strong === true,
          ),
    rounding: read(rounding, false),
    gross: read(gross, grossConfirmed),
    prepaid: read(prepaid === null ? null : { ...prepaid, value: prepaid.value.abs() }, payable.confirmed),
    payable: payable.sum === null ? null : read(payable.sum, payable.confirmed),
  };
  return {
    linesConfirmed: allLines && (linesMakeNet || linesGross || subtotal !== undefined),
    linesGross,
    totals: document.source === 'ocr' ? withoutGuesses(totals, taxFromRates) : totals,
    taxes: taxes.map((each) =>
      taxRecord(each, taxes.length === 1 ? net : null, basesMakeNet && netConfirmed, document, digits),
    ),
  };
}

/**
 * Where recognised amounts contradict each other, those whose characters were hardly made out are guesses, and no facts.
 */
function withoutGuesses(totals: TotalsRecord, taxFromRates: Decimal | null): TotalsRecord {
  const { net, tax, gross, rounding } = totals;
  const sum = sumOf([net, tax].map((each) => (each === null ? null : new Decimal(each.value))));
  const adds = sum === null || gross === null || sum.plus(rounding?.value ?? 0).eq(gross.value);
  const isRated = tax === null || taxFromRates === null || taxFromRates.eq(tax.value);
  const made = (seen: Seen): Seen =>
    seen !== null && !seen.verified && seen.confidence < leastConfidence ? null : seen;
  return {
    ...totals,
    ...(adds ? {} : { net: made(net), gross: made(gross) }),
    ...(adds && isRated ? {} : { tax: made(tax) }),
  };
}

/** Amounts that were recognised rightly are seldom below it; a speck read as a digit brings a word close to nothing. */
const leastConfidence = 0.4;

/** Each rate can have a net amount of its own and all of them none: then it is their sum. */
function summed(nets: readonly Sum[]): Sum[] {
  const [last, ...others] = [...nets].reverse();
  if (last === undefined || others.length === 0) return [];
  const value = nets.reduce((sum, each) => sum.plus(each.value), new Decimal(0));
  return [{ value, hit: { ...last.hit } }];
}

interface Solution {
  readonly net: Sum;
  readonly tax: Sum | null;
  readonly gross: Sum;
  /** Three different amounts agree; where no tax is charged, net = gross says little. */
  readonly strong: boolean;
}

/** What else is printed that speaks for a set of amounts. */
interface Evidence {
  readonly taxes: readonly TaxHit[];
  /** What the lines may add up to: with what is taken off or put on, and without. */
  readonly lineSums: readonly (Decimal | null)[];
}

interface Triple {
  readonly net: Sum;
  readonly tax: Decimal;
  readonly taxSum: Sum | null;
  readonly gross: Sum;
  readonly weight: number;
}

/**
 * Sets of three amounts with net + tax = gross. On a page with many amounts some agree by chance, so the rates and the
 * lines have a say: a set that they speak for is taken first, and one that nothing speaks for is not confirmed where
 * there is another.
 */
function solve(
  nets: readonly Sum[],
  taxes: readonly Sum[],
  taxFromRates: Decimal | null,
  grosses: readonly Sum[],
  rounding: Sum | null,
  evidence: Evidence,
): Solution | null {
  const amounts: { value: Decimal; sum: Sum | null }[] = [
    ...(taxFromRates === null
      ? []
      : [{ value: taxFromRates, sum: taxes.find((each) => each.value.eq(taxFromRates)) ?? null }]),
    ...taxes.map((sum) => ({ value: sum.value, sum })),
  ];
  const triples: Triple[] = [];
  for (const gross of grosses) {
    for (const net of nets) {
      if (net.hit === gross.hit) continue;
      for (const tax of amounts) {
        if (tax.sum !== null && (tax.sum.hit === net.hit || tax.sum.hit === gross.hit)) continue;
        if (!isPlausible(net.value, tax.value)) continue;
        if (
          !net.value
            .plus(tax.value)
            .plus(rounding?.value ?? 0)
            .eq(gross.value)
        )
          continue;
        triples.push({
          net,
          tax: tax.value,
          taxSum: tax.sum,
          gross,
          weight: weightOf(net.value, tax.value, gross.value, evidence),
        });
      }
    }
  }
  const taxed = triples.filter((each) => !each.tax.isZero());
  const [best] = [...(taxed.length > 0 ? taxed : triples)].sort(
    (a, b) => b.weight - a.weight || b.gross.value.abs().comparedTo(a.gross.value.abs()),
  );
  if (best !== undefined) {
    const alone = triples.every((each) => each.gross.value.eq(best.gross.value) && each.net.value.eq(best.net.value));
    return {
      net: best.net,
      tax: best.taxSum,
      gross: best.gross,
      strong: !best.tax.isZero() && (best.weight > 0 || (alone && best.weight === 0)),
    };
  }
  const free = amounts.length === 0 || amounts.every((each) => each.value.isZero());
  if (!free) return null;
  for (const gross of grosses) {
    const net = nets.find((each) => each.hit !== gross.hit && each.hit.kind !== 'total' && each.value.eq(gross.value));
    if (net !== undefined) return { net, tax: taxes.find((each) => each.value.isZero()) ?? null, gross, strong: false };
  }
  return null;
}

/** No country takes more than 27 % of tax, and a tax has the sign of what it is charged on. */
function isPlausible(net: Decimal, tax: Decimal): boolean {
  if (tax.isZero()) return true;
  return !net.isZero() && net.isNegative() === tax.isNegative() && tax.abs().lte(net.abs().times(0.4));
}

function weightOf(net: Decimal, tax: Decimal, gross: Decimal, { taxes, lineSums }: Evidence): number {
  const cent = new Decimal('0.021');
  const rates = taxes.flatMap(({ rate }) => (rate === null ? [] : [rate.div(100)]));
  const least = Decimal.min(1, ...rates)
    .times(net)
    .abs()
    .minus(cent);
  const most = Decimal.max(0, ...rates)
    .times(net)
    .abs()
    .plus(cent);
  const parts = sumOf(taxes.map((each) => each.tax?.value ?? null));
  const rated = rates.length > 0 && tax.abs().gte(least) && tax.abs().lte(most);
  const whole = rates.length < 2 || parts === null || parts.minus(tax).abs().lte(cent);
  const lined = lineSums.some(
    (sum) => sum !== null && !sum.isZero() && (sum.minus(net).abs().lt(cent) || sum.minus(gross).abs().lt(cent)),
  );
  // Rates that are printed and do not make this tax speak against it.
  return (rated && whole ? 2 : rates.length > 0 ? -3 : 0) + (lined ? 1 : 0);
}

function payableOf(
  payables: readonly Sum[],
  gross: Sum | null,
  prepaid: Sum | null,
  grossConfirmed: boolean,
  near: (a: Decimal | null, b: Decimal | null) => boolean,
): { sum: Sum | null; confirmed: boolean } {
  const expected = gross === null ? null : gross.value.minus(prepaid?.value.abs() ?? 0);
  const agreeing = payables.find((each) => near(each.value, expected));
  if (agreeing !== undefined && prepaid !== null)
    return { sum: agreeing, confirmed: grossConfirmed || !prepaid.value.isZero() };
  if (agreeing !== undefined) return { sum: agreeing, confirmed: false };
  return { sum: payables.at(-1) ?? null, confirmed: false };
}

/**
 * What is taken off or put on can be printed one by one, as a sum, or both, and within the lines as well: those count
 * that lead from the lines to the net amount.
 */
function adjustmentsOf(
  discount: readonly Sum[],
  charges: readonly Sum[],
  lineSum: Decimal | null,
  nets: readonly Sum[],
): { off: readonly Sum[]; on: readonly Sum[] } {
  for (const off of choicesOf(discount)) {
    for (const on of choicesOf(charges)) {
      const made = lineSum?.minus(totalOf(off)).plus(totalOf(on));
      if (nets.some((net) => made !== undefined && net.value.minus(made).abs().lt(0.006))) return { off, on };
    }
  }
  return { off: choicesOf(discount)[0] ?? [], on: choicesOf(charges)[0] ?? [] };
}

function choicesOf(sums: readonly Sum[]): (readonly Sum[])[] {
  if (sums.length < 2) return [sums];
  const all = totalOf(sums);
  const sum = sums.filter((each) => all.minus(each.value.abs().times(2)).abs().lt(0.006));
  return [...sum.map((each) => [each]), sums, ...sums.map((each) => [each]).reverse()];
}

function totalOf(sums: readonly Sum[]): Decimal {
  return sums.reduce((total, each) => total.plus(each.value.abs()), new Decimal(0));
}

/** The same rate can be printed in the totals and again in a table of taxes: the fuller of the two stays. */
function distinctTaxes(hits: readonly TaxHit[]): TaxHit[] {
  const byRate = new Map<string, TaxHit>();
  for (const hit of hits) {
    const key = hit.rate?.toFixed(2) ?? '?';
    const before = byRate.get(key);
    if (before === undefined) byRate.set(key, hit);
    else byRate.set(key, { ...before, base: before.base ?? hit.base, tax: before.tax ?? hit.tax });
  }
  return [...byRate.values()];
}

/**
 * A rate's tax hardly changes with the last digits of what it is charged on: that a tax is the share of its base confirms
 * the tax, and the base only where recognition cannot have mistaken a digit or the bases add up to the net amount.
 */
function taxRecord(
  hit: TaxHit,
  net: Sum | null,
  basesMakeNet: boolean,
  document: PrintedDocument,
  digits: number,
): TaxRecord {
  const base = hit.base ?? (net === null ? null : { value: net.value, words: net.hit.words });
  const sure =
    base !== null &&
    hit.tax !== null &&
    hit.rate !== null &&
    !hit.rate.isZero() &&
    !hit.tax.value.isZero() &&
    isShare(base.value, hit.rate, hit.tax.value);
  const read = (amount: Amount | null, confirms: boolean): Seen => {
    if (amount === null) return null;
    return withSure(readingOf(amount.value.toFixed(digits), amount.words, hit.page, document, 0.85), confirms);
  };
  const baseSure = sure && (basesMakeNet || (document.source === 'text' && hit.vague !== true && hit.base !== null));
  return {
    category: null,
    rate:
      hit.rate === null || hit.rateWords.length === 0
        ? null
        : withSure(readingOf(hit.rate.toFixed(2), hit.rateWords, hit.page, document, 0.9), sure),
    taxableAmount: read(base, baseSure),
    taxAmount: read(hit.tax, sure),
    exemptionReason: null,
    label: hit.label === '' ? null : readingOf(hit.label, hit.rateWords, hit.page, document, 0.8),
  };
}

/** Where several rates are printed and no sum of theirs, the sum is where the last of them is. */
function summedTax(
  taxes: readonly TaxHit[],
  sum: Decimal | null,
  document: PrintedDocument,
  digits: number,
  solved: boolean,
): Seen {
  const last = taxes.at(-1);
  if (sum === null || last?.tax == null) return null;
  return withSure(
    readingOf(
      sum.toFixed(digits),
      taxes.flatMap((tax) => (tax.page === last.page ? (tax.tax?.words ?? []) : [])),
      last.page,
      document,
      0.8,
    ),
    solved && !sum.isZero(),
  );
}

function withSure<T>(reading: Reading<T>, sure: boolean) {
  return sure ? confirmed(reading) : reading;
}

function sumOf(values: readonly (Decimal | null)[]): Decimal | null {
  if (values.length === 0 || values.some((value) => value === null)) return null;
  return values.reduce<Decimal>((sum, value) => sum.plus(value ?? 0), new Decimal(0));
}

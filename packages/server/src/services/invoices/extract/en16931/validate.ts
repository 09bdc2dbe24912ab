import type { Finding } from '../extraction.ts';
import { CODE_LISTS } from './code-lists.ts';
import { CONDITIONS } from './conditions.ts';
import { DECIMALS } from './decimals.ts';
import { FATTURAPA } from './fatturapa.ts';
import { GERMAN, GERMAN_EXTENSION } from './german.ts';
import { MANDATORY_TERMS } from './mandatory-terms.ts';
import type { SemanticInvoice, TaxCategoryTerm } from './model.ts';
import { PEPPOL, PEPPOL_CURRENCY } from './peppol.ts';
import { type Profile, profileOf } from './profile.ts';
import type { Rule } from './rule.ts';
import { VAT_CATEGORIES } from './vat-categories.ts';

/** The families of EN 16931, in the order in which their findings stand. */
export const STANDARD: readonly Rule[] = [
  ...MANDATORY_TERMS,
  ...CONDITIONS,
  ...VAT_CATEGORIES,
  ...DECIMALS,
  ...CODE_LISTS,
];

/**
 * Holds an invoice against EN 16931 and the usage that it says it follows. Nothing is ever refused here: an invoice that
 * breaks every rule is read all the same.
 */
export function validateInvoice(invoice: SemanticInvoice): Finding[] {
  const profile = profileOf(invoice);
  const vatOnly = onlyVat(invoice);
  const own = OWN_SCHEMES[profile] ?? [];
  return rulesOf(profile, invoice).flatMap((rule) =>
    // A code is a code whatever tax it is of.
    rule
      .broken(rule.layer === 'codes' ? invoice : vatOnly)
      .filter((breach) => rule.layer !== 'codes' || !own.includes(breach.actual ?? ''))
      .map((breach) => ({
        rule: rule.id,
        severity: profile === 'other' || WIDENED[profile]?.includes(rule.id) ? 'warning' : rule.severity,
        message: rule.says,
        ...breach,
      })),
  );
}

function rulesOf(profile: Profile, invoice: SemanticInvoice): readonly Rule[] {
  switch (profile) {
    case 'xrechnung':
      return [...STANDARD, ...GERMAN];
    case 'xrechnung_extension':
      return [...STANDARD.filter((rule) => rule.id !== 'BR-CO-16'), ...GERMAN, ...GERMAN_EXTENSION];
    case 'peppol':
      return invoice.syntax === 'ubl' ? [...STANDARD, ...PEPPOL, PEPPOL_CURRENCY] : [...STANDARD, ...PEPPOL];
    case 'basic_wl':
      return STANDARD.filter((rule) => !rule.lines);
    case 'minimum':
      return STANDARD.filter((rule) => IN_MINIMUM.has(rule.id));
    case 'fatturapa':
      return FATTURAPA;
    // Documents that do not know the standard are held to what is true of any invoice: that it adds up.
    case 'other':
      return STANDARD.filter((rule) => rule.layer === 'arithmetic' && rule.id.startsWith('BR-CO-'));
    default:
      return STANDARD;
  }
}

/** Schemes that a usage adds to the lists of the standard: of digital health applications, and of clean vehicles. */
const OWN_SCHEMES: Readonly<Partial<Record<Profile, readonly string[]>>> = {
  xrechnung_extension: ['XR01', 'XR02', 'XR03', 'application/xml'],
  xrechnung: ['CVD'],
};

/** Lists that a usage widens by what is not told in full: the extended profile takes reasons of charges for allowances. */
const WIDENED: Readonly<Partial<Record<Profile, readonly string[]>>> = { extended: ['BR-CL-19'] };

/** What can be said of an invoice without lines, breakdown, addresses and terms of payment. */
const IN_MINIMUM = new Set([
  ...['BR-01', 'BR-02', 'BR-03', 'BR-04', 'BR-05', 'BR-06', 'BR-07', 'BR-08', 'BR-09', 'BR-13', 'BR-14', 'BR-15'],
  ...['BR-CO-09', 'BR-CO-15', 'BR-CO-26', 'BR-DEC-12', 'BR-DEC-13', 'BR-DEC-14', 'BR-DEC-18'],
  ...['BR-CL-01', 'BR-CL-03', 'BR-CL-04', 'BR-CL-11', 'BR-CL-14'],
]);

/** Categories of another tax than VAT are no terms of the standard; to its rules they are not there. */
function onlyVat(invoice: SemanticInvoice): SemanticInvoice {
  const vat = <T extends { readonly tax: TaxCategoryTerm | null }>(part: T): T =>
    part.tax === null || part.tax.vat ? part : { ...part, tax: null };
  return {
    ...invoice,
    lines: invoice.lines.map(vat),
    allowances: invoice.allowances.map(vat),
    charges: invoice.charges.map(vat),
    breakdown: invoice.breakdown.map((tax) => (tax.vat ? tax : { ...tax, category: null })),
  };
}

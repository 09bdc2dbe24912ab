import type { AllowanceOrCharge, Amount, Totals } from './model.ts';
import { decimalsOf } from './number.ts';
import {
  ALLOWANCES,
  BREAKDOWN,
  CHARGES,
  each,
  type Group,
  LINE_ALLOWANCES,
  LINE_CHARGES,
  LINES,
  type Rule,
  whole,
} from './rule.ts';

const digits = { layer: 'arithmetic' } as const;
const short = (amount: Amount | null) => amount === null || decimalsOf(amount) <= 2;
const total = (id: string, place: string, term: string, field: Exclude<keyof Totals, 'taxTotals' | 'thirdParty'>) =>
  whole(id, place, `${term} has at most two decimals.`, (invoice) => short(invoice.totals[field]), digits);
const part = (id: string, list: Group<AllowanceOrCharge>, term: string, field: 'amount' | 'base') =>
  each(id, list, '', `${term} has at most two decimals.`, (member) => short(member[field]), digits);

/** BR-DEC: how many decimals amounts may be written with. */
export const DECIMALS: readonly Rule[] = [
  part('BR-DEC-01', ALLOWANCES, 'The amount of an allowance (BT-92)', 'amount'),
  part('BR-DEC-02', ALLOWANCES, 'The base of an allowance (BT-93)', 'base'),
  part('BR-DEC-05', CHARGES, 'The amount of a charge (BT-99)', 'amount'),
  part('BR-DEC-06', CHARGES, 'The base of a charge (BT-100)', 'base'),
  total('BR-DEC-09', 'totals.net', 'The sum of the line amounts (BT-106)', 'lines'),
  total('BR-DEC-10', 'totals.discount', 'The total of allowances (BT-107)', 'allowances'),
  total('BR-DEC-11', 'totals.charges', 'The total of charges (BT-108)', 'charges'),
  total('BR-DEC-12', 'totals.net', 'The total without VAT (BT-109)', 'net'),
  total('BR-DEC-13', 'totals.tax', 'The total of VAT (BT-110)', 'tax'),
  total('BR-DEC-14', 'totals.gross', 'The total with VAT (BT-112)', 'gross'),
  total('BR-DEC-15', 'totals.tax', 'The total of VAT in the accounting currency (BT-111)', 'taxInTaxCurrency'),
  total('BR-DEC-16', 'totals.prepaid', 'The paid amount (BT-113)', 'prepaid'),
  total('BR-DEC-17', 'totals.rounding', 'The rounding (BT-114)', 'rounding'),
  total('BR-DEC-18', 'totals.payable', 'The amount due (BT-115)', 'payable'),
  each(
    'BR-DEC-19',
    BREAKDOWN,
    '.taxableAmount',
    'A taxable amount (BT-116) has at most two decimals.',
    (tax) => short(tax.taxable),
    digits,
  ),
  each(
    'BR-DEC-20',
    BREAKDOWN,
    '.taxAmount',
    'A tax amount (BT-117) has at most two decimals.',
    (tax) => short(tax.tax),
    digits,
  ),
  each(
    'BR-DEC-23',
    LINES,
    '.netAmount',
    "A line's net amount (BT-131) has at most two decimals.",
    (line) => short(line.net),
    digits,
  ),
  part('BR-DEC-24', LINE_ALLOWANCES, 'The amount of a line allowance (BT-136)', 'amount'),
  part('BR-DEC-25', LINE_ALLOWANCES, 'The base of a line allowance (BT-137)', 'base'),
  part('BR-DEC-27', LINE_CHARGES, 'The amount of a line charge (BT-141)', 'amount'),
  part('BR-DEC-28', LINE_CHARGES, 'The base of a line charge (BT-142)', 'base'),
];

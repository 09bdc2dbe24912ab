import { type TSchema, Type } from 'typebox';
import { reference } from '../../core/service.ts';
import { findClient } from './clients-repository.ts';
import { noAddress } from './contacts.ts';
import type { Ctx } from './contract.ts';
import { duplicateKeyOf } from './duplicate-key.ts';
import { checkForm, invalidFields, isDate, metadataSchema, nullable, ref, text, words } from './fields.ts';
import { directions, documentTypes } from './hints.ts';
import { type Accounting, type InvoiceFields, type LineItem, noAccounting, type TaxLine } from './invoice-fields.ts';
import { paymentMethods, taxCategories } from './invoice-schema.ts';
import { findDuplicateOf, type InvoiceRow, type InvoiceWithFile } from './invoices-repository.ts';
import { followPaths, followRows, textOf } from './keep-evidence.ts';
import { statusOf, validate } from './validate.ts';

const amount = (description: string) =>
  Type.Optional(nullable(Type.String({ pattern: '^-?\\d{1,15}(\\.\\d{1,6})?$' }), `${description} A decimal text.`));
const maybe = <S extends TSchema>(schema: S, description: string) => Type.Optional(nullable(schema, description));
const part = (properties: Record<string, TSchema>, description?: string) =>
  Type.Object(properties, description === undefined ? {} : { description });

const accounting = {
  debitAccount: text(50, 'Account to debit.'),
  creditAccount: text(50, 'Account to credit.'),
  vatCode: text(50, 'VAT code of the ledger.'),
  costCenter: text(50, 'Cost centre.'),
  division: text(50, 'Division.'),
  project: text(50, 'Project.'),
  category: text(50, 'Category.'),
};
const party = {
  name: text(300, 'As printed.'),
  companyCode: text(50, 'Registration number.'),
  vatCode: text(30, 'VAT number.'),
  taxCode: text(50, 'Another tax number.'),
  email: text(254, 'Its address.'),
  phone: text(50, 'Its telephone.'),
  address: maybe(
    part({
      line1: text(200, 'Street and number.'),
      line2: text(200, 'What else.'),
      city: text(100, 'Town.'),
      postalCode: text(20, 'Postal code.'),
      region: text(100, 'State or province.'),
      country: maybe(Type.String({ pattern: '^[A-Z]{2}$' }), 'ISO 3166-1 alpha-2.'),
      raw: text(500, 'As printed.'),
    }),
    'Where it is.',
  ),
  bankAccounts: Type.Optional(
    Type.Array(
      part({
        iban: text(50, 'Where it is paid.'),
        accountNumber: text(50, 'Without an IBAN.'),
        bic: text(11, 'Of the bank.'),
        bankName: text(200, 'Of the bank.'),
        currency: maybe(Type.String({ pattern: '^[A-Z]{3}$' }), 'ISO 4217.'),
      }),
      { maxItems: 10, description: 'Where it is paid; all of them.' },
    ),
  ),
};
const category = maybe(words(taxCategories, 'EN 16931.'), 'EN 16931.');

/** What of an invoice can be changed. */
export const patchInput = {
  documentType: Type.Optional(words(documentTypes, 'What it is.')),
  direction: Type.Optional(words(directions, 'Whether the client buys or sells.')),
  externalId: text(100, 'Your own id of it.'),
  invoiceNumber: text(100, 'As printed.'),
  series: text(20, 'The letters of the number.'),
  orderNumber: text(100, 'Of the order.'),
  contractNumber: text(100, 'Of the contract.'),
  originalInvoiceNumber: text(100, 'The invoice that it corrects.'),
  issueDate: text(10, 'YYYY-MM-DD.'),
  supplyDate: text(10, 'YYYY-MM-DD.'),
  dueDate: text(10, 'YYYY-MM-DD.'),
  currency: maybe(Type.String({ pattern: '^[A-Z]{3}$' }), 'ISO 4217.'),
  exchangeRate: amount('If it is printed.'),
  language: text(20, 'BCP 47.'),
  seller: Type.Optional(part(party, 'Who is to be paid.')),
  buyer: Type.Optional(part(party, 'Who is to pay.')),
  sellerContactId: Type.Optional(nullable(reference('con', { description: 'The contact that it matches.' }))),
  buyerContactId: Type.Optional(nullable(reference('con', { description: 'The contact that it matches.' }))),
  lineItems: Type.Optional(
    Type.Array(
      part({
        code: text(100, "The seller's code."),
        ean: text(20, 'GTIN.'),
        description: text(1_000, 'What it is.'),
        quantity: amount('How many.'),
        unit: text(50, 'As printed.'),
        unitCode: text(10, 'UN/ECE Recommendation 20.'),
        unitPrice: amount('Of one, without tax.'),
        discountPercent: amount('Taken off.'),
        discountAmount: amount('Taken off.'),
        netAmount: amount('Without tax.'),
        taxRate: amount('In percent.'),
        taxCategory: category,
        taxAmount: amount('The tax.'),
        grossAmount: amount('With tax.'),
        accounting: maybe(part(accounting), 'Where it differs from the invoice.'),
      }),
      { maxItems: 2_000, description: 'All of them: a list is replaced as a whole.' },
    ),
  ),
  taxes: Type.Optional(
    Type.Array(
      part({
        category,
        rate: amount('In percent.'),
        taxableAmount: amount('What is taxed.'),
        taxAmount: amount('The tax.'),
        exemptionReason: text(500, 'Why there is none.'),
        label: text(200, 'As printed.'),
      }),
      { maxItems: 100, description: 'All of them.' },
    ),
  ),
  totals: Type.Optional(
    part(
      {
        net: amount('Without tax.'),
        discount: amount('Taken off the whole.'),
        charges: amount('Put on the whole.'),
        tax: amount('All taxes.'),
        rounding: amount('Put on to round.'),
        gross: amount('With tax.'),
        prepaid: amount('Paid before.'),
        payable: amount('Left to pay.'),
      },
      'The sums.',
    ),
  ),
  payment: Type.Optional(
    part(
      {
        method: maybe(words(paymentMethods, 'How it is paid.'), 'How it is paid.'),
        iban: text(50, 'Where to.'),
        accountNumber: text(50, 'Without an IBAN.'),
        bic: text(11, 'Of the bank.'),
        bankName: text(200, 'Of the bank.'),
        reference: text(200, 'What to write.'),
        termsText: text(500, 'As printed.'),
        termsDays: maybe(Type.Integer({ minimum: 0, maximum: 3_650 }), 'Days.'),
        paidAt: text(10, 'YYYY-MM-DD.'),
        isPaid: maybe(Type.Boolean(), 'Whether it is paid.'),
      },
      'How it is to be paid.',
    ),
  ),
  accounting: Type.Optional(part(accounting, 'How it is entered in the books.')),
  notes: text(2_000, 'What else it says.'),
  tags: Type.Optional(
    Type.Array(Type.String({ minLength: 1, maxLength: 40 }), { maxItems: 20, description: 'All of them.' }),
  ),
  metadata: Type.Optional(metadataSchema),
  // Named here so that whoever sends them is told that they cannot be changed.
  clientId: Type.Optional(reference('cl', { description: 'Cannot be changed.' })),
  jobId: ref('job', 'Cannot be changed.'),
  duplicateOf: ref('inv', 'Cannot be changed.'),
  status: Type.Optional(Type.Unknown({ description: 'Cannot be changed.' })),
  file: Type.Optional(Type.Unknown({ description: 'Cannot be changed.' })),
  mode: Type.Optional(Type.Unknown({ description: 'Cannot be changed.' })),
};

export interface InvoicePatch
  extends Partial<
    Omit<InvoiceFields, 'seller' | 'buyer' | 'accounting' | 'lineItems' | 'taxes' | 'totals' | 'payment'>
  > {
  readonly lineItems?: readonly Partial<LineItem>[];
  readonly taxes?: readonly Partial<TaxLine>[];
  readonly totals?: Partial<InvoiceFields['totals']>;
  readonly payment?: Partial<InvoiceFields['payment']>;
  readonly seller?: Partial<InvoiceFields['seller']>;
  readonly buyer?: Partial<InvoiceFields['buyer']>;
  readonly accounting?: Partial<Accounting>;
  readonly direction?: InvoiceRow['direction'];
  readonly externalId?: string | null;
  readonly sellerContactId?: string | null;
  readonly buyerContactId?: string | null;
  readonly tags?: readonly string[];
  readonly metadata?: Readonly<Record<string, string>>;
}

const fixed = ['clientId', 'jobId', 'duplicateOf', 'status', 'file', 'mode'];

/** What a schema cannot say. @throws `validation.invalid_body` naming every bad field */
export function readPatch(sent: object): InvoicePatch {
  // The line has held it against `patchInput`, whose inference the compiler gives up on.
  const body = sent as InvoicePatch;
  checkForm('con', 'sellerContactId', body.sellerContactId);
  checkForm('con', 'buyerContactId', body.buyerContactId);
  const wrong = fixed
    .filter((name) => Object.hasOwn(body, name))
    .map((field) => ({ field, message: 'is read-only; leave it out' }));
  const days = [
    ['issueDate', body.issueDate],
    ['supplyDate', body.supplyDate],
    ['dueDate', body.dueDate],
    ['payment.paidAt', body.payment?.paidAt],
  ] as const;
  for (const [field, value] of days) {
    if (value != null && !isDate(value)) wrong.push({ field, message: 'must be a date such as 2026-04-14' });
  }
  if (wrong.length > 0) throw invalidFields(wrong.map((one) => ({ ...one, code: 'validation.invalid_body' })));
  return body;
}

/** The invoice after a correction: what a caller sets is sure, and everything is held against itself again. */
export async function patched(ctx: Ctx, before: InvoiceWithFile, patch: InvoicePatch): Promise<InvoiceWithFile> {
  const { direction, externalId, sellerContactId, buyerContactId, tags, metadata, ...values } = patch;
  const fields = merged(before.fields, values, ctx.caller.type === 'person' ? 'user' : 'api');
  const paths = pathsOf(values, '');
  const isSet = (path: string) =>
    paths.some((set) => path === set || path.startsWith(`${set}.`) || path.startsWith(`${set}[`));
  const follow = followPaths(before.fields, fields, isSet);
  const kept = <T>(of: Readonly<Record<string, T>>) =>
    Object.fromEntries(
      Object.entries(of).flatMap(([path, value]) => {
        const now = follow(path);
        return now === null ? [] : [[now, value]];
      }),
    );
  const confidence = { ...before.confidence, fields: kept(before.confidence.fields) };
  const client = await findClient(ctx.db, before.client_id);
  const key = duplicateKeyOf(fields);
  const duplicateOf =
    key === before.duplicate_key
      ? before.duplicate_of
      : await findDuplicateOf(ctx.db, {
          clientId: before.client_id,
          id: before.id,
          key,
          sha256: before.file_sha256,
          before: before.created_at,
        });
  const who = {
    name: client?.name ?? '',
    companyCode: client?.company_code ?? null,
    vatCode: client?.vat_code ?? null,
  };
  // What the reader found stays, but for what is set now.
  const found = before.issues.flatMap((issue) => {
    const path = /^[A-Z]{2}/.test(issue.code) ? follow(issue.path) : null;
    return path === null ? [] : [{ ...issue, path }];
  });
  const issues = [
    ...found,
    ...validate(fields, { now: ctx.now(), confidence, client: who, duplicateOf, checksCodes: ctx.mode === 'live' }),
  ];
  const changed = <T>(value: T | undefined, old: T): T => (value === undefined ? old : value);
  return {
    ...before,
    direction: changed(direction, before.direction),
    external_id: changed(externalId, before.external_id),
    seller_contact_id: changed(sellerContactId, before.seller_contact_id),
    buyer_contact_id: changed(buyerContactId, before.buyer_contact_id),
    tags: changed(tags === undefined ? undefined : [...new Set(tags)], before.tags),
    metadata: changed(metadata, before.metadata),
    fields,
    confidence,
    evidence: kept(before.evidence),
    issues,
    validation: statusOf(issues),
    duplicate_key: key,
    duplicate_of: duplicateOf,
    version: before.version + 1,
    updated_at: new Date(ctx.now()),
  };
}

type Values = Omit<
  InvoicePatch,
  'direction' | 'externalId' | 'sellerContactId' | 'buyerContactId' | 'tags' | 'metadata'
>;

function merged(before: InvoiceFields, patch: Values, by: 'user' | 'api'): InvoiceFields {
  const party = (side: 'seller' | 'buyer'): InvoiceFields['seller'] => {
    const change = patch[side];
    if (change === undefined) return before[side];
    const address =
      change.address === undefined || change.address === null
        ? change.address
        : { ...(before[side].address ?? noAddress), ...change.address };
    return { ...before[side], ...known(before[side], change), ...(address === undefined ? {} : { address }) };
  };
  return {
    ...before,
    ...known(before, patch),
    seller: party('seller'),
    buyer: party('buyer'),
    totals: { ...before.totals, ...known(before.totals, patch.totals ?? {}) },
    payment: { ...before.payment, ...known(before.payment, patch.payment ?? {}) },
    accounting:
      patch.accounting === undefined
        ? before.accounting
        : { ...before.accounting, ...known(before.accounting, patch.accounting), ruleId: null, assignedBy: by },
    lineItems: patch.lineItems === undefined ? before.lineItems : mergedLines(before.lineItems, patch.lineItems, by),
    taxes: patch.taxes === undefined ? before.taxes : patch.taxes.map(wholeTax),
  };
}

/** Of a patch only what an invoice has: a caller may send anything beside it. */
function known<T extends object>(before: T, patch: object): Partial<T> {
  return Object.fromEntries(Object.entries(patch).filter(([name]) => Object.hasOwn(before, name))) as Partial<T>;
}

/** Lines that stand as they stood keep the page that they were read on and who assigned their accounts. */
function mergedLines(
  before: readonly LineItem[],
  lines: readonly Partial<LineItem>[],
  by: 'user' | 'api',
): readonly LineItem[] {
  const after = lines.map((line, index) => wholeLine(line, index, by));
  return followRows(before, after).map((from, index) => {
    const [old, now] = [before[from], after[index] as LineItem];
    if (old === undefined) return now;
    const kept = sameAccounts(old.accounting, now.accounting) ? old.accounting : now.accounting;
    return { ...now, page: old.page, accounting: kept };
  });
}

function sameAccounts(one: Accounting | null, other: Accounting | null): boolean {
  const plain = (of: Accounting | null) => textOf(of === null ? null : { ...of, ruleId: null, assignedBy: null });
  return plain(one) === plain(other);
}

function wholeLine(line: Partial<LineItem>, index: number, by: 'user' | 'api'): LineItem {
  return {
    index: index + 1,
    code: line.code ?? null,
    ean: line.ean ?? null,
    description: line.description ?? null,
    quantity: line.quantity ?? null,
    unit: line.unit ?? null,
    unitCode: line.unitCode ?? null,
    unitPrice: line.unitPrice ?? null,
    discountPercent: line.discountPercent ?? null,
    discountAmount: line.discountAmount ?? null,
    netAmount: line.netAmount ?? null,
    taxRate: line.taxRate ?? null,
    taxCategory: line.taxCategory ?? null,
    taxAmount: line.taxAmount ?? null,
    grossAmount: line.grossAmount ?? null,
    accounting: line.accounting == null ? null : { ...noAccounting, ...line.accounting, assignedBy: by },
    page: null,
  };
}

function wholeTax(tax: Partial<TaxLine>): TaxLine {
  return {
    category: tax.category ?? null,
    rate: tax.rate ?? null,
    taxableAmount: tax.taxableAmount ?? null,
    taxAmount: tax.taxAmount ?? null,
    exemptionReason: tax.exemptionReason ?? null,
    label: tax.label ?? null,
  };
}

/** The paths that a patch sets; a list is set as a whole. */
function pathsOf(value: object, at: string): string[] {
  return Object.entries(value).flatMap(([name, item]) => {
    const path = at === '' ? name : `${at}.${name}`;
    return typeof item === 'object' && item !== null && !Array.isArray(item) ? pathsOf(item, path) : [path];
  });
}

import { type TSchema, Type } from 'typebox';
import { addressSchema, bankAccountSchema } from './contacts.ts';
import { decimal, idOf, metadataSchema, nullable, seen, timestamp, words } from './fields.ts';
import { directions, documentTypes } from './hints.ts';

export const invoiceStatuses = ['processing', 'processed', 'failed'] as const;
export const reviewStatuses = ['needs_review', 'confirmed'] as const;
export const taxCategories = ['S', 'Z', 'E', 'AE', 'K', 'G', 'O', 'L', 'M'] as const;
export const paymentMethods = ['bank_transfer', 'card', 'cash', 'direct_debit', 'other'] as const;

const accountingSchema = Type.Object(
  {
    debitAccount: seen('Account to debit.'),
    creditAccount: seen('Account to credit.'),
    vatCode: seen('VAT code of the ledger.'),
    costCenter: seen('Cost centre.'),
    division: seen('Division.'),
    project: seen('Project.'),
    category: seen('Category.'),
    ruleId: seen('The rule that filled it.'),
    assignedBy: nullable(words(['rule', 'user', 'api'], 'Who filled it.')),
  },
  { description: 'How it is entered in the books.' },
);

const party = {
  name: seen('As printed.'),
  companyCode: seen('Registration number.'),
  vatCode: seen('VAT number.'),
  taxCode: seen('Another tax number.'),
  email: seen('Its address.'),
  phone: seen('Its telephone.'),
  address: nullable(addressSchema, 'Where it is.'),
  bankAccounts: Type.Array(bankAccountSchema, { description: 'Where it is paid.' }),
};

const lineItemSchema = Type.Object({
  index: Type.Integer({ description: 'From 1, as printed.' }),
  code: seen("The seller's code."),
  ean: seen('GTIN.'),
  description: seen('What it is.'),
  quantity: decimal('How many.'),
  unit: seen('As printed.'),
  unitCode: seen('UN/ECE Recommendation 20.'),
  unitPrice: decimal('Of one, without tax.'),
  discountPercent: decimal('Taken off.'),
  discountAmount: decimal('Taken off.'),
  netAmount: decimal('Without tax.'),
  taxRate: decimal('In percent.'),
  taxCategory: nullable(words(taxCategories, 'EN 16931.')),
  taxAmount: decimal('The tax.'),
  grossAmount: decimal('With tax.'),
  accounting: nullable(accountingSchema, 'Where it differs from the invoice.'),
  page: nullable(Type.Integer(), 'Where it stands, from 1.'),
});

const taxLineSchema = Type.Object({
  category: nullable(words(taxCategories, 'EN 16931.')),
  rate: decimal('In percent.'),
  taxableAmount: decimal('What is taxed.'),
  taxAmount: decimal('The tax.'),
  exemptionReason: seen('Why there is none.'),
  label: seen('As printed.'),
});

const totalsSchema = Type.Object(
  {
    net: decimal('Without tax.'),
    discount: decimal('Taken off the whole.'),
    charges: decimal('Put on the whole.'),
    tax: decimal('All taxes.'),
    rounding: decimal('Put on to round.'),
    gross: decimal('With tax.'),
    prepaid: decimal('Paid before.'),
    payable: decimal('Left to pay.'),
  },
  { description: 'The sums.' },
);

const paymentSchema = Type.Object(
  {
    method: nullable(words(paymentMethods, 'How it is paid.')),
    iban: seen('Where to.'),
    accountNumber: seen('Where to, without an IBAN.'),
    bic: seen('Of the bank.'),
    bankName: seen('Of the bank.'),
    reference: seen('What to write.'),
    termsText: seen('As printed.'),
    termsDays: nullable(Type.Integer(), 'Days.'),
    paidAt: seen('When it was paid.'),
    isPaid: nullable(Type.Boolean(), 'Whether it says that it is paid.'),
  },
  { description: 'How it is to be paid.' },
);

const issueSchema = Type.Object({
  code: Type.String({ description: 'The rule.' }),
  severity: words(['info', 'warning', 'error'], 'How bad it is.'),
  path: Type.String({ description: 'Which value.' }),
  message: Type.String({ description: 'As a sentence.' }),
  expected: seen('What would hold.'),
  actual: seen('What stands there.'),
});

const evidenceSchema = Type.Record(
  Type.String(),
  Type.Object({
    page: nullable(Type.Integer(), 'From 1.'),
    box: nullable(
      Type.Object({
        x: Type.Number({ description: 'Its left edge.' }),
        y: Type.Number({ description: 'Its upper edge.' }),
        width: Type.Number({ description: 'How wide it is.' }),
        height: Type.Number({ description: 'How high it is.' }),
      }),
      'Points from the upper left corner.',
    ),
    source: words(['xml', 'text', 'ocr'], 'What it was read from.'),
    confidence: Type.Number({ description: 'From 0 to 1.' }),
    verified: Type.Boolean({ description: 'Whether arithmetic or a check digit confirms it.' }),
  }),
  { description: 'Where each value was seen, by its path.' },
);

const header = {
  id: idOf('inv', 'Names the invoice.'),
  mode: words(['live', 'test'], 'The mode it belongs to.'),
  clientId: idOf('cl', 'Whose it is.'),
  jobId: nullable(Type.String(), 'The job that made it.'),
  status: words(invoiceStatuses, 'Whether it was read.'),
  reviewStatus: words(reviewStatuses, 'Whether somebody has confirmed it.'),
  documentType: words(documentTypes, 'What it is.'),
  direction: words(directions, 'Whether the client buys or sells.'),
  source: words(['api', 'dashboard', 'email', 'scraper'], 'How it came in.'),
  sourceFile: Type.String({ description: 'As the file was called.' }),
  file: nullable(
    Type.Object({
      contentType: seen('What it is.'),
      sizeBytes: nullable(Type.Integer(), 'How large it is.'),
      pageCount: nullable(Type.Integer(), 'How many pages it has.'),
      sha256: seen('Of its bytes.'),
      availableUntil: timestamp('How long it is kept.'),
    }),
    'The file, while it is kept.',
  ),
  externalId: seen('Your own id of it.'),
  invoiceNumber: seen('As printed.'),
  series: seen('The letters that the number begins with.'),
  orderNumber: seen('Of the order.'),
  contractNumber: seen('Of the contract.'),
  originalInvoiceNumber: seen('The invoice that it corrects.'),
  issueDate: seen('YYYY-MM-DD.'),
  supplyDate: seen('YYYY-MM-DD.'),
  dueDate: seen('YYYY-MM-DD.'),
  currency: seen('ISO 4217.'),
  exchangeRate: decimal('If it is printed.'),
  language: seen('BCP 47.'),
  seller: Type.Object(party, { description: 'Who is to be paid.' }),
  buyer: Type.Object(party, { description: 'Who is to pay.' }),
  sellerContactId: nullable(Type.String(), 'The contact that it matches.'),
  buyerContactId: nullable(Type.String(), 'The contact that it matches.'),
};

const rest = {
  taxes: Type.Array(taxLineSchema, { description: 'One for each rate and category.' }),
  totals: totalsSchema,
  payment: paymentSchema,
  accounting: accountingSchema,
  notes: seen('What else it says.'),
  tags: Type.Array(Type.String(), { description: 'Your words for it.' }),
  metadata: metadataSchema,
  duplicateOf: nullable(Type.String(), 'An earlier invoice of the same client that is the same one.'),
  creditsCharged: Type.Integer({ description: '0 in test mode.' }),
  error: nullable(
    Type.Object({
      code: Type.String({ description: 'What failed.' }),
      message: Type.String({ description: 'As a sentence.' }),
    }),
    'Why it could not be read the last time.',
  ),
  createdAt: timestamp('When it was made.'),
  updatedAt: timestamp('When it was last changed.'),
  processedAt: seen('When it was last read.'),
  version: Type.Integer({ description: 'Grows with each change; see `If-Match`.' }),
};

const sureOf = (fields: TSchema) =>
  Type.Object({ overall: Type.Number({ description: 'From 0 to 1.' }), fields }, { description: 'How sure it is.' });
const sureFields = Type.Record(Type.String(), Type.Number(), { description: 'By path.' });
const checkedOf = (issues: TSchema) =>
  Type.Object(
    { status: words(['passed', 'warnings', 'failed'], 'In one word.'), issues },
    { description: 'What is odd about it.' },
  );
const issueList = Type.Array(issueSchema, { description: 'Each.' });

export const invoiceSchema = Type.Object(
  {
    ...header,
    lineItems: Type.Array(lineItemSchema, { description: 'As printed.' }),
    ...rest,
    confidence: sureOf(sureFields),
    evidence: evidenceSchema,
    validation: checkedOf(issueList),
  },
  { title: 'Invoice', description: 'What was read of a document, with where each value was seen.' },
);

export const listedInvoiceSchema = Type.Object(
  {
    ...header,
    lineItems: Type.Optional(Type.Array(lineItemSchema, { description: 'With `expand=lineItems`.' })),
    ...rest,
    confidence: sureOf(Type.Optional(sureFields)),
    evidence: Type.Optional(evidenceSchema),
    validation: checkedOf(Type.Optional(issueList)),
  },
  { title: 'ListedInvoice', description: 'An invoice as lists show it: some parts only where `expand` names them.' },
);

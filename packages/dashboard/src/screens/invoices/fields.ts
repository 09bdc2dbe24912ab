/** One value of an invoice, by its path. */
export interface Field {
  readonly path: string;
  readonly label: string;
  readonly kind?: 'day' | 'amount' | 'count' | 'long';
  /** What it may be, where that is a closed list. */
  readonly choices?: readonly string[];
}

/** Where in the form each value stands. */
export const sections: readonly { readonly title: string; readonly fields: readonly Field[] }[] = [
  {
    title: 'Document',
    fields: [
      {
        path: 'documentType',
        label: 'Kind',
        choices: ['invoice', 'credit_note', 'debit_note', 'prepayment', 'proforma', 'receipt', 'other'],
      },
      { path: 'direction', label: 'Direction', choices: ['purchase', 'sale', 'unknown'] },
      { path: 'invoiceNumber', label: 'Invoice number' },
      { path: 'orderNumber', label: 'Order number' },
      { path: 'contractNumber', label: 'Contract number' },
      { path: 'originalInvoiceNumber', label: 'Corrects invoice' },
      { path: 'issueDate', label: 'Issued on', kind: 'day' },
      { path: 'supplyDate', label: 'Supplied on', kind: 'day' },
      { path: 'dueDate', label: 'Due on', kind: 'day' },
      { path: 'currency', label: 'Currency' },
      { path: 'exchangeRate', label: 'Exchange rate', kind: 'amount' },
    ],
  },
  { title: 'Seller', fields: party('seller', 'Seller’s') },
  { title: 'Buyer', fields: party('buyer', 'Buyer’s') },
  {
    title: 'Totals',
    fields: [
      { path: 'totals.net', label: 'Net', kind: 'amount' },
      { path: 'totals.discount', label: 'Discount', kind: 'amount' },
      { path: 'totals.charges', label: 'Charges', kind: 'amount' },
      { path: 'totals.tax', label: 'Tax', kind: 'amount' },
      { path: 'totals.rounding', label: 'Rounding', kind: 'amount' },
      { path: 'totals.gross', label: 'Gross', kind: 'amount' },
      { path: 'totals.prepaid', label: 'Prepaid', kind: 'amount' },
      { path: 'totals.payable', label: 'Payable', kind: 'amount' },
    ],
  },
  {
    title: 'Payment',
    fields: [
      {
        path: 'payment.method',
        label: 'Method',
        choices: ['bank_transfer', 'card', 'cash', 'direct_debit', 'other'],
      },
      { path: 'payment.iban', label: 'IBAN' },
      { path: 'payment.bic', label: 'BIC' },
      { path: 'payment.bankName', label: 'Bank' },
      { path: 'payment.reference', label: 'Reference' },
      { path: 'payment.termsText', label: 'Terms' },
      { path: 'payment.termsDays', label: 'Days to pay', kind: 'count' },
      { path: 'payment.paidAt', label: 'Paid on', kind: 'day' },
    ],
  },
  {
    title: 'Accounting',
    fields: [
      { path: 'accounting.debitAccount', label: 'Debit account' },
      { path: 'accounting.creditAccount', label: 'Credit account' },
      { path: 'accounting.vatCode', label: 'VAT code of the ledger' },
      { path: 'accounting.costCenter', label: 'Cost centre' },
      { path: 'accounting.category', label: 'Category' },
      { path: 'notes', label: 'Notes', kind: 'long' },
    ],
  },
];

/** The values of a line, each a column of its table. */
export const lineFields: readonly (Field & { readonly width: number })[] = [
  { path: 'description', label: 'Description', width: 220 },
  { path: 'quantity', label: 'Quantity', kind: 'amount', width: 90 },
  { path: 'unit', label: 'Unit', width: 80 },
  { path: 'unitPrice', label: 'Unit price', kind: 'amount', width: 110 },
  { path: 'taxRate', label: 'Tax rate', kind: 'amount', width: 90 },
  { path: 'netAmount', label: 'Net', kind: 'amount', width: 110 },
];

export const taxFields: readonly (Field & { readonly width: number })[] = [
  { path: 'category', label: 'Category', width: 90 },
  { path: 'rate', label: 'Rate', kind: 'amount', width: 90 },
  { path: 'taxableAmount', label: 'Taxed', kind: 'amount', width: 110 },
  { path: 'taxAmount', label: 'Tax', kind: 'amount', width: 110 },
  { path: 'exemptionReason', label: 'Why there is none', width: 180 },
];

function party(side: 'seller' | 'buyer', whose: string): Field[] {
  return [
    { path: `${side}.name`, label: `${whose} name` },
    { path: `${side}.companyCode`, label: `${whose} company code` },
    { path: `${side}.vatCode`, label: `${whose} VAT number` },
    { path: `${side}.taxCode`, label: `${whose} other tax number` },
    { path: `${side}.email`, label: `${whose} e-mail` },
    { path: `${side}.phone`, label: `${whose} telephone` },
    { path: `${side}.address.line1`, label: `${whose} street` },
    { path: `${side}.address.postalCode`, label: `${whose} postal code` },
    { path: `${side}.address.city`, label: `${whose} town` },
    { path: `${side}.address.country`, label: `${whose} country` },
  ];
}

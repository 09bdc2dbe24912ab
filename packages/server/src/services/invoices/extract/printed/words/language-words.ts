/** What a label announces. Those that no record holds keep their values from being taken for others. */
export type Label =
  | 'invoiceNumber'
  | 'orderNumber'
  | 'contractNumber'
  | 'originalInvoiceNumber'
  | 'otherNumber'
  | 'issueDate'
  | 'supplyDate'
  | 'dueDate'
  | 'otherDate'
  | 'currency'
  | 'exchangeRate'
  | 'vatCode'
  | 'buyerVatCode'
  | 'taxCode'
  | 'companyCode'
  | 'email'
  | 'phone'
  | 'otherContact'
  | 'iban'
  | 'bic'
  | 'bankName'
  | 'accountNumber'
  | 'accountHolder'
  | 'reference'
  | 'method'
  | 'terms'
  | 'seller'
  | 'buyer'
  | 'otherParty';

/** What a column of the table of items holds. `amount` is net or gross, which the totals decide. */
export type Column =
  | 'position'
  | 'code'
  | 'ean'
  | 'description'
  | 'quantity'
  | 'unit'
  | 'unitPrice'
  | 'grossPrice'
  | 'discount'
  | 'taxRate'
  | 'taxAmount'
  | 'amount'
  | 'netAmount'
  | 'grossAmount'
  | 'other';

/** What a line of the totals says. `total` is what is due, or the sum before something that follows. */
export type Total =
  | 'lines'
  | 'net'
  | 'discount'
  | 'charges'
  | 'tax'
  | 'gross'
  | 'total'
  | 'prepaid'
  | 'payable'
  | 'rounding'
  | 'carried';

export type Title = 'invoice' | 'credit_note' | 'debit_note' | 'prepayment' | 'proforma' | 'receipt';

/**
 * The words of invoices in one language, as phrases in small letters without accents, divided by `|`; what is no letter
 * or digit is a space.
 */
export interface LanguageWords {
  readonly labels: Readonly<Partial<Record<Label, string>>>;
  readonly columns: Readonly<Partial<Record<Column, string>>>;
  readonly totals: Readonly<Partial<Record<Total, string>>>;
  readonly titles: Readonly<Partial<Record<Title, string>>>;
  /** The twelve months with their short forms, then what may stand between the parts of a date. */
  readonly months: readonly string[];
  /** Between a title and what follows it: a number, a date. */
  readonly between: { readonly number: string; readonly date: string };
  /** Small words that tell the language. */
  readonly common: string;
  /** How the days of payment are said, with `#` for the number. */
  readonly terms: string;
  readonly methods: Readonly<Partial<Record<'bank_transfer' | 'card' | 'cash' | 'direct_debit', string>>>;
  readonly paid: string;
  /** Why no tax is charged, by the category of EN 16931. */
  readonly exemptions: Readonly<Partial<Record<'AE' | 'K' | 'G' | 'E' | 'O', string>>>;
}

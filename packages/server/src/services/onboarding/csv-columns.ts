import type { ContactRow } from './contact-row.ts';
import { error } from './contract.ts';
import type { CustomerRow } from './customer-row.ts';
import { formatInstant } from './instant.ts';

/** One cell: how it is read into a field, and written from one. */
interface Column {
  readonly read: (text: string, column: string) => unknown;
}

const asText: Column = { read: (text) => text };
const asInteger: Column = {
  read(text, column) {
    if (/^-?\d{1,16}$/.test(text)) return Number(text);
    throw error('invalid_type', `"${column}" must be a whole number in plain digits.`, { param: column });
  },
};
const asBoolean: Column = {
  read(text, column) {
    if (/^(?:true|1|yes)$/i.test(text)) return true;
    if (/^(?:false|0|no)$/i.test(text)) return false;
    throw error('invalid_type', `"${column}" must be true or false.`, { param: column });
  },
};
const asJson: Column = {
  read(text, column) {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      throw error('invalid_type', `"${column}" must be a JSON object.`, { param: column });
    }
  },
};
const asList: Column = {
  read: (text) =>
    labelsInJson(text) ??
    text
      .split(';')
      .map((label) => label.trim())
      .filter((label) => label !== ''),
};

/** Labels as an export writes them where a semicolon would not tell them apart. */
function labelsInJson(text: string): unknown[] | null {
  if (!text.startsWith('["')) return null;
  try {
    return JSON.parse(text) as unknown[];
  } catch {
    return null;
  }
}

/** What a file may say of a customer, in the order in which an export writes it. */
const customerColumns: Readonly<Record<string, Column>> = {
  slug: asText,
  name: asText,
  domain: asText,
  status: asText,
  plan: asText,
  mrr: asInteger,
  monthly_orders: asInteger,
  health_score: asInteger,
  hubspot_company_id: asText,
  hubspot_deal_id: asText,
  stripe_customer_id: asText,
  intercom_company_id: asText,
  slack_channel_id: asText,
  metadata: asJson,
};

/** Of a person; the column is the field behind `contact_`. */
const contactColumns: Readonly<Record<string, Column>> = {
  name: asText,
  email: asText,
  title: asText,
  is_primary: asBoolean,
  labels: asList,
  metadata: asJson,
};

/** Written by an export, and passed over by an import. */
const readOnly = ['id', 'display_id', 'created_at', 'updated_at'];

const contactPrefix = 'contact_';

export const exportColumns = [
  ...Object.keys(customerColumns),
  ...readOnly,
  ...Object.keys(contactColumns).map((field) => contactPrefix + field),
];

/** Says why a first line names no columns that can be read. @throws `missing_field` or `invalid_string` */
export function checkColumns(columns: readonly string[]): void {
  const known = new Set(exportColumns);
  const unknown = columns.find((column) => !known.has(column));
  if (unknown !== undefined) {
    throw error(
      'invalid_string',
      `The first line names a column "${unknown.slice(0, 60)}" that is not known; there are: ${exportColumns.join(', ')}.`,
      { param: unknown.slice(0, 60) },
    );
  }
  const twice = columns.find((column, at) => columns.indexOf(column) !== at);
  if (twice !== undefined) {
    throw error('invalid_string', `The first line names the column "${twice}" twice.`, { param: twice });
  }
  if (!columns.includes('name')) {
    throw error('missing_field', 'The first line must name the columns, "name" among them.', { param: 'name' });
  }
}

/** One line as fields; empty cells say nothing. @throws `invalid_type` that names the column */
export function readCells(columns: readonly string[], cells: readonly string[]) {
  const customer: Record<string, unknown> = {};
  const contact: Record<string, unknown> = {};
  for (const [at, column] of columns.entries()) {
    const text = plain(cells[at] ?? '');
    if (text === '' || readOnly.includes(column)) continue;
    const isContact = column.startsWith(contactPrefix);
    const field = isContact ? column.slice(contactPrefix.length) : column;
    const value = (isContact ? contactColumns : customerColumns)[field]?.read(text, column);
    (isContact ? contact : customer)[field] = value;
  }
  return { customer, contact: Object.keys(contact).length === 0 ? null : contact };
}

/** What an export has marked with an apostrophe, because a spreadsheet would take it for a formula. */
const marked = /^'+[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/;

function plain(text: string): string {
  return marked.test(text) ? text.slice(1) : text;
}

/** A customer with one of its people, or with nobody, as cells. */
export function writeCells(customer: CustomerRow, contact: ContactRow | null): string[] {
  const ofCustomer: Readonly<Record<string, unknown>> = {
    ...customer,
    created_at: formatInstant(customer.created_at),
    updated_at: formatInstant(customer.updated_at),
  };
  return exportColumns.map((column) =>
    column.startsWith(contactPrefix)
      ? cellOf((contact as Readonly<Record<string, unknown>> | null)?.[column.slice(contactPrefix.length)])
      : cellOf(ofCustomer[column]),
  );
}

function cellOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return listCellOf(value);
  if (typeof value === 'object') return Object.keys(value).length === 0 ? '' : JSON.stringify(value);
  const text = String(value);
  // It looks marked already, and an import would take that off.
  return marked.test(text) ? `'${text}` : text;
}

function listCellOf(labels: readonly string[]): string {
  const text = labels.join(';');
  const told = asList.read(plain(text), '') as readonly string[];
  return told.length === labels.length && told.every((label, at) => label === labels[at])
    ? text
    : JSON.stringify(labels);
}

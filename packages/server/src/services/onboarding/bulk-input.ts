import { Type } from 'typebox';
import { ApiError, compileInput } from '../../core/service.ts';
import { type ContactChange, newContactInput, readContactChange } from './contact-input.ts';
import { error } from './contract.ts';
import { type CustomerChange, newCustomerInput, readCustomerChange } from './customer-input.ts';
import { dialect } from './dialect.ts';
import { slugOf } from './slug.ts';

export const maxBulkRows = 1_000;
export const maxBulkContacts = 50;

/** By what rows find the customers that are there already. */
export const matchers = ['slug', 'domain'] as const;
export type Matcher = (typeof matchers)[number];

export interface BulkContact extends ContactChange {
  readonly name: string;
  readonly email: string;
}

/** A row that can be stored as far as it can be told by itself. */
export interface BulkRow {
  readonly index: number;
  /** What it is found by. */
  readonly key: string;
  readonly customer: CustomerChange & { readonly name: string };
  readonly contacts: readonly BulkContact[];
}

export interface BulkFault {
  readonly code: string;
  readonly message: string;
  readonly field: string | null;
}

const customerReader = compileInput(Type.Object(newCustomerInput));
const contactReader = compileInput(Type.Object(newContactInput));

/** Reads one row of a bulk request, or says what is wrong with it as `POST /customers` would. */
export function readBulkRow(
  fields: Readonly<Record<string, unknown>>,
  index: number,
  by: Matcher,
): { readonly row: BulkRow } | { readonly fault: BulkFault } {
  try {
    const { contacts = [], ...said } = fields;
    const read = customerReader.fromBody({}, said) as { name: string };
    const customer = { ...readCustomerChange(read), name: read.name };
    const key = by === 'domain' ? customer.domain : (customer.slug ?? slugOf(customer.name));
    if (typeof key !== 'string') {
      throw error('missing_field', '"domain" is needed where rows are matched by it.', { param: 'domain' });
    }
    return { row: { index, key, customer, contacts: readContacts(contacts) } };
  } catch (thrown) {
    return { fault: faultOf(thrown) };
  }
}

function readContacts(contacts: unknown): BulkContact[] {
  if (!Array.isArray(contacts)) {
    throw error('invalid_type', '"contacts" must be a list.', { param: 'contacts' });
  }
  if (contacts.length > maxBulkContacts) {
    throw error('too_big', `"contacts" may hold ${maxBulkContacts} people in one row; add the others afterwards.`, {
      param: 'contacts',
    });
  }
  const seen = new Set<string>();
  return contacts.map((fields: unknown, at) => {
    const param = `contacts[${at}]`;
    if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) {
      throw error('invalid_type', `"${param}" must be an object.`, { param });
    }
    try {
      const read = contactReader.fromBody({}, fields as Record<string, unknown>) as { name: string; email: string };
      const contact = { ...readContactChange(read), name: read.name } as BulkContact;
      if (seen.has(contact.email)) {
        throw error('email_taken', `"${contact.email}" stands in this row twice.`, { param: 'email' });
      }
      seen.add(contact.email);
      return contact;
    } catch (thrown) {
      const { code, message, field } = faultOf(thrown);
      throw error(code as 'invalid_type', message, { param: field === null ? param : `${param}.${field}` });
    }
  });
}

/** @throws what was thrown, when it is no refusal */
export function faultOf(thrown: unknown): BulkFault {
  if (!(thrown instanceof ApiError)) throw thrown;
  const { code, message, details } = thrown;
  return { code: words[code] ?? code, message, field: details.param ?? null };
}

/** A refusal of the platform as the dialect words it. */
const words: Readonly<Record<string, string>> = { ...dialect.codes, ...dialect.finer };

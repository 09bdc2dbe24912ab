import { type Static, Type } from 'typebox';
import { likeOf } from './clients.ts';
import { error } from './contract.ts';
import { isDate, readInstant, refFilter, words } from './fields.ts';
import { directions, documentTypes } from './hints.ts';
import { invoiceStatuses, reviewStatuses } from './invoice-schema.ts';
import type { InvoiceQuestion } from './invoices-repository.ts';

const day = (description: string) =>
  Type.Optional(Type.String({ maxLength: 40, description: `${description} YYYY-MM-DD.` }));
const amount = (description: string) =>
  Type.Optional(Type.String({ pattern: '^-?\\d{1,15}(\\.\\d{1,6})?$', description }));
const exact = (description: string) => Type.Optional(Type.String({ maxLength: 100, description }));

/** What a list of invoices can be narrowed by. */
export const filterInput = {
  status: Type.Optional(words(invoiceStatuses, 'Only of this status.')),
  reviewStatus: Type.Optional(words(reviewStatuses, 'Only of this review status.')),
  documentType: Type.Optional(words(documentTypes, 'Only of this kind.')),
  direction: Type.Optional(words(directions, 'Only of this direction.')),
  issueDateFrom: day('Issued on or after.'),
  issueDateTo: day('Issued on or before.'),
  dueDateFrom: day('Due on or after.'),
  dueDateTo: day('Due on or before.'),
  createdFrom: day('Made since; or an instant.'),
  createdTo: day('Made before; or an instant.'),
  updatedFrom: day('Changed since; or an instant.'),
  updatedTo: day('Changed before; or an instant.'),
  sellerContactId: refFilter('con', 'Only from this contact.'),
  buyerContactId: refFilter('con', 'Only to this contact.'),
  invoiceNumber: exact('Only this number.'),
  externalId: exact('Only of this id of yours.'),
  currency: exact('Only in this currency.'),
  grossMin: amount('At least this much.'),
  grossMax: amount('At most this much.'),
  tag: exact('Only with this tag.'),
  hasIssues: Type.Optional(Type.Boolean({ description: 'Only with issues, or only without.' })),
  q: Type.Optional(Type.String({ maxLength: 200, description: 'Part of a number or of a party’s name.' })),
};

const filterObject = Type.Object(filterInput);
export type InvoiceFilters = Static<typeof filterObject>;

/** @throws `validation.invalid_query` */
export function questionOf(clientId: string, filters: InvoiceFilters): InvoiceQuestion {
  const date = (param: keyof InvoiceFilters): string | null => {
    const value = filters[param];
    if (value === undefined) return null;
    if (typeof value === 'string' && isDate(value)) return value;
    throw error('validation.invalid_query', `"${param}" must be a date such as 2026-04-14.`, { param });
  };
  const word = (value: unknown): string | null => (typeof value === 'string' ? value : null);
  return {
    clientId,
    status: word(filters.status),
    reviewStatus: word(filters.reviewStatus),
    documentType: word(filters.documentType),
    direction: word(filters.direction),
    issueFrom: date('issueDateFrom'),
    issueTo: date('issueDateTo'),
    dueFrom: date('dueDateFrom'),
    dueTo: date('dueDateTo'),
    createdFrom: readInstant('createdFrom', filters.createdFrom),
    createdTo: readInstant('createdTo', filters.createdTo),
    updatedFrom: readInstant('updatedFrom', filters.updatedFrom),
    updatedTo: readInstant('updatedTo', filters.updatedTo),
    sellerContactId: filters.sellerContactId ?? null,
    buyerContactId: filters.buyerContactId ?? null,
    invoiceNumber: filters.invoiceNumber ?? null,
    externalId: filters.externalId ?? null,
    currency: filters.currency ?? null,
    grossMin: filters.grossMin ?? null,
    grossMax: filters.grossMax ?? null,
    tag: filters.tag ?? null,
    hasIssues: filters.hasIssues ?? null,
    q: likeOf(filters.q),
  };
}

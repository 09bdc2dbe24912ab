import { hash } from 'node:crypto';
import { nameKey } from './contacts-repository.ts';
import type { InvoiceFields } from './invoice-fields.ts';

/**
 * By what two documents are one invoice: who sent it, its number, its amount and currency (specification 2.6.3); `null`
 * where too little is known to say.
 */
export function duplicateKeyOf({ seller, invoiceNumber, totals, currency }: InvoiceFields): string | null {
  const sender = seller.companyCode ?? (seller.name === null ? null : nameKey(seller.name));
  if (sender === null || invoiceNumber === null || totals.gross === null) return null;
  const number = invoiceNumber.toUpperCase().replaceAll(/[^\p{L}\p{N}]/gu, '');
  return hash('sha256', JSON.stringify([sender, number, Number(totals.gross), currency]));
}

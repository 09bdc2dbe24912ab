import type { DocumentType, PaymentMethod } from '../extraction.ts';

/** BT-3, in words. A UBL CreditNote is one whatever its code. */
export function documentTypeOf(code: string | null, root: 'invoice' | 'credit_note'): DocumentType {
  if (root === 'credit_note') return 'credit_note';
  return (code === null ? undefined : TYPES.get(code)) ?? 'invoice';
}

const TYPES = new Map<string, DocumentType>([
  ...['81', '83', '261', '262', '296', '308', '381', '396', '420', '458', '502', '503', '532'].map(
    (code) => [code, 'credit_note'] as const,
  ),
  ...['80', '82', '84', '383', '527'].map((code) => [code, 'debit_note'] as const),
  ...['386', '387', '500'].map((code) => [code, 'prepayment'] as const),
  ['325', 'proforma'],
]);

/** BT-81, in words. */
export function paymentMethodOf(code: string | null): PaymentMethod | null {
  if (code === null || code === '1') return null;
  return METHODS.get(code) ?? 'other';
}

const METHODS = new Map<string, PaymentMethod>([
  ...['30', '31', '42', '57', '58', '68'].map((code) => [code, 'bank_transfer'] as const),
  ...['48', '54', '55'].map((code) => [code, 'card'] as const),
  ...['49', '59'].map((code) => [code, 'direct_debit'] as const),
  ['10', 'cash'],
]);

import type { InvoiceTruth, TruthParty } from './invoice-truth.ts';
import { isUntaxed } from './write-cii.ts';

/** A record as its values alone: where they were seen is left out. */
export function valuesOf(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(valuesOf);
  if (typeof part !== 'object' || part === null) return part;
  if ('value' in part && 'verified' in part) return part.value;
  return Object.fromEntries(Object.entries(part).map(([name, value]) => [name, valuesOf(value)]));
}

/** The values of the record that reading this invoice from XML must yield. */
export function recordOfTruth(truth: InvoiceTruth) {
  const untaxed = isUntaxed(truth);
  const { payment, totals } = truth;
  const account = { iban: payment.iban, accountNumber: null, bic: payment.bic, bankName: null };
  return {
    documentType: truth.documentType,
    invoiceNumber: truth.number,
    orderNumber: truth.orderNumber,
    contractNumber: truth.contractNumber,
    originalInvoiceNumber: truth.originalInvoiceNumber,
    issueDate: truth.issueDate,
    supplyDate: truth.deliveryDate,
    dueDate: truth.dueDate,
    currency: truth.currency,
    exchangeRate: null,
    seller: { ...partyOf(truth.seller, untaxed), bankAccounts: [{ ...account, currency: null }] },
    buyer: { ...partyOf(truth.buyer, untaxed), bankAccounts: [] },
    lineItems: truth.lines.map((line) => ({
      page: null,
      code: line.code,
      ean: line.ean,
      description: line.name,
      quantity: line.quantity,
      unit: null,
      unitCode: line.unitCode,
      unitPrice: line.unitPrice,
      discountPercent: line.discountPercent === null ? null : Number(line.discountPercent).toFixed(2),
      discountAmount: line.discountAmount,
      netAmount: line.netAmount,
      taxRate: untaxed ? null : line.taxRate,
      taxCategory: line.taxCategory,
      taxAmount: null,
      grossAmount: null,
    })),
    taxes: truth.taxes.map((tax) => ({
      category: tax.category,
      rate: untaxed ? null : tax.rate,
      taxableAmount: tax.taxableAmount,
      taxAmount: tax.taxAmount,
      exemptionReason: tax.exemptionReason,
      label: null,
    })),
    totals: {
      net: totals.net,
      discount: totals.discount,
      charges: totals.charges,
      tax: totals.tax,
      rounding: totals.rounding,
      gross: totals.gross,
      prepaid: totals.prepaid,
      payable: totals.payable,
    },
    payment: {
      method: 'bank_transfer',
      ...account,
      reference: payment.reference,
      termsText: payment.termsText,
      termsDays: null,
      paidAt: null,
      isPaid: null,
    },
    notes: truth.notes.length === 0 ? null : truth.notes.join('\n'),
  };
}

function partyOf(party: TruthParty, untaxed: boolean) {
  return {
    name: party.name,
    companyCode: party.companyCode,
    vatCode: untaxed ? null : party.vatCode,
    taxCode: party.taxCode,
    email: party.email,
    phone: party.phone,
    address: {
      line1: party.street,
      line2: party.street2,
      city: party.city,
      postalCode: party.postalCode,
      region: null,
      country: party.country,
      raw: [party.street, party.street2, `${party.postalCode} ${party.city}`, party.country]
        .filter((part) => part !== null)
        .join(', '),
    },
  };
}

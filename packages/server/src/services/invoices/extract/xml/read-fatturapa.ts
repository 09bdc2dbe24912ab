import type {
  AllowanceOrCharge,
  Amount,
  Line,
  Party,
  PaymentInstruction,
  SemanticInvoice,
  TaxBreakdown,
  TaxCategoryTerm,
} from '../en16931/model.ts';
import { cents, Exact, type Numeric } from '../en16931/number.ts';
import type { Finding } from '../extraction.ts';
import { childOf, childrenOf, textAt, type XmlElement } from './element.ts';
import { meansOf, unitOf } from './fatturapa-codes.ts';
import {
  categoryIn,
  headOf,
  type InvoiceParts,
  joined,
  nameOf,
  partyFrom,
  readBodies,
  total,
  vatOf,
} from './fatturapa-parts.ts';
import type { TermReader } from './terms.ts';

/** Reads FatturaPA 1.2: one header of the parties and one body for each invoice. */
export function readFatturaPa(root: XmlElement): { invoice: SemanticInvoice; findings: Finding[] }[] {
  return readBodies(root, invoiceOf);
}

function invoiceOf(parts: InvoiceParts): SemanticInvoice {
  const { header, body, terms } = parts;
  const general = childOf(body, 'DatiGenerali');
  const document = childOf(general, 'DatiGeneraliDocumento');
  const goods = childOf(body, 'DatiBeniServizi');
  const details = childrenOf(body, 'DatiPagamento', 'DettaglioPagamento');
  const breakdown = childrenOf(goods, 'DatiRiepilogo').map((each, index) => breakdownOf(each, index, terms));
  const discounts = childrenOf(document, 'ScontoMaggiorazione').filter((each) => textAt(each, 'Importo') !== null);
  const funds = childrenOf(document, 'DatiCassaPrevidenziale').map((each) => fundOf(each, terms));
  const allowances = discounts.filter(isDiscount).map((each) => headerReduction(each, 'totals.discount', terms));
  const charges = [
    ...discounts.filter((each) => !isDiscount(each)).map((each) => headerReduction(each, 'totals.charges', terms)),
    ...funds,
    ...childrenOf(goods, 'DatiRiepilogo')
      .filter((each) => textAt(each, 'SpeseAccessorie') !== null)
      .map((each) => ancillaryOf(each, terms)),
  ];
  const net = total(breakdown.map((each) => each.taxable));
  const tax = total(breakdown.map((each) => each.tax));
  const shipped = childOf(general, 'DatiTrasporto');
  const delivered =
    terms.date('supplyDate', shipped, 'DataOraConsegna') ?? terms.date('supplyDate', general, 'DatiDDT', 'DataDDT');
  const seller = childOf(header, 'CedentePrestatore');
  return {
    ...headOf(parts),
    dueDate:
      details.map((each) => terms.date('dueDate', each, 'DataScadenzaPagamento')).find((date) => date !== null) ?? null,
    projectReference: textAt(general, 'DatiOrdineAcquisto', 'CodiceCUP'),
    contractReference: textAt(general, 'DatiContratto', 'IdDocumento'),
    orderReference: textAt(general, 'DatiOrdineAcquisto', 'IdDocumento'),
    receivingAdvice: textAt(general, 'DatiRicezione', 'IdDocumento'),
    despatchAdvice: textAt(general, 'DatiDDT', 'NumeroDDT'),
    tender: textAt(general, 'DatiOrdineAcquisto', 'CodiceCIG'),
    buyerAccounting: textAt(childOf(goods, 'DettaglioLinee'), 'RiferimentoAmministrazione'),
    notes: joined(childrenOf(document, 'Causale').map((each) => each.text)),
    preceding: childrenOf(general, 'DatiFattureCollegate').map((each) => ({
      number: textAt(each, 'IdDocumento'),
      date: terms.date('originalInvoiceNumber', each, 'Data'),
    })),
    seller: partyOf(seller),
    buyer: partyOf(childOf(header, 'CessionarioCommittente')),
    taxRepresentative: representativeOf(childOf(header, 'RappresentanteFiscale')),
    delivery: delivered === null ? null : { name: null, location: null, date: delivered, address: null },
    payment: details.map((each) => instructionOf(each)),
    remittance: details.map((each) => textAt(each, 'CodicePagamento')).find((code) => code !== null) ?? null,
    allowances,
    charges,
    totals: {
      lines: total(childrenOf(goods, 'DettaglioLinee').map((each) => terms.amount('totals.net', each, 'PrezzoTotale'))),
      allowances: allowances.length === 0 ? null : total(allowances.map((each) => each.amount)),
      charges: charges.length === 0 ? null : total(charges.map((each) => each.amount)),
      net,
      tax,
      taxInTaxCurrency: null,
      gross: terms.amount('totals.gross', document, 'ImportoTotaleDocumento') ?? total([net, tax]),
      prepaid: null,
      rounding: terms.amount('totals.rounding', document, 'Arrotondamento'),
      payable: total(details.map((each) => terms.amount('totals.payable', each, 'ImportoPagamento'))),
      thirdParty: null,
      taxTotals: 1,
    },
    breakdown,
    lines: childrenOf(goods, 'DettaglioLinee').map((each, index) => lineOf(each, index, terms)),
  };
}

function partyOf(element: XmlElement | undefined): Party | null {
  if (element === undefined) return null;
  const data = childOf(element, 'DatiAnagrafici');
  return partyFrom(data, childOf(data, 'Anagrafica'), element);
}

function representativeOf(element: XmlElement | undefined) {
  if (element === undefined) return null;
  const data = childOf(element, 'DatiAnagrafici');
  return { name: nameOf(childOf(data, 'Anagrafica')), vatId: vatOf(data), address: null };
}

function instructionOf(element: XmlElement): PaymentInstruction {
  const iban = textAt(element, 'IBAN');
  const code = textAt(element, 'ModalitaPagamento');
  return {
    means: code === null ? null : meansOf(code),
    meansText: code,
    transfers:
      iban === null
        ? []
        : [
            {
              account: iban,
              name: textAt(element, 'Beneficiario'),
              bic: textAt(element, 'BIC'),
              bankName: textAt(element, 'IstitutoFinanziario'),
            },
          ],
    card: null,
    directDebit: null,
  };
}

/** `SC` takes off, `MG` puts on. */
function isDiscount(element: XmlElement): boolean {
  return textAt(element, 'Tipo') !== 'MG';
}

function headerReduction(element: XmlElement, place: string, terms: TermReader): AllowanceOrCharge {
  return {
    amount: terms.amount(place, element, 'Importo'),
    base: null,
    percent: terms.number(place, element, 'Percentuale'),
    reason: null,
    reasonCode: null,
    tax: null,
  };
}

/** What goes to a professional pension fund is charged, taxed and part of the taxable amount. */
function fundOf(element: XmlElement, terms: TermReader): AllowanceOrCharge {
  const place = 'totals.charges';
  return {
    amount: terms.amount(place, element, 'ImportoContributoCassa'),
    base: terms.amount(place, element, 'ImponibileCassa'),
    percent: terms.number(place, element, 'AlCassa'),
    reason: textAt(element, 'TipoCassa'),
    reasonCode: null,
    tax: taxOf(element, place, terms),
  };
}

/** Freight and the like, stated once for a rate. */
function ancillaryOf(element: XmlElement, terms: TermReader): AllowanceOrCharge {
  const place = 'totals.charges';
  return {
    amount: terms.amount(place, element, 'SpeseAccessorie'),
    base: null,
    percent: null,
    reason: null,
    reasonCode: null,
    tax: taxOf(element, place, terms),
  };
}

function taxOf(element: XmlElement, place: string, terms: TermReader): TaxCategoryTerm {
  return { vat: true, category: categoryIn(element), rate: terms.number(place, element, 'AliquotaIVA') };
}

function breakdownOf(element: XmlElement, index: number, terms: TermReader): TaxBreakdown {
  const place = `taxes[${index}]`;
  return {
    vat: true,
    taxable: terms.amount(`${place}.taxableAmount`, element, 'ImponibileImporto'),
    tax: terms.amount(`${place}.taxAmount`, element, 'Imposta'),
    category: categoryIn(element),
    rate: terms.number(`${place}.rate`, element, 'AliquotaIVA'),
    exemptionReason: textAt(element, 'Natura') === null ? null : textAt(element, 'RiferimentoNormativo'),
    exemptionCode: textAt(element, 'Natura'),
  };
}

function lineOf(element: XmlElement, index: number, terms: TermReader): Line {
  const place = `lineItems[${index}]`;
  // Services by the piece may leave the quantity out; then it is one.
  const quantity = terms.number(`${place}.quantity`, element, 'Quantita');
  const price = terms.amount(`${place}.unitPrice`, element, 'PrezzoUnitario');
  const codes = childrenOf(element, 'CodiceArticolo');
  const ean = codes.find((each) => ['EAN', 'GTIN'].includes(textAt(each, 'CodiceTipo')?.toUpperCase() ?? ''));
  const own = codes.find((each) => each !== ean);
  const unit = textAt(element, 'UnitaMisura');
  const reductions = childrenOf(element, 'ScontoMaggiorazione');
  const start = terms.date(place, element, 'DataInizioPeriodo');
  const end = terms.date(place, element, 'DataFinePeriodo');
  const eanValue = textAt(ean, 'CodiceValore');
  return {
    id: textAt(element, 'NumeroLinea'),
    note: null,
    invoicedObject: null,
    quantity,
    unit: unit === null ? null : unitOf(unit),
    unitText: unit,
    net: terms.amount(`${place}.netAmount`, element, 'PrezzoTotale'),
    orderLine: null,
    buyerAccounting: textAt(element, 'RiferimentoAmministrazione'),
    period: start === null && end === null ? null : { start, end },
    ...reductionsOf(reductions, price, quantity, `${place}.discountAmount`, terms),
    price: { net: price, discount: null, gross: null, baseQuantity: null, baseUnit: null },
    tax: taxOf(element, `${place}.taxRate`, terms),
    item: {
      name: textAt(element, 'Descrizione'),
      description: null,
      sellerId: textAt(own, 'CodiceValore'),
      buyerId: null,
      standardId: eanValue === null ? null : { value: eanValue, scheme: '0160' },
      classifications: [],
      origin: null,
      attributes: childrenOf(element, 'AltriDatiGestionali').map((each) => ({
        name: textAt(each, 'TipoDato'),
        value: textAt(each, 'RiferimentoTesto'),
      })),
    },
  };
}

/** Reductions are stated for one unit, each on what the one before left over. */
function reductionsOf(
  elements: readonly XmlElement[],
  price: Amount | null,
  quantity: Numeric | null,
  place: string,
  terms: TermReader,
): Pick<Line, 'allowances' | 'charges'> {
  const allowances: AllowanceOrCharge[] = [];
  const charges: AllowanceOrCharge[] = [];
  let left = price?.value ?? new Exact(0);
  for (const element of elements) {
    const fixed = terms.number(place, element, 'Importo');
    const percent = terms.number(place, element, 'Percentuale');
    const each = fixed?.value ?? (percent === null ? null : left.times(percent.value).div(100));
    if (each === null) continue;
    left = isDiscount(element) ? left.minus(each) : left.plus(each);
    const value = cents(each.times(quantity?.value ?? 1));
    const amount: Amount = { text: value.toFixed(2), value, currency: null };
    const list = isDiscount(element) ? allowances : charges;
    list.push({
      amount,
      base: null,
      percent: fixed === null ? percent : null,
      reason: null,
      reasonCode: null,
      tax: null,
    });
  }
  return { allowances, charges };
}

import type { Amount, Line, SemanticInvoice, TaxBreakdown } from '../en16931/model.ts';
import { cents } from '../en16931/number.ts';
import type { Finding } from '../extraction.ts';
import { childOf, childrenOf, textAt, type XmlElement } from './element.ts';
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

/**
 * Reads the simplified invoice of FatturaPA (FSM10), for small amounts: each of its lines is stated with the tax in it, and
 * says of that the amount, the rate, or both.
 */
export function readSimplified(root: XmlElement): { invoice: SemanticInvoice; findings: Finding[] }[] {
  return readBodies(root, invoiceOf);
}

function invoiceOf(parts: InvoiceParts): SemanticInvoice {
  const { header, body, terms } = parts;
  const seller = childOf(header, 'CedentePrestatore');
  const buyer = childOf(header, 'CessionarioCommittente');
  const others = childOf(buyer, 'AltriDatiIdentificativi');
  const agent = childOf(seller, 'RappresentanteFiscale');
  const goods = childrenOf(body, 'DatiBeniServizi');
  const lines = goods.map((each, index) => lineOf(each, index, terms));
  const breakdown = breakdownOf(goods, lines);
  return {
    ...headOf(parts),
    dueDate: null,
    projectReference: null,
    contractReference: null,
    orderReference: null,
    receivingAdvice: null,
    despatchAdvice: null,
    tender: null,
    buyerAccounting: null,
    notes: joined(
      childrenOf(body, 'DatiGenerali', 'DatiFatturaRettificata', 'ElementiRettificati').map(({ text }) => text),
    ),
    preceding: childrenOf(body, 'DatiGenerali', 'DatiFatturaRettificata').map((each) => ({
      number: textAt(each, 'NumeroFR'),
      date: terms.date('originalInvoiceNumber', each, 'DataFR'),
    })),
    seller: seller === undefined ? null : partyFrom(seller, seller, seller),
    buyer: buyer === undefined ? null : partyFrom(childOf(buyer, 'IdentificativiFiscali'), others, others),
    taxRepresentative: agent === undefined ? null : { name: nameOf(agent), vatId: vatOf(agent), address: null },
    delivery: null,
    payment: [],
    remittance: null,
    allowances: [],
    charges: [],
    totals: {
      lines: whole(lines.map((line) => line.net)),
      allowances: null,
      charges: null,
      net: whole(lines.map((line) => line.net)),
      tax: whole(breakdown.map((each) => each.tax)),
      taxInTaxCurrency: null,
      gross: whole(lines.map((line) => line.gross ?? null)),
      prepaid: null,
      rounding: null,
      payable: null,
      thirdParty: null,
      taxTotals: 1,
    },
    breakdown,
    lines,
  };
}

/** A sum of which a part is missing is none. */
function whole(amounts: readonly (Amount | null)[]): Amount | null {
  return amounts.includes(null) ? null : total(amounts);
}

function lineOf(element: XmlElement, index: number, terms: TermReader): Line {
  const place = `lineItems[${index}]`;
  const gross = terms.amount(`${place}.grossAmount`, element, 'Importo');
  const rate = terms.number(`${place}.taxRate`, element, 'DatiIVA', 'Aliquota');
  const stated = terms.amount(`${place}.taxAmount`, element, 'DatiIVA', 'Imposta');
  const share = gross === null || rate === null ? null : cents(gross.value.times(rate.value).div(rate.value.plus(100)));
  const tax = stated?.value ?? share;
  return {
    id: String(index + 1),
    note: null,
    invoicedObject: null,
    quantity: null,
    unit: null,
    unitText: null,
    net: gross === null || tax === null ? null : total([gross, { text: '', value: tax.negated(), currency: null }]),
    gross,
    orderLine: null,
    buyerAccounting: null,
    period: null,
    allowances: [],
    charges: [],
    price: { net: null, discount: null, gross: null, baseQuantity: null, baseUnit: null },
    tax: { vat: true, category: categoryIn(element), rate },
    item: {
      name: textAt(element, 'Descrizione'),
      description: null,
      sellerId: null,
      buyerId: null,
      standardId: null,
      classifications: [],
      origin: null,
      attributes: [],
    },
  };
}

/** One for each rate and nature, since the document itself has no summary. */
function breakdownOf(goods: readonly XmlElement[], lines: readonly Line[]): TaxBreakdown[] {
  const groups = Map.groupBy(lines.keys(), (at) => `${lines[at]?.tax?.rate?.text} ${textAt(goods[at], 'Natura')}`);
  return [...groups.values()].flatMap((group): TaxBreakdown[] => {
    const [first] = group;
    const line = first === undefined ? undefined : lines[first];
    if (first === undefined || line === undefined) return [];
    const taxable = whole(group.map((at) => lines[at]?.net ?? null));
    const gross = whole(group.map((at) => lines[at]?.gross ?? null));
    const natura = textAt(goods[first], 'Natura');
    return [
      {
        vat: true,
        taxable,
        tax: taxable === null || gross === null ? null : total([gross, { ...taxable, value: taxable.value.negated() }]),
        category: line.tax?.category ?? null,
        rate: line.tax?.rate ?? null,
        exemptionReason: natura === null ? null : textAt(goods[first], 'RiferimentoNormativo'),
        exemptionCode: natura,
      },
    ];
  });
}

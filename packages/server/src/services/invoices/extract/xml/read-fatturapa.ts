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
import { cents, Exact, type Numeric, sumOf } from '../en16931/number.ts';
import type { Finding } from '../extraction.ts';
import { childOf, childrenOf, textAt, type XmlElement } from './element.ts';
import { categoryOfNatura, meansOf, typeOf, unitOf } from './fatturapa-codes.ts';
import { createTermReader, type TermReader } from './terms.ts';

/** Reads FatturaPA 1.2: one header of the parties and one body for each invoice. */
export function readFatturaPa(root: XmlElement): { invoice: SemanticInvoice; findings: Finding[] }[] {
  const header = childOf(root, 'FatturaElettronicaHeader');
  const format = root.attributes.versione ?? textAt(header, 'DatiTrasmissione', 'FormatoTrasmissione');
  return childrenOf(root, 'FatturaElettronicaBody').map((body) => {
    const terms = createTermReader('FPA-XSD');
    return { invoice: invoiceOf(header, body, format, terms), findings: terms.findings };
  });
}

function invoiceOf(
  header: XmlElement | undefined,
  body: XmlElement,
  format: string | null,
  terms: TermReader,
): SemanticInvoice {
  const general = childOf(body, 'DatiGenerali');
  const document = childOf(general, 'DatiGeneraliDocumento');
  const goods = childOf(body, 'DatiBeniServizi');
  const details = childrenOf(body, 'DatiPagamento', 'DettaglioPagamento');
  const type = textAt(document, 'TipoDocumento');
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
    syntax: 'fatturapa',
    root: 'invoice',
    process: null,
    specification: format,
    number: textAt(document, 'Numero'),
    issueDate: terms.date('issueDate', document, 'Data'),
    typeCode: type === null ? null : typeOf(type),
    currency: textAt(document, 'Divisa'),
    taxCurrency: null,
    taxPointDate: null,
    taxPointCode: null,
    dueDate:
      details.map((each) => terms.date('dueDate', each, 'DataScadenzaPagamento')).find((date) => date !== null) ?? null,
    buyerReference: textAt(header, 'DatiTrasmissione', 'CodiceDestinatario'),
    projectReference: textAt(general, 'DatiOrdineAcquisto', 'CodiceCUP'),
    contractReference: textAt(general, 'DatiContratto', 'IdDocumento'),
    orderReference: textAt(general, 'DatiOrdineAcquisto', 'IdDocumento'),
    salesOrderReference: null,
    receivingAdvice: textAt(general, 'DatiRicezione', 'IdDocumento'),
    despatchAdvice: textAt(general, 'DatiDDT', 'NumeroDDT'),
    tender: textAt(general, 'DatiOrdineAcquisto', 'CodiceCIG'),
    invoicedObject: null,
    buyerAccounting: textAt(childOf(goods, 'DettaglioLinee'), 'RiferimentoAmministrazione'),
    paymentTerms: null,
    notes: joined(childrenOf(document, 'Causale').map((each) => each.text)),
    preceding: childrenOf(general, 'DatiFattureCollegate').map((each) => ({
      number: textAt(each, 'IdDocumento'),
      date: terms.date('originalInvoiceNumber', each, 'Data'),
    })),
    seller: partyOf(seller),
    buyer: partyOf(childOf(header, 'CessionarioCommittente')),
    payee: null,
    taxRepresentative: representativeOf(childOf(header, 'RappresentanteFiscale')),
    delivery: delivered === null ? null : { name: null, location: null, date: delivered, address: null },
    period: null,
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
    supportingDocuments: childrenOf(body, 'Allegati').map((each) => ({
      reference: textAt(each, 'NomeAttachment'),
      description: textAt(each, 'DescrizioneAttachment'),
      location: null,
      attachment: { mime: null, fileName: textAt(each, 'NomeAttachment') },
    })),
    lines: childrenOf(goods, 'DettaglioLinee').map((each, index) => lineOf(each, index, terms)),
    exchangeRate: null,
  };
}

/** A reason is cut into elements of 200 characters; the pieces belong together. */
export function joined(pieces: readonly string[]) {
  const text = pieces.filter((piece) => piece !== '').join('\n');
  return text === '' ? [] : [{ subject: null, text }];
}

/** The sum of what is stated, `null` where nothing is. */
export function total(amounts: readonly (Amount | null)[]): Amount | null {
  const stated = amounts.filter((amount) => amount !== null);
  if (stated.length === 0) return null;
  const value = sumOf(stated.map((amount) => amount.value));
  return { text: value.toFixed(Math.max(2, value.decimalPlaces())), value, currency: null };
}

function partyOf(element: XmlElement | undefined): Party | null {
  if (element === undefined) return null;
  const data = childOf(element, 'DatiAnagrafici');
  return partyFrom(data, childOf(data, 'Anagrafica'), element);
}

/**
 * A party from where its numbers, its names and its seat stand: FatturaPA groups them, the simplified invoice does so in
 * other ways.
 */
export function partyFrom(
  data: XmlElement | undefined,
  names: XmlElement | undefined,
  place: XmlElement | undefined,
): Party {
  const seat = childOf(place, 'Sede');
  const street = textAt(seat, 'Indirizzo');
  const number = textAt(seat, 'NumeroCivico');
  const register = childOf(place, 'IscrizioneREA');
  const contact = childOf(place, 'Contatti');
  const fiscalCode = textAt(data, 'CodiceFiscale');
  return {
    name: nameOf(names),
    tradingName: null,
    identifiers: [],
    legalId:
      register === undefined
        ? null
        : {
            value: [textAt(register, 'Ufficio'), textAt(register, 'NumeroREA')]
              .filter((part) => part !== null)
              .join('-'),
            scheme: null,
          },
    vatId: vatOf(data),
    taxId: fiscalCode,
    legalForm: null,
    electronicAddress: null,
    address:
      seat === undefined
        ? null
        : {
            line1: street === null || number === null ? street : `${street} ${number}`,
            line2: null,
            line3: null,
            city: textAt(seat, 'Comune'),
            postalCode: textAt(seat, 'CAP'),
            region: textAt(seat, 'Provincia'),
            country: textAt(seat, 'Nazione'),
          },
    contact:
      contact === undefined
        ? null
        : { name: null, phone: textAt(contact, 'Telefono'), email: textAt(contact, 'Email') },
  };
}

export function nameOf(element: XmlElement | undefined): string | null {
  const person = [textAt(element, 'Titolo'), textAt(element, 'Nome'), textAt(element, 'Cognome')].filter(
    (part) => part !== null,
  );
  return textAt(element, 'Denominazione') ?? (person.length === 0 ? null : person.join(' '));
}

export function vatOf(data: XmlElement | undefined): string | null {
  const code = textAt(data, 'IdFiscaleIVA', 'IdCodice');
  if (code === null) return null;
  const country = textAt(data, 'IdFiscaleIVA', 'IdPaese') ?? '';
  return code.startsWith(country) ? code : country + code;
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

export function categoryIn(element: XmlElement): string {
  const natura = textAt(element, 'Natura');
  return natura === null ? 'S' : categoryOfNatura(natura);
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

import type { Amount, Party, SemanticInvoice } from '../en16931/model.ts';
import { sumOf } from '../en16931/number.ts';
import type { Finding } from '../extraction.ts';
import { childOf, childrenOf, textAt, type XmlElement } from './element.ts';
import { categoryOfNatura, typeOf } from './fatturapa-codes.ts';
import { createTermReader, type TermReader } from './terms.ts';

/** What one invoice is read from. */
export interface InvoiceParts {
  readonly header: XmlElement | undefined;
  readonly body: XmlElement;
  readonly format: string | null;
  readonly terms: TermReader;
}

/** Reads each body of a file, which has one header for all. */
export function readBodies(
  root: XmlElement,
  invoiceOf: (parts: InvoiceParts) => SemanticInvoice,
): { invoice: SemanticInvoice; findings: Finding[] }[] {
  const header = childOf(root, 'FatturaElettronicaHeader');
  const format = root.attributes.versione ?? textAt(header, 'DatiTrasmissione', 'FormatoTrasmissione');
  return childrenOf(root, 'FatturaElettronicaBody').map((body) => {
    const terms = createTermReader('FPA-XSD');
    return { invoice: invoiceOf({ header, body, format, terms }), findings: terms.findings };
  });
}

/** What the ordinary and the simplified invoice say alike, and what neither says. */
export function headOf({ header, body, format, terms }: InvoiceParts) {
  const document = childOf(body, 'DatiGenerali', 'DatiGeneraliDocumento');
  const type = textAt(document, 'TipoDocumento');
  return {
    syntax: 'fatturapa' as const,
    root: 'invoice' as const,
    process: null,
    specification: format,
    number: textAt(document, 'Numero'),
    issueDate: terms.date('issueDate', document, 'Data'),
    typeCode: type === null ? null : typeOf(type),
    currency: textAt(document, 'Divisa'),
    taxCurrency: null,
    taxPointDate: null,
    taxPointCode: null,
    buyerReference: textAt(header, 'DatiTrasmissione', 'CodiceDestinatario'),
    salesOrderReference: null,
    invoicedObject: null,
    paymentTerms: null,
    payee: null,
    period: null,
    exchangeRate: null,
    supportingDocuments: childrenOf(body, 'Allegati').map((each) => ({
      reference: textAt(each, 'NomeAttachment'),
      description: textAt(each, 'DescrizioneAttachment'),
      location: null,
      attachment: { mime: null, fileName: textAt(each, 'NomeAttachment') },
    })),
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

export function categoryIn(element: XmlElement): string {
  const natura = textAt(element, 'Natura');
  return natura === null ? 'S' : categoryOfNatura(natura);
}

import { Decimal } from 'decimal.js';
import type { InvoiceTruth, TruthCategory, TruthLine, TruthParty } from './invoice-truth.ts';
import { tag, words } from './markup.ts';

/** Writes invoices of one seller to one buyer as FatturaPA 1.2, one body for each. */
export function writeFatturaPa(truth: InvoiceTruth, ...others: readonly InvoiceTruth[]): string {
  const header = tag(
    'FatturaElettronicaHeader',
    tag(
      'DatiTrasmissione',
      tag('IdTrasmittente', tag('IdPaese', 'IT'), tag('IdCodice', '01234567890')),
      tag('ProgressivoInvio', '00001'),
      tag('FormatoTrasmissione', 'FPR12'),
      tag('CodiceDestinatario', 'ABC1234'),
    ),
    tag('CedentePrestatore', partyOf(truth.seller)),
    tag('CessionarioCommittente', partyOf(truth.buyer)),
  );
  const root =
    'p:FatturaElettronica versione="FPR12" xmlns:p="http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture/v1.2"';
  return `<?xml version="1.0" encoding="UTF-8"?>\n${tag(root, header, [truth, ...others].map(bodyOf))}`;
}

function partyOf(party: TruthParty): string[] {
  const vat = party.vatCode;
  return [
    tag(
      'DatiAnagrafici',
      vat === null ? null : tag('IdFiscaleIVA', tag('IdPaese', vat.slice(0, 2)), tag('IdCodice', vat.slice(2))),
      tag('CodiceFiscale', words(party.taxCode)),
      tag('Anagrafica', tag('Denominazione', words(party.name))),
    ),
    tag(
      'Sede',
      tag('Indirizzo', words(party.street)),
      tag('CAP', words(party.postalCode)),
      tag('Comune', words(party.city)),
      tag('Nazione', party.country),
    ),
    tag('Contatti', tag('Telefono', words(party.phone)), tag('Email', words(party.email))),
  ];
}

const NATURES: Readonly<Record<TruthCategory, string | null>> = {
  S: null,
  Z: 'N3.5',
  E: 'N4',
  AE: 'N6.9',
  K: 'N3.2',
  G: 'N3.1',
  O: 'N2.2',
};

function bodyOf(truth: InvoiceTruth): string {
  const reference = (name: string, id: string | null) => tag(name, tag('IdDocumento', words(id)));
  return tag(
    'FatturaElettronicaBody',
    tag(
      'DatiGenerali',
      tag(
        'DatiGeneraliDocumento',
        tag('TipoDocumento', truth.documentType === 'credit_note' ? 'TD04' : 'TD01'),
        tag('Divisa', truth.currency),
        tag('Data', truth.issueDate),
        tag('Numero', words(truth.number)),
        tag('ImportoTotaleDocumento', truth.totals.gross),
        truth.notes.map((note) => tag('Causale', words(note))),
      ),
      reference('DatiOrdineAcquisto', truth.orderNumber),
      reference('DatiContratto', truth.contractNumber),
      reference('DatiFattureCollegate', truth.originalInvoiceNumber),
      truth.deliveryDate === null ? null : tag('DatiDDT', tag('NumeroDDT', '1'), tag('DataDDT', truth.deliveryDate)),
    ),
    tag('DatiBeniServizi', truth.lines.map(lineOf), truth.taxes.map(summaryOf)),
    tag(
      'DatiPagamento',
      tag('CondizioniPagamento', 'TP02'),
      tag(
        'DettaglioPagamento',
        tag('ModalitaPagamento', 'MP05'),
        tag('DataScadenzaPagamento', truth.dueDate),
        tag('ImportoPagamento', truth.totals.payable),
        tag('IstitutoFinanziario', words(truth.payment.bankName)),
        tag('IBAN', truth.payment.iban),
        tag('BIC', truth.payment.bic),
        tag('CodicePagamento', words(truth.payment.reference)),
      ),
    ),
  );
}

function lineOf(line: TruthLine, index: number): string {
  const article = (type: string, value: string | null) =>
    value === null ? null : tag('CodiceArticolo', tag('CodiceTipo', type), tag('CodiceValore', words(value)));
  return tag(
    'DettaglioLinee',
    tag('NumeroLinea', String(index + 1)),
    article('EAN', line.ean),
    article('INT', line.code),
    tag('Descrizione', words(line.name)),
    tag('Quantita', atLeastTwo(line.quantity)),
    tag('UnitaMisura', words(line.unit)),
    tag('PrezzoUnitario', atLeastTwo(line.unitPrice)),
    line.discountPercent === null
      ? null
      : tag('ScontoMaggiorazione', tag('Tipo', 'SC'), tag('Percentuale', atLeastTwo(line.discountPercent))),
    tag('PrezzoTotale', line.netAmount),
    tag('AliquotaIVA', line.taxRate),
    tag('Natura', NATURES[line.taxCategory]),
  );
}

function summaryOf(tax: InvoiceTruth['taxes'][number]): string {
  return tag(
    'DatiRiepilogo',
    tag('AliquotaIVA', tax.rate),
    tag('Natura', NATURES[tax.category]),
    tag('ImponibileImporto', tax.taxableAmount),
    tag('Imposta', tax.taxAmount),
    tag('RiferimentoNormativo', words(tax.exemptionReason)),
  );
}

function atLeastTwo(number: string): string {
  const value = new Decimal(number);
  return value.toFixed(Math.max(2, value.decimalPlaces()));
}

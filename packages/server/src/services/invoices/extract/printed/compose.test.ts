import { describe, expect, it } from 'vitest';
import { composedColumn, composedLabel, composedTotal } from './compose.ts';
import { plain } from './lexicon.ts';

describe('phrases that no list holds are read by their words', () => {
  it.each([
    ['Gesamtbetrag der Abschläge', 'discount'],
    ['Gesamtbetrag der Zuschläge', 'charges'],
    ['Rechnungssumme ohne USt.', 'net'],
    ['Gesamtnettobetrag', 'net'],
    ['Total amount excluding tax', 'net'],
    ['Montant global de la remise', 'discount'],
    ['Total IVA incluido', 'gross'],
    ['Suma be PVM', 'net'],
    ['Viso su PVM', 'gross'],
    ['Erhaltene Anzahlungen', 'prepaid'],
    ['Steuerbetrag in EUR', 'tax'],
    ['Bestellung vom', undefined],
    ['Total der guten Wünsche', undefined],
  ])('%s in the totals', (phrase, kind) => {
    expect(composedTotal(plain(phrase))).toBe(kind);
  });

  it.each([
    ['Preis/Einheit', 'unitPrice'],
    ['Nettoeinzelpreis', 'unitPrice'],
    ['Preis inkl. MwSt', 'grossPrice'],
    ['Positionsbetrag ohne USt.', 'netAmount'],
    ['Steuerbasisbetrag', 'netAmount'],
    ['USt.-Betrag', 'taxAmount'],
    ['Product name', 'description'],
  ])('%s over a column', (phrase, kind) => {
    expect(composedColumn(plain(phrase))).toBe(kind);
  });

  it.each([
    ['Datum der Rechnung', 'issueDate'],
    ['Datum der Bestellung', 'otherDate'],
    ['Lieferantennummer', 'otherNumber'],
    ['Nummer des Vertrags', 'contractNumber'],
    ['Number of the invoice', 'invoiceNumber'],
    ['Käufer-IBAN', 'otherNumber'],
    ['Nummer und Straße', undefined],
  ])('%s as a label', (phrase, kind) => {
    expect(composedLabel(plain(phrase))).toBe(kind);
  });
});

import PDFDocument from 'pdfkit';
import { describe, expect, it } from 'vitest';
import type { InvoiceRecord } from '../extraction.ts';
import { readDocument } from '../read-document.ts';

/** A text and where it stands; `R` ends there, `C` has its middle there. */
type Piece = readonly [x: number, y: number, text: string, set?: 'R' | 'C' | number];

describe('invoices set as the generator sets none', () => {
  it('an English one with a discount and carriage between the goods and the tax', async () => {
    const record = await read([
      [50, 40, 'Northwind Fixings Ltd', 16],
      [50, 62, 'Unit 4, Canal Road, Leeds LS12 2TT'],
      [50, 75, 'VAT Reg. No. GB 980 7806 84   Company No. 04567123'],
      ...column(50, 120, ['Sold To', 'Harbour Boats Ltd', '12 Quay Street', 'Bristol', 'BS1 4AQ']),
      [380, 120, 'TAX INVOICE'],
      ...pairs(380, 140, [
        ['Document No', 'NF-20931'],
        ['Tax Point', '3rd March 2025'],
        ['Payment due by', '2 April 2025'],
      ]),
      ...table(
        230,
        [50, 110, 'R350', 'R420', 'R480', 'R545'],
        [
          ['Stock Code', 'Details', 'Qty Supplied', 'Price Each', 'VAT', 'Goods Value'],
          ['BX-100', 'Stainless bolt', '1,200', '0.3450', '20%', '414.00'],
          ['BX-221', 'Nyloc nut', '1,200', '0.1100', '20%', '132.00'],
        ],
      ),
      ...pairs(380, 330, [
        ['Goods total', '546.00'],
        ['Less trade discount 5%', '-27.30'],
        ['Carriage', '25.00'],
        ['Total before VAT', '543.70'],
        ['VAT @ 20%', '108.74'],
        ['Invoice Total (GBP)', '£652.44'],
      ]),
    ]);
    expect(valuesOf(record)).toMatchObject({
      invoiceNumber: 'NF-20931',
      issueDate: '2025-03-03',
      dueDate: '2025-04-02',
      currency: 'GBP',
      seller: { name: 'Northwind Fixings Ltd', vatCode: 'GB980780684' },
      buyer: { name: 'Harbour Boats Ltd' },
      totals: { net: '543.70', discount: '27.30', charges: '25.00', tax: '108.74', gross: '652.44' },
    });
    expect(record.totals.gross?.verified).toBe(true);
  });

  it('a Swiss one with apostrophes, two rates and a rounding', async () => {
    const record = await read([
      ...column(50, 50, ['Alpenholz AG', 'Bahnhofstrasse 12', '8001 Zürich', 'CHE-116.281.710 MWST']),
      ...column(330, 120, ['Bergbau Keller GmbH', 'Industrieweg 4', '3011 Bern']),
      [50, 190, 'Rechnung Nr. 2025/118', 13],
      [50, 215, 'Zürich, 14. Februar 2025'],
      ...table(
        270,
        [50, 80, 'R330', 340, 'R430', 'R480', 'R545'],
        [
          ['Pos.', 'Bezeichnung', 'Anzahl', 'Einh.', 'Ansatz CHF', 'MWST', 'Betrag CHF'],
          ['1', 'Lärchenbretter', '120', 'm2', '48.50', '8.1%', "5'820.00"],
          ['2', 'Fachbuch', '15', 'Stk', '36.00', '2.6%', '540.00'],
        ],
      ),
      ...pairs(330, 350, [
        ['Zwischentotal', "6'360.00"],
        ["8.1% MWST auf 5'820.00", '471.42'],
        ['2.6% MWST auf 540.00', '14.04'],
        ['Rundung', '-0.01'],
        ['Total inkl. MWST CHF', "6'845.45"],
      ]),
    ]);
    expect(valuesOf(record)).toMatchObject({
      invoiceNumber: '2025/118',
      issueDate: '2025-02-14',
      currency: 'CHF',
      seller: { name: 'Alpenholz AG' },
      buyer: { name: 'Bergbau Keller GmbH', address: { city: 'Bern' } },
      totals: { net: '6360.00', tax: '485.46', rounding: '-0.01', gross: '6845.45' },
      lineItems: [
        { unitPrice: '48.5', netAmount: '5820.00' },
        { unitPrice: '36', netAmount: '540.00' },
      ],
    });
  });

  it('a French one whose totals stand at the right of the taxes', async () => {
    const record = await read([
      ...column(60, 40, ['Atelier Dubois SARL', '14 rue des Lilas', '69003 Lyon']),
      [60, 100, 'TVA intracommunautaire FR44732829320'],
      ...column(340, 120, ['Facturé à :', 'Mairie de Villefranche', '183 rue de la Paix', '69400 Villefranche']),
      ...column(60, 225, ['Facture n° : FA-2025-0042', 'Émise le : 7 janvier 2025']),
      ...table(
        300,
        [60, 'R330', 'R400', 'R450', 'R540'],
        [
          ['Désignation des travaux', 'Qté', 'P.U. HT', 'Taux TVA', 'Montant HT'],
          ['Pose de fenêtres bois', '12', '1 250,00 €', '10,0 %', '15 000,00 €'],
          ['Quincaillerie', '1', '965,50 €', '20,0 %', '965,50 €'],
        ],
      ),
      ...table(
        400,
        [60, 'R160', 'R240'],
        [
          ['Taux', 'Base HT', 'TVA'],
          ['10,0 %', '15 000,00', '1 500,00'],
          ['20,0 %', '965,50', '193,10'],
        ],
      ),
      ...pairs(330, 400, [
        ['Total HT', '15 965,50 €'],
        ['Total TVA', '1 693,10 €'],
        ['Total TTC', '17 658,60 €'],
        ['Acompte versé le 02/01/2025', '5 000,00 €'],
        ['Reste à payer', '12 658,60 €'],
      ]),
    ]);
    expect(valuesOf(record)).toMatchObject({
      invoiceNumber: 'FA-2025-0042',
      issueDate: '2025-01-07',
      totals: { net: '15965.50', tax: '1693.10', gross: '17658.60', prepaid: '5000.00', payable: '12658.60' },
      taxes: [{ taxableAmount: '15000.00' }, { taxableAmount: '965.50' }],
    });
    expect(record.lineItems).toHaveLength(2);
    expect(record.totals.gross?.verified).toBe(true);
  });

  it('a German one with a discount below an item and a net amount for each rate', async () => {
    const record = await read([
      [50, 60, 'Papier Schulz KG · Ringstraße 44 · 90402 Nürnberg', 7],
      ...column(50, 72, ['Druckerei Blau', 'Postfach 1203', '91001 Erlangen']),
      ...pairs(330, 110, [
        ['Belegnummer', '778812'],
        ['Belegdatum', '09.01.25'],
      ]),
      [50, 180, 'RECHNUNG'],
      ...table(
        210,
        [50, 120, 'R360', 'R440', 'R480', 'R545'],
        [
          ['Art.-Nr.', 'Artikelbezeichnung', 'Menge', 'Preis/Einheit', 'USt', 'Nettobetrag'],
          ['4711', 'Kopierpapier', '50 Pkg', 'EUR 4,20', '19%', 'EUR 210,00'],
          ['', 'Mengenrabatt 10 %', '', '', '', 'EUR -21,00'],
          ['9001', 'Fachzeitschrift', '4 St', 'EUR 7,50', '7%', 'EUR 30,00'],
        ],
      ),
      ...pairs(330, 300, [
        ['Nettobetrag 19 %', 'EUR 189,00'],
        ['USt 19 %', 'EUR 35,91'],
        ['Nettobetrag 7 %', 'EUR 30,00'],
        ['USt 7 %', 'EUR 2,10'],
        ['Endbetrag', 'EUR 257,01'],
      ]),
    ]);
    expect(valuesOf(record)).toMatchObject({
      invoiceNumber: '778812',
      currency: 'EUR',
      seller: { name: 'Papier Schulz KG' },
      buyer: { name: 'Druckerei Blau' },
      totals: { net: '219.00', tax: '38.01', gross: '257.01' },
      lineItems: [{ netAmount: '210.00' }, { netAmount: '-21.00' }, { netAmount: '30.00' }],
    });
  });

  it('an Italian note of fees with nothing but words and amounts, a pension charge and a tax that is withheld', async () => {
    const record = await read([
      ...column(40, 40, ['Studio Legale Bianchi', 'Via Garibaldi 7 - 20121 Milano (MI)', 'P. IVA 12345670017']),
      ...column(330, 110, ['Spett.le', 'Rossi Meccanica S.r.l.', 'Via Emilia 100', '40127 Bologna (BO)']),
      [40, 200, 'Fattura n. 48/2024 del 30/09/2024', 13],
      ...table(
        230,
        [40, 'R545'],
        [
          ['Descrizione', 'Importo'],
          ['Consulenza societaria settembre 2024', '1.500,00'],
          ['Redazione contratto di fornitura', '800,00'],
        ],
      ),
      ...pairs(330, 300, [
        ['Compensi', '2.300,00'],
        ['Cassa previdenza 4%', '92,00'],
        ['Imponibile', '2.392,00'],
        ['IVA 22%', '526,24'],
        ['Totale fattura', '2.918,24'],
        ["Ritenuta d'acconto 20% su 2.300,00", '-460,00'],
        ['Netto a pagare', '2.458,24'],
      ]),
    ]);
    expect(valuesOf(record)).toMatchObject({
      invoiceNumber: '48/2024',
      issueDate: '2024-09-30',
      buyer: { name: 'Rossi Meccanica S.r.l.' },
      lineItems: [
        { description: 'Consulenza societaria settembre 2024', netAmount: '1500.00', quantity: null },
        { description: 'Redazione contratto di fornitura', netAmount: '800.00' },
      ],
      totals: { net: '2392.00', charges: '92.00', tax: '526.24', gross: '2918.24', prepaid: null, payable: '2458.24' },
    });
    expect(record.totals.gross?.verified).toBe(true);
  });

  it('an Italian one without tax, whose stamp duty is no tax on the services', async () => {
    const record = await read([
      ...column(40, 40, ['Laura Verdi Psicologa', 'Corso Italia 12', '10121 Torino', 'P.IVA 02468135794']),
      ...column(330, 110, ['Alla cortese attenzione di', 'Associazione Il Ponte', 'Via Po 3', '10124 Torino']),
      ...column(40, 190, ['FATTURA', 'Numero: 17', 'Data: 5 maggio 2024']),
      ...table(
        250,
        [40, 'R400', 'R545'],
        [
          ['Prestazione', 'Ore', 'Totale €'],
          ['Sportello di ascolto', '8', '480,00'],
        ],
      ),
      ...pairs(330, 310, [
        ['Totale prestazioni', '480,00'],
        ['Imposta di bollo', '2,00'],
        ['Totale da pagare €', '482,00'],
      ]),
    ]);
    expect(valuesOf(record)).toMatchObject({
      invoiceNumber: '17',
      buyer: { name: 'Associazione Il Ponte', address: { city: 'Torino' } },
      totals: { charges: '2.00', tax: null, payable: '482.00' },
    });
  });

  it('an English one of a subcontractor, with sums of some lines and a deduction for the tax office', async () => {
    const record = await read([
      ...column(40, 40, ['D. Walsh Plastering', '8 Mill Lane', 'Stockport SK1 3TA']),
      ...column(40, 120, ['Invoice to', 'Keystone Homes Limited', 'Keystone House', 'Manchester M2 5BQ']),
      ...pairs(360, 120, [
        ['Invoice number', '0097'],
        ['Date', '28 June 2024'],
      ]),
      ...table(
        220,
        [40, 'R400', 'R480', 'R545'],
        [
          ['Description of works', 'Days', 'Day rate', 'Amount'],
          ['Labour - plots 4 to 6', '10', '220.00', '2,200.00'],
          ['Materials - multi finish', '1', '340.00', '340.00'],
        ],
      ),
      ...pairs(330, 290, [
        ['Total labour', '2,200.00'],
        ['Total materials', '340.00'],
        ['Sub-total', '2,540.00'],
        ['VAT (domestic reverse charge)', '0.00'],
        ['Less CIS deduction 20% of labour', '(440.00)'],
        ['Net amount payable', '£2,100.00'],
      ]),
    ]);
    expect(valuesOf(record).totals).toMatchObject({ tax: '0.00', gross: null, discount: null, payable: '2100.00' });
    expect(record.lineItems.map(({ netAmount }) => netAmount?.value)).toEqual(['2200.00', '340.00']);
  });

  it('a Swiss one with a slip to pay with, which says names and amounts again', async () => {
    const slip = (x: number) => [
      ...column(x, 580, [
        'Konto / Zahlbar an',
        'CH44 3199 9123 0008 8901 2',
        'Velo Meier',
        'Langstrasse 55',
        '8004 Zürich',
      ]),
      ...column(x, 655, ['Referenz', '21 00000 00003 13947 14300 09017']),
      ...column(x, 690, ['Zahlbar durch', 'Sandra Huber', 'Seestrasse 9', '8700 Küsnacht']),
      ...column(x, 755, ['Währung', 'CHF']),
      ...column(x + 60, 755, ['Betrag', '264.90']),
    ];
    const record = await read([
      ...column(40, 40, ['Velo Meier', 'Langstrasse 55', '8004 Zürich']),
      ...column(330, 110, ['Frau', 'Sandra Huber', 'Seestrasse 9', '8700 Küsnacht']),
      ...column(40, 190, ['Rechnung 4711', 'Datum: 03.06.2024']),
      ...table(
        240,
        [40, 'R400', 'R480', 'R545'],
        [
          ['Beschreibung', 'Menge', 'Preis', 'Total'],
          ['Grosser Service', '1', '180.00', '180.00'],
          ['Kette', '1', '49.90', '49.90'],
          ['Bremsbelag', '2', '17.50', '35.00'],
        ],
      ),
      ...pairs(400, 310, [['Total CHF', '264.90']]),
      [20, 560, 'Empfangsschein', 11],
      [220, 560, 'Zahlteil', 11],
      ...slip(20),
      ...slip(360),
    ]);
    expect(valuesOf(record)).toMatchObject({
      invoiceNumber: '4711',
      seller: { name: 'Velo Meier', address: { city: 'Zürich' } },
      buyer: { name: 'Sandra Huber', address: { city: 'Küsnacht' } },
      totals: { gross: '264.90' },
      payment: { iban: 'CH4431999123000889012', reference: '210000000003139471430009017' },
    });
    expect(record.payment.reference?.verified).toBe(true);
  });

  it('an American one whose sender is set flush at the right edge', async () => {
    const record = await read([
      [50, 50, 'Invoice', 24],
      ...column(
        545,
        50,
        [
          'Cloudy Metrics Inc.',
          '548 Market St',
          'San Francisco, CA 94104',
          'United States',
          'billing@cloudymetrics.example',
        ],
        'R',
      ),
      ...table(
        140,
        [50, 150],
        [
          ['Invoice number', '7F3A91C2-0004'],
          ['Date of issue', 'March 4, 2025'],
          ['Date due', 'March 18, 2025'],
        ],
      ),
      ...column(50, 210, ['Bill to', 'Fjord Analytics ApS', 'Nørregade 7', '1165 København K', 'Denmark']),
      [50, 300, '$540.00 USD due March 18, 2025', 14],
      ...table(
        340,
        [50, 'R350', 'R450', 'R545'],
        [
          ['Description', 'Qty', 'Unit price', 'Amount'],
          ['Team plan', '12', '$40.00', '$480.00'],
          ['Additional storage (per 100 GB)', '3', '$20.00', '$60.00'],
        ],
      ),
      ...pairs(330, 400, [
        ['Subtotal', '$540.00'],
        ['Total', '$540.00'],
        ['Amount due', '$540.00 USD'],
      ]),
    ]);
    expect(valuesOf(record)).toMatchObject({
      invoiceNumber: '7F3A91C2-0004',
      dueDate: '2025-03-18',
      currency: 'USD',
      seller: { name: 'Cloudy Metrics Inc.', email: 'billing@cloudymetrics.example' },
      buyer: { name: 'Fjord Analytics ApS', address: { city: 'København K' } },
      totals: { gross: '540.00' },
    });
    expect(record.lineItems).toHaveLength(2);
  });

  it('an Italian one whose letterhead stands in the middle of the page', async () => {
    const record = await read([
      ...column(297, 40, ['Studio Rossi S.r.l.', 'Via Roma 14', '20121 Milano (MI)', 'P.IVA IT00743110157'], 'C'),
      ...column(330, 120, ['Spett.le', 'Hansen Design GmbH', 'Hafenstraße 22', '20457 Hamburg']),
      [50, 200, 'Fattura n. 45/2025 del 15/03/2025', 13],
      ...table(
        240,
        [50, 'R400', 'R480', 'R545'],
        [
          ['Descrizione', 'Q.tà', 'Prezzo', 'Importo'],
          ['Progettazione grafica catalogo', '1', '3.200,00', '3.200,00'],
          ['Impaginazione', '24', '45,00', '1.080,00'],
        ],
      ),
      ...pairs(330, 310, [
        ['Imponibile', '€ 4.280,00'],
        ['IVA 22%', '€ 941,60'],
        ['Totale fattura', '€ 5.221,60'],
        ['Acconto già versato', '€ -1.000,00'],
        ['Saldo da pagare', '€ 4.221,60'],
      ]),
    ]);
    expect(valuesOf(record)).toMatchObject({
      invoiceNumber: '45/2025',
      issueDate: '2025-03-15',
      seller: { name: 'Studio Rossi S.r.l.', vatCode: 'IT00743110157', address: { city: 'Milano' } },
      buyer: { name: 'Hansen Design GmbH', address: { city: 'Hamburg' } },
      totals: { net: '4280.00', tax: '941.60', gross: '5221.60', prepaid: '1000.00', payable: '4221.60' },
    });
  });

  it('amounts that agree by chance are not confirmed', async () => {
    const record = await read([
      [50, 40, 'Rechnung Nr. 12 vom 05.03.2024', 14],
      ...pairs(330, 300, [
        ['Gesamtbetrag der Zuschläge', '0,00'],
        ['Gesamtbetrag der Abschläge', '0,23'],
        ['Rechnungssumme ohne USt.', '-7,67'],
        ['19 % USt', '-1,12'],
        ['Bruttosumme', '-8,79'],
      ]),
    ]);
    expect(valuesOf(record).totals).toMatchObject({ net: '-7.67', tax: '-1.12', gross: '-8.79', discount: '0.23' });
    expect(record.totals.gross?.verified).toBe(false);
  });
});

async function read(pieces: readonly Piece[]): Promise<InvoiceRecord> {
  const pdf = new PDFDocument({ size: 'A4', margin: 0, info: { CreationDate: new Date(0) } });
  const chunks: Buffer[] = [];
  const done = new Promise<void>((resolve) => pdf.on('end', resolve));
  pdf.on('data', (chunk: Buffer) => chunks.push(chunk));
  for (const [x, y, text, set] of pieces) {
    pdf.font('Helvetica').fontSize(typeof set === 'number' ? set : 10);
    const before = set === 'R' ? 1 : set === 'C' ? 0.5 : 0;
    pdf.text(text, x - before * pdf.widthOfString(text), y, { lineBreak: false });
  }
  pdf.end();
  await done;
  const extraction = await readDocument(new Uint8Array(Buffer.concat(chunks)));
  if (extraction.type !== 'read') throw new Error(extraction.message);
  return extraction.record;
}

function column(x: number, y: number, lines: readonly string[], set?: 'R' | 'C'): Piece[] {
  return lines.map((line, index) => (set === undefined ? [x, y + index * 13, line] : [x, y + index * 13, line, set]));
}

function pairs(x: number, y: number, rows: readonly (readonly [string, string])[]): Piece[] {
  return rows.flatMap(([label, value], index): Piece[] => [
    [x, y + index * 14, label],
    [545, y + index * 14, value, 'R'],
  ]);
}

function table(y: number, columns: readonly (number | `R${number}`)[], rows: readonly (readonly string[])[]): Piece[] {
  return rows.flatMap((row, index) =>
    row.flatMap((text, at): Piece[] => {
      const column = columns[at];
      if (text === '' || column === undefined) return [];
      return [
        typeof column === 'number'
          ? [column, y + index * 14, text]
          : [Number(column.slice(1)), y + index * 14, text, 'R'],
      ];
    }),
  );
}

/** The record with the values in the place of their readings. */
function valuesOf(record: InvoiceRecord): Record<string, unknown> {
  const walk = (part: unknown): unknown => {
    if (Array.isArray(part)) return part.map(walk);
    if (part === null || typeof part !== 'object') return part;
    if ('value' in part && 'verified' in part) return part.value;
    return Object.fromEntries(Object.entries(part).map(([key, inner]) => [key, walk(inner)]));
  };
  return walk(record) as Record<string, unknown>;
}

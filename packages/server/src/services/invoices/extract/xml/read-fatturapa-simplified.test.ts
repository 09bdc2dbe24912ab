import { describe, expect, it } from 'vitest';
import { readXml } from './read-xml.ts';

interface Goods {
  readonly words: string;
  readonly amount: string;
  readonly vat: string;
  readonly natura?: string;
}

function simplified(goods: readonly Goods[], type = 'TD07', corrected = ''): string {
  const items = goods.map(
    ({ words, amount, vat, natura = '' }) =>
      `<DatiBeniServizi><Descrizione>${words}</Descrizione><Importo>${amount}</Importo><DatiIVA>${vat}</DatiIVA>${natura}</DatiBeniServizi>`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>
<p:FatturaElettronicaSemplificata versione="FSM10" xmlns:p="http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture/v1.0">
<FatturaElettronicaHeader>
<DatiTrasmissione><ProgressivoInvio>1</ProgressivoInvio><FormatoTrasmissione>FSM10</FormatoTrasmissione><CodiceDestinatario>0000000</CodiceDestinatario></DatiTrasmissione>
<CedentePrestatore><IdFiscaleIVA><IdPaese>IT</IdPaese><IdCodice>01234567897</IdCodice></IdFiscaleIVA><Nome>Anna</Nome><Cognome>Rossi</Cognome><Sede><Indirizzo>Via Po</Indirizzo><NumeroCivico>3</NumeroCivico><CAP>10124</CAP><Comune>Torino</Comune><Nazione>IT</Nazione></Sede><RegimeFiscale>RF01</RegimeFiscale></CedentePrestatore>
<CessionarioCommittente><IdentificativiFiscali><CodiceFiscale>VRDLRA80A41L219P</CodiceFiscale></IdentificativiFiscali><AltriDatiIdentificativi><Denominazione>Il Ponte</Denominazione></AltriDatiIdentificativi></CessionarioCommittente>
</FatturaElettronicaHeader>
<FatturaElettronicaBody><DatiGenerali><DatiGeneraliDocumento><TipoDocumento>${type}</TipoDocumento><Divisa>EUR</Divisa><Data>2024-05-06</Data><Numero>S/12</Numero></DatiGeneraliDocumento>${corrected}</DatiGenerali>${items.join('')}</FatturaElettronicaBody>
</p:FatturaElettronicaSemplificata>`;
}

function read(xml: string) {
  const extraction = readXml(new TextEncoder().encode(xml));
  if (extraction.type === 'failed') throw new Error(extraction.message);
  return extraction;
}

const valuesIn = (part: object) =>
  Object.fromEntries(
    Object.entries(part).flatMap(([name, seen]) => (seen?.value === undefined ? [] : [[name, seen.value]])),
  );

describe('a simplified FatturaPA', () => {
  it('has its lines with the tax in them, whichever of amount and rate they state', () => {
    const { record, findings } = read(
      simplified([
        { words: 'Pranzo', amount: '55.00', vat: '<Imposta>5.00</Imposta><Aliquota>10.00</Aliquota>' },
        { words: 'Parcheggio', amount: '12.20', vat: '<Aliquota>22.00</Aliquota>' },
        { words: 'Acqua', amount: '1.10', vat: '<Aliquota>10.00</Aliquota>' },
      ]),
    );
    expect(findings).toEqual([]);
    expect(record.lineItems.map(valuesIn)).toMatchObject([
      { description: 'Pranzo', netAmount: '50.00', taxAmount: '5.00', grossAmount: '55.00', taxRate: '10.00' },
      { description: 'Parcheggio', netAmount: '10.00', taxAmount: '2.20', grossAmount: '12.20', taxRate: '22.00' },
      { description: 'Acqua', netAmount: '1.00', taxAmount: '0.10', grossAmount: '1.10' },
    ]);
    expect(record.taxes.map(valuesIn)).toMatchObject([
      { rate: '10.00', taxableAmount: '51.00', taxAmount: '5.10' },
      { rate: '22.00', taxableAmount: '10.00', taxAmount: '2.20' },
    ]);
    expect(valuesIn(record.totals)).toMatchObject({ net: '61.00', tax: '7.30', gross: '68.30' });
    expect(valuesIn(record)).toMatchObject({
      documentType: 'invoice',
      invoiceNumber: 'S/12',
      issueDate: '2024-05-06',
      currency: 'EUR',
    });
    expect(valuesIn(record.seller)).toMatchObject({ name: 'Anna Rossi', vatCode: 'IT01234567897' });
    expect(valuesIn(record.buyer)).toMatchObject({ name: 'Il Ponte', taxCode: 'VRDLRA80A41L219P' });
  });

  it('without tax says why, and a credit note what it corrects', () => {
    const { record } = read(
      simplified(
        [{ words: 'Storno', amount: '30.00', vat: '<Aliquota>0.00</Aliquota>', natura: '<Natura>N4</Natura>' }],
        'TD08',
        '<DatiFatturaRettificata><NumeroFR>S/9</NumeroFR><DataFR>2024-04-01</DataFR><ElementiRettificati>Importo</ElementiRettificati></DatiFatturaRettificata>',
      ),
    );
    expect(valuesIn(record)).toMatchObject({
      documentType: 'credit_note',
      originalInvoiceNumber: 'S/9',
      notes: 'Importo',
    });
    expect(record.taxes.map(valuesIn)).toMatchObject([{ category: 'E', taxAmount: '0.00', taxableAmount: '30.00' }]);
    expect(valuesIn(record.totals)).toMatchObject({ net: '30.00', tax: '0.00', gross: '30.00' });
  });

  it('whose line states neither amount nor rate of the tax has no sums that nobody stated', () => {
    const { record } = read(simplified([{ words: 'Pranzo', amount: '55.00', vat: '' }]));
    expect(valuesIn(record.totals)).toEqual({ gross: '55.00' });
  });
});

import { Constructed, Set as DerSet, Integer, ObjectIdentifier, OctetString, Sequence } from 'asn1js';
import { describe, expect, test } from 'vitest';
import { makeInvoiceTruth } from '../../testing/invoice-truth.ts';
import { type Layout, layouts, printInvoice } from '../../testing/print-invoice.ts';
import { writeFatturaPa } from '../../testing/write-fatturapa.ts';
import { readDocument } from '../read-document.ts';
import { readXml } from './read-xml.ts';
import { looksSigned } from './signed.ts';

const truth = makeInvoiceTruth(5, { language: 'it' });
const xml = new TextEncoder().encode(writeFatturaPa(truth));

/** What a signing program wraps around a document; the signature itself is left out, since nobody looks at it. */
function envelope(content: OctetString, type = '1.2.840.113549.1.7.2'): Uint8Array {
  const explicit = (value: OctetString | Sequence) =>
    new Constructed({ idBlock: { tagClass: 3, tagNumber: 0 }, value: [value] });
  const encapsulated = new Sequence({
    value: [new ObjectIdentifier({ value: '1.2.840.113549.1.7.1' }), explicit(content)],
  });
  const signed = new Sequence({
    value: [new Integer({ value: 1 }), new DerSet({ value: [] }), encapsulated, new DerSet({ value: [] })],
  });
  return new Uint8Array(new Sequence({ value: [new ObjectIdentifier({ value: type }), explicit(signed)] }).toBER());
}

const whole = new OctetString({ valueHex: xml.buffer });
const pieces = new OctetString({
  isConstructed: true,
  value: [0, 1000, 2000].map(
    (from, index) => new OctetString({ valueHex: xml.slice(from, index === 2 ? undefined : from + 1000).buffer }),
  ),
});

describe('a signed FatturaPA', () => {
  test.each([
    ['in one piece', envelope(whole)],
    ['in several pieces, as streaming programs write it', envelope(pieces)],
    ['in Base64', new TextEncoder().encode(Buffer.from(envelope(whole)).toString('base64'))],
    [
      'in Base64 of short lines',
      new TextEncoder().encode(Buffer.from(envelope(whole)).toString('base64').replace(/.{64}/g, '$&\r\n')),
    ],
    [
      'in PEM',
      new TextEncoder().encode(
        `-----BEGIN PKCS7-----\n${Buffer.from(envelope(whole)).toString('base64')}\n-----END PKCS7-----\n`,
      ),
    ],
  ])('%s is read like the document in it', (_, bytes) => {
    expect(readXml(bytes)).toEqual(readXml(xml));
    expect(readXml(bytes)).toMatchObject({ type: 'read', record: { invoiceNumber: { value: truth.number } } });
  });

  test('signed twice, and a signed PDF, are known by their bytes', async () => {
    const twice = envelope(new OctetString({ valueHex: new Uint8Array(envelope(whole)).buffer }));
    expect(await readDocument(twice)).toEqual(await readDocument(xml));
    const pdf = await printInvoice(truth, layouts[0] as Layout);
    const signed = envelope(new OctetString({ valueHex: new Uint8Array(pdf).buffer }));
    expect(await readDocument(signed)).toEqual(await readDocument(pdf));
    expect(looksSigned(signed)).toBe(true);
    expect(looksSigned(pdf)).toBe(false);
    expect(looksSigned(new TextEncoder().encode('0 items were ordered by Mr. Miller'))).toBe(false);
  });

  test('five envelopes in each other, and values in each other a hundred thousand deep, fail', async () => {
    let nested: Uint8Array = xml;
    for (let depth = 0; depth < 5; depth++)
      nested = envelope(new OctetString({ valueHex: new Uint8Array(nested).buffer }));
    expect(await readDocument(nested)).toMatchObject({ type: 'failed', code: 'file.too_complex' });
    const deep = Buffer.concat([
      Buffer.from('308006092a864886f70d010702', 'hex'),
      Buffer.alloc(200_000, Buffer.from('3080', 'hex')),
    ]);
    expect(await readDocument(deep)).toMatchObject({ type: 'failed', code: 'file.corrupt' });
  });

  test('an envelope of another kind, and one that is cut, fail', async () => {
    const bytes = envelope(whole);
    for (const bad of [bytes.subarray(0, bytes.length - 40), bytes.subarray(0, 24)]) {
      expect(readXml(bad)).toMatchObject({ type: 'failed', code: 'file.corrupt' });
    }
    expect(await readDocument(envelope(whole, '1.2.840.113549.1.7.3'))).toMatchObject({
      type: 'failed',
      code: 'file.unsupported_type',
    });
  });
});

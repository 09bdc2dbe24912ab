import { describe, expect, test } from 'vitest';
import { makeInvoiceTruth } from '../../testing/invoice-truth.ts';
import { writeCii } from '../../testing/write-cii.ts';
import { writeUbl } from '../../testing/write-ubl.ts';
import { readXml } from './read-xml.ts';

const good = writeUbl(makeInvoiceTruth(1));
const utf8 = (text: string) => new TextEncoder().encode(text);
const inside = (doctype: string, note = 'x') =>
  good.replace('?>\n', `?>\n${doctype}\n`).replace('<cbc:BuyerReference>', `<cbc:BuyerReference>${note}`);

function utf16(text: string, littleEndian: boolean, mark = true): Uint8Array {
  const source = (mark ? '\uFEFF' : '') + text;
  const view = new DataView(new ArrayBuffer(source.length * 2));
  for (let index = 0; index < source.length; index += 1)
    view.setUint16(index * 2, source.charCodeAt(index), littleEndian);
  return new Uint8Array(view.buffer);
}

function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function failure(bytes: Uint8Array): string {
  const extraction = readXml(bytes);
  return extraction.type === 'failed' ? extraction.code : 'read';
}

describe('a hostile or broken document fails with a code that says why', () => {
  const laughs = Array.from({ length: 9 }, (_, n) => `<!ENTITY l${n + 1} "${`&l${n};`.repeat(10)}">`).join('');
  test.each<[string, string, Uint8Array]>([
    [
      'an entity that reads a file',
      'file.hostile',
      utf8(inside('<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>', '&e;')),
    ],
    [
      'an entity that calls a server',
      'file.hostile',
      utf8(inside('<!DOCTYPE x [<!ENTITY e SYSTEM "http://127.0.0.1:9/">]>', '&e;')),
    ],
    [
      'a parameter entity',
      'file.hostile',
      utf8(inside('<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:9/"> %p;]>')),
    ],
    ['a billion laughs', 'file.hostile', utf8(inside(`<!DOCTYPE x [<!ENTITY l0 "ha">${laughs}]>`, '&l9;'))],
    ['a document type without entities', 'file.hostile', utf8(inside('<!DOCTYPE Invoice>'))],
    ['a document type in UTF-16', 'file.hostile', utf16(inside('<!DOCTYPE Invoice>').replace('UTF-8', 'UTF-16'), true)],
    ['an entity that nobody declared', 'file.corrupt', utf8(inside('', '&e;'))],
    ['elements a million deep', 'file.too_complex', utf8('<a>'.repeat(1_000_000))],
    ['a million elements too many', 'file.too_complex', utf8(`<a>${'<b/>'.repeat(1_000_001)}</a>`)],
    ['an attribute of a megabyte', 'file.too_complex', utf8(`<a b="${'x'.repeat(1_000_000)}"/>`)],
    [
      'a thousand attributes',
      'file.too_complex',
      utf8(`<a ${Array.from({ length: 1000 }, (_, n) => `a${n}="1"`).join(' ')}/>`),
    ],
    [
      'half a million attributes',
      'file.too_complex',
      utf8(`<a ${Array.from({ length: 500_000 }, (_, at) => `b${at}=""`).join(' ')}/>`),
    ],
    ['a name of a megabyte', 'file.too_complex', utf8(`<${'a'.repeat(1_000_000)}/>`)],
    ['more bytes than are read', 'file.too_large', new Uint8Array(20 * 1024 * 1024 + 1).fill(0x20)],
    ['no bytes', 'file.empty', new Uint8Array()],
    ['zeros alone', 'file.corrupt', new Uint8Array(4096)],
    ['a truncated document', 'file.corrupt', utf8(good.slice(0, good.length / 2))],
    ['a tag that closes another', 'file.corrupt', utf8(good.replace('</cbc:BuyerReference>', '</cbc:BuyerName>'))],
    ['a second root', 'file.corrupt', utf8(`${good}<Invoice/>`)],
    ['the same attribute twice', 'file.corrupt', utf8(good.replace('<cbc:ID>', '<cbc:ID a="1" a="2">'))],
    ['a prefix that stands for nothing', 'file.corrupt', utf8(good.replace(/ xmlns:cbc="[^"]*"/, ''))],
    ['a NUL character', 'file.corrupt', utf8(inside('', '\u0000'))],
    ['a NUL as a reference', 'file.corrupt', utf8(inside('', '&#0;'))],
    ['UTF-8 that is none', 'file.corrupt', latin1(inside('', 'M\u00fcller'))],
    ['an encoding that nobody knows', 'file.corrupt', utf8(good.replace('UTF-8', 'x-klingon'))],
    ['UTF-32', 'file.corrupt', Uint8Array.from([0xff, 0xfe, 0, 0, 0x3c, 0, 0, 0])],
    ['UTF-16 cut in half a character', 'file.corrupt', utf16(good, true).subarray(0, 4001)],
    ['no XML', 'file.corrupt', utf8('Dear Sirs, please pay.')],
    ['XML of another kind', 'file.unsupported_type', utf8('<svg xmlns="http://www.w3.org/2000/svg"/>')],
    ['an Invoice of nobody\u2019s', 'file.unsupported_type', utf8('<Invoice><ID>1</ID></Invoice>')],
    [
      'an order',
      'extract.not_an_invoice',
      utf8(good.replaceAll('Invoice-2', 'Order-2').replace('<Invoice', '<Order').replace('</Invoice>', '</Order>')),
    ],
    [
      'a FatturaPA without an invoice',
      'extract.not_an_invoice',
      utf8('<FatturaElettronica versione="FPR12"><FatturaElettronicaHeader/></FatturaElettronica>'),
    ],
    [
      'envelopes in envelopes',
      'file.unsupported_type',
      utf8('<StandardBusinessDocument>'.repeat(30) + '</StandardBusinessDocument>'.repeat(30)),
    ],
    ['a signed envelope of nothing', 'file.corrupt', Uint8Array.from([0x30, 0x82, 0xff, 0xff, 0x06])],
    [
      'a signed envelope in a thousand others',
      'file.corrupt',
      Uint8Array.from(Array.from({ length: 1000 }, () => [0x30, 0x80]).flat()),
    ],
  ])('%s: %s', (_, code, bytes) => {
    expect(failure(bytes)).toBe(code);
  });

  test('a failure never repeats more of the document than a clause', () => {
    const extraction = readXml(utf8(`<${'secret '.repeat(1000)}`));
    expect(extraction.type === 'failed' && extraction.message.length).toBeLessThan(300);
  });

  test('every truncation of a document fails, and none throws', () => {
    const bytes = utf8(writeCii(makeInvoiceTruth(2, { lines: [1, 1] })));
    for (let length = 1; length < bytes.length; length += 97)
      expect(failure(bytes.subarray(0, length))).toBe('file.corrupt');
  });
});

describe('documents of all encodings are read', () => {
  const named = (encoding: string) => inside('', 'Müller-').replace('UTF-8', encoding);
  test.each<[string, Uint8Array]>([
    ['UTF-8', utf8(named('UTF-8'))],
    ['UTF-8 with a mark', utf8(`\uFEFF${named('UTF-8')}`)],
    ['UTF-8 without a declaration', utf8(named('UTF-8').replace(/^<\?.*?\?>\n/, ''))],
    ['UTF-16 little-endian', utf16(named('UTF-16'), true)],
    ['UTF-16 big-endian', utf16(named('UTF-16'), false)],
    ['UTF-16 little-endian without a mark', utf16(named('UTF-16'), true, false)],
    ['UTF-16 big-endian without a mark', utf16(named('UTF-16'), false, false)],
    ['UTF-8 that calls itself UTF-16', utf8(named('UTF-16'))],
    ['ISO-8859-1', latin1(named('ISO-8859-1'))],
    ['Windows-1252', latin1(named('windows-1252'))],
    ['ISO-8859-15', latin1(named('iso-8859-15'))],
    [
      'US-ASCII with references',
      utf8(named('us-ascii').replace(/[^\0-\x7f]/g, (character) => `&#${character.codePointAt(0)};`)),
    ],
  ])('%s', (_, bytes) => {
    const extraction = readXml(bytes);
    expect(extraction.type).toBe('read');
    const other = readXml(utf8(named('UTF-8')));
    expect(extraction).toEqual(other);
  });
});

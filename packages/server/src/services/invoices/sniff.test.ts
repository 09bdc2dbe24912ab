import { describe, expect, it } from 'vitest';
import { pdf } from './invoices.fixture.ts';
import { sniff } from './sniff.ts';

const latin1 = (text: string) => Buffer.from(text, 'latin1');
const xml = '<?xml version="1.0"?>\n<!-- made from %PDF-1.7 --><Invoice/>';

describe('what a file is', () => {
  it.each([
    ['a PDF', pdf(), 'application/pdf'],
    [
      'a PDF behind the lines of a mail gateway',
      Buffer.concat([latin1('Scanned: yes\r\n\r\n'), pdf()]),
      'application/pdf',
    ],
    ['an XML document that speaks of a PDF', latin1(xml), 'application/xml'],
    ['an XML document of UTF-16', Buffer.from(`\ufeff${xml}`, 'utf16le'), 'application/xml'],
    ['a PDF with an archive behind it', Buffer.concat([pdf(), latin1('PK\x05\x06')]), 'application/pdf'],
  ])('%s is known by its bytes', (_, bytes, contentType) => {
    expect(sniff(bytes, 50).contentType).toBe(contentType);
  });

  it.each([
    ['an archive', latin1('PK\x03\x04 and a document in it')],
    [
      'an archive with a PDF stored in it far behind',
      Buffer.concat([latin1('PK\x03\x04'), Buffer.alloc(1_100), pdf()]),
    ],
    ['a GIF', latin1('GIF89a and some more')],
    ['a page of the web', latin1('<!DOCTYPE html><html><body>%PDF-1.4</body></html>')],
    ['a program', latin1('MZ\x90\0\x03 This program cannot be run in DOS mode')],
    ['a picture that phones take', latin1('\0\0\0\x18ftypheic\0\0\0\0mif1heic')],
  ])('%s is none that is read, whatever it is called', (_, bytes) => {
    expect(() => sniff(bytes, 50)).toThrow(expect.objectContaining({ code: 'file.unsupported_type' }));
  });
});

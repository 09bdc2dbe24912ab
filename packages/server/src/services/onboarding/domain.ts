import { domainToASCII, domainToUnicode } from 'node:url';

/**
 * A host in the one form in which it is kept: lower-case, in Unicode, whether it was sent so or in Punycode; `null` for
 * what is no bare host name with at least one dot.
 *
 * @example
 * readDomain('XN--Mnchen-3ya.de'); // 'münchen.de'
 */
export function readDomain(text: string): string | null {
  if (isPlain(text)) return text;
  // What the parser of URLs would quietly strip, cut off or decode.
  if (/[\s/\\?#@:%[\]_<>^|`"]/.test(text) || text.startsWith('.') || text.endsWith('.')) return null;
  const ascii = domainToASCII(text);
  if (ascii === '' || ascii.length > 253) return null;
  const labels = ascii.split('.');
  if (labels.length < 2 || labels.some((label) => !/^(?!-)[a-z0-9-]{1,63}(?<!-)$/.test(label))) return null;
  // An IPv4 address, however it was written.
  if (/^\d+$/.test(labels.at(-1) ?? '')) return null;
  const unicode = domainToUnicode(ascii);
  return unicode === '' ? null : unicode;
}

/**
 * Most hosts are sent as they are kept: labels of ASCII in lower case that neither Punycode nor a number hides in. Taking one
 * apart and putting it together again took an import longer than reading the rest of the contact.
 */
function isPlain(text: string): boolean {
  return text.length <= 253 && plainHost.test(text) && !/(?:^|\.)..--|\.(?:\d+|0x[\da-f]*)$/.test(text);
}

const plainHost = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

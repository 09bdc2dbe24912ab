import { readDomain } from './domain.ts';

/** One dot-separated piece of what stands before the `@`: RFC 5321, with the letters of RFC 6531. */
const atom = /^[\p{L}\p{M}\p{N}!#$%&'*+\-/=?^_`{|}~]+$/u;

/**
 * An e-mail address in the one form in which it is kept and compared: lower-case, its domain in Unicode; `null` for what
 * is none. `+` addressing is kept.
 */
export function readEmail(text: string): string | null {
  const at = text.lastIndexOf('@');
  if (at < 1) return null;
  const local = text.slice(0, at).normalize('NFC').toLowerCase();
  const domain = readDomain(text.slice(at + 1));
  if (domain === null || Buffer.byteLength(local) > 64) return null;
  if (!local.split('.').every((piece) => atom.test(piece))) return null;
  const email = `${local}@${domain}`;
  return Buffer.byteLength(email) > 254 ? null : email;
}

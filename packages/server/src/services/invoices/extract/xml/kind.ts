import { childOf, type XmlElement } from './element.ts';

/** What a document is, by its root and not by its name. */
export type XmlKind =
  | { readonly type: 'ubl'; readonly root: XmlElement }
  | { readonly type: 'cii'; readonly root: XmlElement }
  | { readonly type: 'fatturapa'; readonly root: XmlElement }
  | { readonly type: 'fatturapa-simplified'; readonly root: XmlElement }
  /** A business document of a family that is read, but no invoice: an order, a reminder. */
  | { readonly type: 'not_an_invoice'; readonly what: string }
  | { readonly type: 'unknown'; readonly what: string };

export function kindOf(root: XmlElement): XmlKind {
  const { name, namespace } = root;
  if (namespace.startsWith(UBL)) {
    const ubl = UBL_INVOICES[name];
    return ubl !== undefined && namespace === `${UBL}${ubl}`
      ? { type: 'ubl', root }
      : { type: 'not_an_invoice', what: name };
  }
  if (name === 'CrossIndustryInvoice' || name === 'CrossIndustryDocument') return { type: 'cii', root };
  if (name === 'FatturaElettronica') return { type: 'fatturapa', root };
  if (name === 'FatturaElettronicaSemplificata') return { type: 'fatturapa-simplified', root };
  if (name === 'StandardBusinessDocument') return enveloped(root);
  if (namespace.startsWith('urn:un:unece:uncefact:')) return { type: 'not_an_invoice', what: name };
  return { type: 'unknown', what: name };
}

const UBL = 'urn:oasis:names:specification:ubl:schema:xsd:';
const UBL_INVOICES: Readonly<Record<string, string>> = { Invoice: 'Invoice-2', CreditNote: 'CreditNote-2' };

/** Peppol carries documents in an envelope, which some systems hand on unopened. */
function enveloped(root: XmlElement): XmlKind {
  const inside = root.children.find((child) => child.name !== 'StandardBusinessDocumentHeader');
  const nested =
    inside !== undefined && childOf(inside, 'StandardBusinessDocument') === undefined && inside.name !== root.name;
  return nested ? kindOf(inside) : { type: 'unknown', what: root.name };
}

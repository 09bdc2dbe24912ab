import type { SemanticInvoice } from './model.ts';

/** Which rules a document says that it follows. */
export type Profile =
  /** EN 16931 as it is. */
  | 'en16931'
  | 'xrechnung'
  | 'xrechnung_extension'
  | 'peppol'
  /** Factur-X and ZUGFeRD beyond the standard, and below it: the last two have no lines and are no invoices by it. */
  | 'extended'
  | 'basic_wl'
  | 'minimum'
  /** Italy's own, beside the standard. */
  | 'fatturapa'
  /** Older than the standard. */
  | 'other';

/** By BT-24, whose parts name the specification and the usages on top of it. */
export function profileOf({ syntax, specification }: SemanticInvoice): Profile {
  if (syntax === 'fatturapa') return 'fatturapa';
  if (syntax === 'zugferd-1') return 'other';
  const id = specification?.toLowerCase() ?? '';
  if (id.includes('extension:xrechnung')) return 'xrechnung_extension';
  if (id.includes('xrechnung')) return 'xrechnung';
  if (id.includes('poacc:billing:3')) return 'peppol';
  if (/:(basicwl|basic-wl|basic_wl)$/.test(id)) return 'basic_wl';
  if (/:minimum$/.test(id)) return 'minimum';
  if (/:extended$/.test(id)) return 'extended';
  return 'en16931';
}

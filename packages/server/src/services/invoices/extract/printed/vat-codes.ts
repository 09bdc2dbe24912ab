import { stdnum } from 'stdnum';
import type { Reading } from '../extraction.ts';
import { type Cell, cellOf, type Row } from '../page/rows.ts';
import type { LabelHit } from './find-labels.ts';
import { plain } from './lexicon.ts';
import { mendedByCheck } from './mend-recognised.ts';
import { confirmed, type PrintedDocument, readingOf } from './printed-document.ts';

export interface VatSeen {
  readonly reading: Reading;
  readonly cell: Cell;
  /** Whether the label says that it is the buyer's. */
  readonly buyers: boolean;
}

/** VAT numbers behind their labels, and those that no label announces but whose check digits hold. */
export function findVatCodes(document: PrintedDocument, hits: readonly LabelHit[], rows: readonly Row[]): VatSeen[] {
  const found: VatSeen[] = [];
  for (const hit of hits) {
    if ((hit.label !== 'vatCode' && hit.label !== 'buyerVatCode') || !rows.includes(hit.row)) continue;
    for (const value of hit.values) {
      const seen = vatIn(value, document, true);
      if (seen === null) continue;
      found.push({ reading: seen, cell: hit.cell, buyers: hit.label === 'buyerVatCode' });
      break;
    }
  }
  for (const row of rows) {
    for (const cell of row.cells) {
      const seen = vatIn(cell, document, false);
      if (seen !== null && !found.some(({ reading }) => reading.value === seen.value))
        found.push({ reading: seen, cell, buyers: false });
    }
  }
  return found;
}

function vatIn(cell: Cell, document: PrintedDocument, labelled: boolean): Reading | null {
  for (let from = 0; from < (labelled ? Math.min(2, cell.words.length) : cell.words.length); from++) {
    for (let to = Math.min(cell.words.length, from + 6); to > from; to--) {
      const words = cell.words.slice(from, to);
      const printed = words
        .map((word) => word.text)
        .join('')
        .replace(/[.,;:()\s-]/g, '')
        .toUpperCase();
      const code = withCountry(printed, document, labelled);
      if (code === null) continue;
      const holds = vatHolds(code);
      if (!holds && !(labelled && to === from + 1)) continue;
      const meant = holds || document.source === 'text' ? null : mendedByCheck(code, vatHolds);
      const reading = readingOf(meant ?? code, words, cellOf(words, cell.page).page, document, holds ? 0.95 : 0.6);
      return holds ? confirmed(reading) : reading;
    }
  }
  return null;
}

/** The country's letters are left out at home in Italy and Spain. */
function withCountry(printed: string, document: PrintedDocument, labelled: boolean): string | null {
  if (/^[A-Z]{2}[A-Z0-9]{2,13}$/.test(printed) && /\d{5}/.test(printed) && countries[printed.slice(0, 2)] !== undefined)
    return printed;
  if (!labelled) return null;
  const said = plain(document.rows.map((row) => row.text).join(' '));
  if (/^\d{11}$/.test(printed) && (document.language === 'it' || /\bp iva\b|\bpartita iva\b/.test(said)))
    return `IT${printed}`;
  if (/^[A-Z]\d{7}[A-Z0-9]$|^\d{8}[A-Z]$/.test(printed) && (document.language === 'es' || /\bnif\b|\bcif\b/.test(said)))
    return `ES${printed}`;
  return null;
}

/** Whether the check digits of the country hold. */
function vatHolds(code: string): boolean {
  const country = code.slice(0, 2);
  const check = countries[country];
  return check !== undefined && (check(code) || check(code.slice(2)));
}

type Check = (code: string) => boolean;

const by = (validator: { validate(value: string): { isValid: boolean } } | undefined): Check => {
  return (code) => validator?.validate(code).isValid === true;
};

const countries: Readonly<Record<string, Check>> = {
  AT: by(stdnum.AT?.uid),
  BE: by(stdnum.BE?.vat),
  BG: by(stdnum.BG?.vat),
  CY: by(stdnum.CY?.vat),
  CZ: by(stdnum.CZ?.dic),
  DE: by(stdnum.DE?.vat),
  DK: by(stdnum.DK?.cvr),
  EE: by(stdnum.EE?.kmkr),
  EL: by(stdnum.GR?.vat),
  ES: (code) => by(stdnum.ES?.cif)(code) || by(stdnum.ES?.dni)(code) || by(stdnum.ES?.nie)(code),
  FI: by(stdnum.FI?.alv),
  FR: by(stdnum.FR?.tva),
  GB: by(stdnum.GB?.vat),
  HR: by(stdnum.HR?.oib),
  HU: by(stdnum.HU?.anum),
  IE: by(stdnum.IE?.vat),
  IT: by(stdnum.IT?.iva),
  LT: by(stdnum.LT?.pvm),
  LU: by(stdnum.LU?.tva),
  LV: by(stdnum.LV?.pvn),
  MT: by(stdnum.MT?.vat),
  NL: by(stdnum.NL?.btw),
  PL: by(stdnum.PL?.nip),
  PT: by(stdnum.PT?.nif),
  RO: by(stdnum.RO?.cf),
  SE: by(stdnum.SE?.vat),
  SI: by(stdnum.SI?.ddv),
  SK: by(stdnum.SK?.dph),
};

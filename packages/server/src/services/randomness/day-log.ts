import { leafHash, nodeHash } from './merkle.ts';

/** A published day: an entry of the log (specification 3.7). */
export interface PublishedDay {
  /** `YYYY-MM-DD`, UTC. */
  readonly date: string;
  readonly root: string;
  readonly leafCount: number;
  readonly treeHeight: number;
  /** Unix milliseconds. */
  readonly publishedAt: number;
}

/** The text of a day in the log and in its signature. */
export function canonicalDay({ date, root, leafCount, treeHeight, publishedAt }: PublishedDay): string {
  return `${date}|${root}|${leafCount}|${treeHeight}|${publishedAt}`;
}

/**
 * The days as an append-only tree of RFC 6962, section 2.1: days that were once published can be shown to be in every
 * later tree, unchanged and in their place. Unlike a day's own tree, a node without a neighbour moves up as it is.
 */
export class DayLog {
  // levels[h][i] is the hash over entries i·2^h up to (i+1)·2^h; only full ones are kept.
  readonly #levels: string[][] = [[]];

  constructor(days: Iterable<PublishedDay> = []) {
    for (const day of days) this.append(day);
  }

  get size(): number {
    return this.#levels[0]?.length ?? 0;
  }

  append(day: PublishedDay): void {
    this.appendHash(leafHash(canonicalDay(day)));
  }

  /** Appends an entry whose leaf hash is known: 64 hexadecimal characters. */
  appendHash(entry: string): void {
    let node = entry;
    for (let height = 0; ; height++) {
      const level = this.#level(height);
      level.push(node);
      if (level.length % 2 === 1) return;
      node = nodeHash(level.at(-2) ?? '', node);
    }
  }

  /** MTH(D[size]): 64 hexadecimal characters. */
  root(size: number = this.size): string {
    this.#check(0, size);
    return size === 0 ? emptyRoot : this.#hash(0, size);
  }

  /** PATH(index, D[size]): hashes from the leaf upwards. */
  inclusionProof(index: number, size: number = this.size): string[] {
    if (index >= size) throw new RangeError(`no entry ${index} in a log of ${size}`);
    this.#check(index, size);
    return this.#path(index, 0, size);
  }

  /** PROOF(first, D[size]): that the first entries of both trees are the same. */
  consistencyProof(first: number, size: number = this.size): string[] {
    this.#check(first, size);
    return first === 0 || first === size ? [] : this.#subproof(first, 0, size, true);
  }

  #level(height: number): string[] {
    const level = this.#levels[height] ?? [];
    this.#levels[height] = level;
    return level;
  }

  #check(first: number, size: number): void {
    if (!Number.isInteger(first) || !Number.isInteger(size) || first < 0 || first > size || size > this.size) {
      throw new RangeError(`no ${first} of ${size} in a log of ${this.size}`);
    }
  }

  /** The hash over entries start up to end; start is a multiple of every power of two below end − start. */
  #hash(start: number, end: number): string {
    const size = end - start;
    const full = Math.log2(size);
    if (Number.isInteger(full)) return this.#levels[full]?.[start / size] ?? '';
    const middle = start + splitAt(size);
    return nodeHash(this.#hash(start, middle), this.#hash(middle, end));
  }

  #path(index: number, start: number, end: number): string[] {
    if (end - start === 1) return [];
    const middle = start + splitAt(end - start);
    return index < middle
      ? [...this.#path(index, start, middle), this.#hash(middle, end)]
      : [...this.#path(index, middle, end), this.#hash(start, middle)];
  }

  #subproof(first: number, start: number, end: number, known: boolean): string[] {
    if (first === end) return known ? [] : [this.#hash(start, end)];
    const middle = start + splitAt(end - start);
    return first <= middle
      ? [...this.#subproof(first, start, middle, known), this.#hash(middle, end)]
      : [...this.#subproof(first, middle, end, false), this.#hash(start, middle)];
  }
}

/** Whether a day is entry `index` of the log of `size` days with this root (RFC 9162, section 2.1.3.2). */
export function isIncluded(
  day: PublishedDay,
  index: number,
  size: number,
  proof: readonly string[],
  root: string,
): boolean {
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size) || index < 0 || index >= size) return false;
  let position = index;
  let last = size - 1;
  let node = leafHash(canonicalDay(day));
  for (const other of proof) {
    if (last === 0) return false;
    if (position % 2 === 1 || position === last) {
      node = nodeHash(other, node);
      while (position % 2 === 0 && position !== 0) [position, last] = [position / 2, half(last)];
    } else {
      node = nodeHash(node, other);
    }
    [position, last] = [half(position), half(last)];
  }
  return last === 0 && node === root;
}

/** Whether the log of `size` days continues that of its first `first` days (RFC 9162, section 2.1.4.2). */
export function isConsistent(
  first: number,
  size: number,
  firstRoot: string,
  root: string,
  proof: readonly string[],
): boolean {
  if (!Number.isSafeInteger(first) || !Number.isSafeInteger(size) || first < 0 || first > size) return false;
  if (first === 0) return proof.length === 0 && firstRoot === emptyRoot && (size > 0 || root === emptyRoot);
  if (first === size) return proof.length === 0 && firstRoot === root;
  let position = first - 1;
  let last = size - 1;
  while (position % 2 === 1) [position, last] = [half(position), half(last)];
  // A full tree is its own first node, and the proof leaves it out.
  const path = position === 0 ? [firstRoot, ...proof] : proof;
  let [oldNode = '', newNode = ''] = [path[0], path[0]];
  if (path.length === 0) return false;
  for (const other of path.slice(1)) {
    if (last === 0) return false;
    if (position % 2 === 1 || position === last) {
      oldNode = nodeHash(other, oldNode);
      newNode = nodeHash(other, newNode);
      while (position % 2 === 0 && position !== 0) [position, last] = [position / 2, half(last)];
    } else {
      newNode = nodeHash(newNode, other);
    }
    [position, last] = [half(position), half(last)];
  }
  return last === 0 && oldNode === firstRoot && newNode === root;
}

/** SHA-256 of nothing: the root of a log without entries. */
export const emptyRoot = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** The largest power of two below n. */
function splitAt(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

function half(n: number): number {
  return Math.floor(n / 2);
}

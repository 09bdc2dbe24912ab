/**
 * Checks of the randomness service, offline: outcomes, receipts, the daily trees and the log of days.
 *
 * This file imports nothing and shares no code with the server, which is its point: it is a second implementation of
 * the published derivation. It runs in Node, Deno, browsers and workers. No function throws; what cannot be read is
 * refused with a reason.
 *
 * @example
 * const verdict = verifyOutcome(outcome, revealed.serverSeed);
 * if (!verdict.ok) throw new Error(verdict.reason);
 */

/** A verdict: sound, or a sentence that says what does not hold. */
export type Verdict<T = unknown> = ({ readonly ok: true } & T) | { readonly ok: false; readonly reason: string };

/**
 * What was found to hold.
 * - `commitment`: the seed is the one whose hash was published
 * - `values`: the values follow from the seed, the client seed, the nonce and the parameters
 * - `receipt`: every field of the record is as it was when the server sealed it
 */
export type Check = 'commitment' | 'values' | 'receipt';

/** What an outcome of a shuffle or a pick does not repeat: the list that was sent. */
export interface Asked {
  readonly items?: readonly unknown[];
}

/** A receipt with all that it binds, as `receiptText` writes it. */
export interface Receipt {
  readonly shortId: string;
  readonly mode: 'live' | 'test';
  readonly endpoint: string;
  readonly clientSeed: string;
  readonly serverHash: string;
  readonly nonce: number;
  readonly cursor: number;
  /** Unix milliseconds. */
  readonly created: number;
  /** The canonical parameters of the generator. */
  readonly params: unknown;
  readonly outcome: unknown;
  /** 64 hexadecimal characters. */
  readonly receipt: string;
}

/**
 * Checks an outcome as the API answered it: the seed against the published hash, the values against the seed, and the
 * receipt where there is one. `toolMeta` and fields that this version does not know are bound by nothing.
 *
 * @param outcome the JSON of an outcome
 * @param serverSeed the seed that a rotation or a reveal made public
 * @param asked the items that were sent, for a shuffle or a pick
 * @example
 * verifyOutcome(outcome, serverSeed, { items: ['common', 'rare', 'legendary'] });
 */
export function verifyOutcome(
  outcome: unknown,
  serverSeed: unknown,
  asked: Asked = {},
): Verdict<{ readonly checked: readonly Check[] }> {
  return attempt(() => {
    const shown = objectAt(outcome, 'The outcome');
    const record = readOutcome(shown, asked);
    const checked = checkRecord(record, serverSeed);
    for (const [name, expected] of Object.entries({ ...record.draw.echo(), serverSeed })) {
      const isAbsent = name === 'serverSeed' && shown[name] === undefined;
      if (!Object.is(shown[name], expected) && !isAbsent) {
        refuse(`"${name}" is not what the other fields say.`);
      }
    }
    return { ok: true, checked };
  });
}

/**
 * Checks a receipt that was kept: the seed against its hash, the values against the seed, and the tag over every field.
 * Unknown and missing fields are refused.
 *
 * @param receipt the parsed JSON of a receipt
 * @param serverSeed the seed that a rotation or a reveal made public
 * @example
 * verifyReceipt(JSON.parse(text), serverSeed);
 */
export function verifyReceipt(receipt: unknown, serverSeed: unknown): Verdict<{ readonly checked: readonly Check[] }> {
  return attempt(() => ({ ok: true, checked: checkRecord(readReceipt(receipt), serverSeed) }));
}

/**
 * Checks a receipt's text, which must be spelled as `receiptText` spells it: one text for one receipt, so that nobody
 * can hold two that differ and are both sound.
 *
 * @example
 * verifyReceiptText(text, serverSeed);
 */
export function verifyReceiptText(text: unknown, serverSeed: unknown): Verdict<{ readonly checked: readonly Check[] }> {
  return attempt(() => {
    if (typeof text !== 'string') refuse('A receipt is a text.');
    const record = readReceipt(JSON.parse(text));
    if (writeReceipt(record) !== text) refuse('The receipt is not in canonical form: its text was changed.');
    return { ok: true, checked: checkRecord(record, serverSeed) };
  });
}

/**
 * The receipt of an outcome as one line of canonical JSON, to keep until the seed is revealed.
 *
 * @param asked the items that were sent, for a shuffle or a pick
 * @example
 * const kept = receiptText(outcome);
 */
export function receiptText(outcome: unknown, asked: Asked = {}): Verdict<{ readonly text: string }> {
  return attempt(() => {
    const record = readOutcome(objectAt(outcome, 'The outcome'), asked);
    if (record.receipt === null) refuse('The outcome has no receipt.');
    return { ok: true, text: writeReceipt(record) };
  });
}

/**
 * Checks that an outcome is a leaf of its day's tree, as `/api/merkle/{date}/proof/{outcomeId}` answers it. Compare
 * `root` with the published one; `verifySignedDay` checks that. The proof of a redacted outcome shows that some leaf is
 * in the tree, and not which record it stands for.
 *
 * @example
 * const verdict = verifyInclusion(proof);
 * if (verdict.ok && verdict.root === day.root) console.log('recorded on', verdict.date);
 */
export function verifyInclusion(
  proof: unknown,
): Verdict<{ readonly date: string; readonly root: string; readonly redacted: boolean }> {
  return attempt(() => {
    const given = objectAt(proof, 'The proof');
    const { date, outcomeId, index, leafCount, treeHeight, root, siblings } = given;
    const leaf = objectAt(given.leaf, '"leaf"');
    const redacted = given.redacted === true;
    if (typeof date !== 'string' || !isDate(date)) refuse('"date" is not a day such as 2026-05-24.');
    if (!isHash(root)) refuse('"root" is not a hash in lowercase hexadecimal.');
    if (!isCount(leafCount) || leafCount < 1) refuse('"leafCount" is not a number of leaves.');
    if (!isCount(index) || index >= leafCount) refuse('"index" is not the place of a leaf.');
    if (treeHeight !== heightOf(leafCount)) refuse('"treeHeight" is not the height of a tree of so many leaves.');
    if (!Array.isArray(siblings) || siblings.length !== treeHeight) refuse('There must be one sibling for each level.');
    let node = redacted ? redactedNode(leaf) : leafNode(leaf, date, outcomeId);
    let place = index;
    let last = leafCount - 1;
    for (const entry of siblings as unknown[]) {
      const { position, hash } = objectAt(entry, 'A sibling');
      if (!isHash(hash)) refuse("A sibling's hash is not in lowercase hexadecimal.");
      if (position !== (place % 2 === 1 ? 'left' : 'right')) refuse('A sibling stands on the wrong side of its node.');
      if (place === last && place % 2 === 0 && hash !== node) refuse('A last node must be paired with itself.');
      node = position === 'left' ? nodeOf(hash, node) : nodeOf(node, hash);
      place = Math.floor(place / 2);
      last = Math.floor(last / 2);
    }
    if (node !== root) refuse('The siblings do not lead from the leaf to the root.');
    return { ok: true, date, root, redacted };
  });
}

/** A state of the log of days. */
export interface LogState {
  /** Days in the log. */
  readonly logSize: number;
  readonly logRoot: string;
}

/**
 * Checks that a later state of the log of days continues an earlier one: no day was changed, removed or put in between
 * (RFC 6962, section 2.1.2).
 *
 * @param proof PROOF(earlier.logSize, D[later.logSize])
 * @example
 * verifyConsistency(rememberedHead, latestHead, proof);
 */
export function verifyConsistency(earlier: unknown, later: unknown, proof: unknown): Verdict {
  return attempt(() => {
    const old = readLogState(earlier, 'The earlier state');
    const young = readLogState(later, 'The later state');
    const path = readPath(proof);
    if (old.logSize > young.logSize) refuse('The log has become shorter.');
    if (old.logSize === 0 || old.logSize === young.logSize) {
      if (path.length > 0) refuse('The proof holds more hashes than it needs.');
      if (old.logSize === 0 && old.logRoot !== emptyRoot)
        refuse('The root of an empty log must be the hash of nothing.');
      if (old.logSize === young.logSize && old.logRoot !== young.logRoot)
        refuse('Two logs of one size have two roots.');
      return { ok: true };
    }
    let place = old.logSize - 1;
    let last = young.logSize - 1;
    for (; place % 2 === 1; place = half(place)) last = half(last);
    // A log of 2^k days is the first node of every later one, so its proof begins with what is known already.
    const [seed, ...rest] = place === 0 ? [old.logRoot, ...path] : path;
    if (seed === undefined) refuse('The proof is empty.');
    let oldNode = seed;
    let node = seed;
    for (const other of rest) {
      if (last === 0) refuse('The proof holds more hashes than it needs.');
      if (place % 2 === 1 || place === last) {
        oldNode = nodeOf(other, oldNode);
        node = nodeOf(other, node);
        for (; place !== 0 && place % 2 === 0; place /= 2) last = half(last);
      } else {
        node = nodeOf(node, other);
      }
      place = half(place);
      last = half(last);
    }
    if (last !== 0) refuse('The proof holds fewer hashes than it needs.');
    if (oldNode !== old.logRoot) refuse('The proof does not lead to the earlier root: the past was changed.');
    if (node !== young.logRoot) refuse('The proof does not lead to the later root.');
    return { ok: true };
  });
}

/**
 * Checks that a published day is entry `index` of the log of days (RFC 6962, section 2.1.1).
 *
 * @param proof PATH(index, D[state.logSize])
 * @example
 * verifyDayInLog(day, 17, proof, latestHead);
 */
export function verifyDayInLog(day: unknown, index: unknown, proof: unknown, state: unknown): Verdict {
  return attempt(() => {
    const { logSize, logRoot } = readLogState(state, 'The state of the log');
    if (!isCount(index) || index >= logSize) refuse('The index is not the place of a day in the log.');
    let node = hashText(`\0${dayText(day)}`);
    let place = index;
    let last = logSize - 1;
    for (const other of readPath(proof)) {
      if (last === 0) refuse('The proof holds more hashes than it needs.');
      if (place % 2 === 1 || place === last) {
        node = nodeOf(other, node);
        for (; place !== 0 && place % 2 === 0; place /= 2) last = half(last);
      } else {
        node = nodeOf(node, other);
      }
      place = half(place);
      last = half(last);
    }
    if (last !== 0 || node !== logRoot) refuse('The proof does not lead from the day to the root of the log.');
    return { ok: true };
  });
}

/**
 * Checks the signature over a published day and the log up to it, with the Ed25519 of WebCrypto.
 *
 * @param day a day with `logSize`, `logRoot` and `signature`
 * @param publicKey the server's key: 32 bytes, or 64 hexadecimal characters
 * @example
 * const verdict = await verifySignedDay(day, publicKey);
 */
export async function verifySignedDay(day: unknown, publicKey: unknown): Promise<Verdict> {
  const signed = attempt(() => {
    const { logSize, logRoot } = readLogState(day, 'The day');
    const { signature } = objectAt(day, 'The day');
    const message = `interlock-day/1\n${dayText(day)}|${logSize}|${logRoot}`;
    const key = typeof publicKey === 'string' && isHash(publicKey) ? bytesOfHex(publicKey) : publicKey;
    if (!(key instanceof Uint8Array) || key.length !== 32) refuse('The public key is not 32 bytes in hexadecimal.');
    if (typeof signature !== 'string' || !/^[0-9a-f]{128}$/.test(signature)) {
      refuse('"signature" is not 64 bytes in lowercase hexadecimal.');
    }
    return { ok: true, key: key.slice(), signature: bytesOfHex(signature), message: message };
  });
  if (!signed.ok) return signed;
  try {
    const { subtle } = globalThis.crypto;
    const key = await subtle.importKey('raw', signed.key, 'Ed25519', false, ['verify']);
    // Every field of the message has been read, and all of them are ASCII.
    const message = Uint8Array.from(signed.message, (character) => character.charCodeAt(0));
    const holds = await subtle.verify('Ed25519', key, signed.signature, message);
    return holds ? { ok: true } : { ok: false, reason: 'The signature does not belong to this day and key.' };
  } catch {
    return {
      ok: false,
      reason: 'The signature could not be checked: Ed25519 is missing here, or the key is not valid.',
    };
  }
}

// --- Records -------------------------------------------------------------------------------------------------------

/** A record whose every field has been read. */
interface Fields {
  readonly shortId: string;
  readonly mode: string;
  readonly endpoint: string;
  readonly clientSeed: string;
  readonly serverHash: string;
  readonly nonce: number;
  readonly cursor: number;
  readonly created: number;
  readonly draw: Draw;
  readonly outcome: unknown;
  readonly receipt: string | null;
}

const proved: readonly Check[] = ['commitment', 'values'];
const sealed: readonly Check[] = ['commitment', 'values', 'receipt'];

function checkRecord(record: Fields, serverSeed: unknown): readonly Check[] {
  const { clientSeed, serverHash, nonce, cursor, draw, outcome, receipt } = record;
  if (typeof serverSeed !== 'string' || !isHash(serverSeed)) {
    refuse('The server seed is not 64 characters of lowercase hexadecimal.');
  }
  setKey(serverSeed);
  if (keyHash !== serverHash) refuse('The server seed is not the one whose hash was published.');
  const shown = JSON.stringify(outcome);
  openStream(clientSeed, nonce, cursor);
  if (JSON.stringify(draw.values()) !== shown) refuse('The values do not follow from the seeds and the parameters.');
  if (receipt === null) return proved;
  const head = `"${record.shortId}","${record.mode}","${record.endpoint}",${JSON.stringify(clientSeed)},"${serverHash}"`;
  const message = `receipt/1\n[${head},${nonce},${cursor},${record.created},${draw.params},${shown}]`;
  if (authenticate(message) !== receipt) refuse('The receipt does not belong to this record: a field was changed.');
  return sealed;
}

const receiptFields = [
  'shortId',
  'mode',
  'endpoint',
  'clientSeed',
  'serverHash',
  'nonce',
  'cursor',
  'created',
  'params',
  'outcome',
  'receipt',
];

function readReceipt(value: unknown): Fields {
  const receipt = objectAt(value, 'The receipt');
  requireFields(receipt, receiptFields, 'The receipt');
  const draw = readDraw(receipt.endpoint, objectAt(receipt.params, '"params"'));
  if (!isHash(receipt.receipt)) refuse('"receipt" is not 64 characters of lowercase hexadecimal.');
  return { ...readCommon(receipt), draw, outcome: receipt.outcome, receipt: receipt.receipt };
}

function writeReceipt({ draw, outcome, receipt, ...record }: Fields): string {
  const { shortId, mode, endpoint, clientSeed, serverHash, nonce, cursor, created } = record;
  return (
    `{"shortId":"${shortId}","mode":"${mode}","endpoint":"${endpoint}","clientSeed":${JSON.stringify(clientSeed)},` +
    `"serverHash":"${serverHash}","nonce":${nonce},"cursor":${cursor},"created":${created},` +
    `"params":${draw.params},"outcome":${JSON.stringify(outcome)},"receipt":"${receipt}"}`
  );
}

function readOutcome(outcome: Readonly<Record<string, unknown>>, asked: Asked): Fields {
  if (outcome.redacted === true) refuse('The outcome is redacted; only its owner can check it.');
  const fields = readCommon(outcome);
  const draw = readDraw(outcome.endpoint, paramsOf(outcome, asked));
  const { receipt = null, permalink, outcomeId } = outcome;
  if (receipt !== null && !isHash(receipt)) refuse('"receipt" is not 64 characters of lowercase hexadecimal.');
  const [page] = typeof permalink === 'string' ? permalink.split('?', 1) : [];
  if (permalink !== undefined && page?.endsWith(`/o/${fields.shortId}`) !== true) {
    refuse('"permalink" is not the page of the short id.');
  }
  if (outcomeId !== undefined && outcomeId !== `${fields.clientSeed}:${fields.cursor}:${fields.nonce}`) {
    refuse('"outcomeId" is not clientSeed:cursor:nonce.');
  }
  return { ...fields, draw, outcome: outcome.outcome, receipt };
}

function readCommon(record: Readonly<Record<string, unknown>>) {
  const { shortId, mode, endpoint, clientSeed, serverHash, nonce, cursor, created } = record;
  if (typeof shortId !== 'string' || !/^[0-9A-Za-z]{4,32}$/.test(shortId)) refuse('"shortId" is not a short id.');
  if (mode !== 'live' && mode !== 'test') refuse('"mode" must be live or test.');
  if (typeof endpoint !== 'string') refuse('"endpoint" must be the name of a generator.');
  if (typeof clientSeed !== 'string' || clientSeed === '' || clientSeed.length > 256) {
    refuse('"clientSeed" must be a text of 1 to 256 bytes.');
  }
  if (!isHash(serverHash)) refuse('"serverHash" is not 64 characters of lowercase hexadecimal.');
  if (!isCount(nonce)) refuse('"nonce" must be a whole number of 0 or more.');
  if (!isCount(cursor)) refuse('"cursor" must be a whole number of 0 or more.');
  if (!isCount(created)) refuse('"created" must be a time in Unix milliseconds.');
  return { shortId, mode, endpoint, clientSeed, serverHash, nonce, cursor, created };
}

function paramsOf(outcome: Readonly<Record<string, unknown>>, { items }: Asked): Record<string, unknown> {
  const { endpoint, count } = outcome;
  switch (endpoint) {
    case 'ints': {
      const { min, max, unique } = outcome;
      return { count, min, max, ...(unique === undefined ? {} : { unique }) };
    }
    case 'shuffle':
    case 'pick': {
      if (items === undefined) refuse('Give the items that were sent: the outcome does not repeat them.');
      if (endpoint === 'shuffle') return { items };
      const { weights } = outcome;
      return { items, weights: Array.isArray(weights) ? weights.map(decimalOf) : weights };
    }
    case 'bytes':
      return { count, encoding: outcome.encoding };
    case 'dice':
      return { notation: objectAt(outcome.outcome, '"outcome"').notation };
    case 'gaussian': {
      const { distribution, mean, stddev, lambda } = outcome;
      return distribution === 'normal' ? { count, distribution, mean, stddev } : { count, distribution, lambda };
    }
    default:
      return { count };
  }
}

/** Only numbers under 10^-6 are written with an exponent here, and those are exact in 12 places. */
function decimalOf(weight: unknown): string | null {
  if (typeof weight !== 'number') return null;
  const text = String(weight);
  return text.includes('e') ? weight.toFixed(12).replace(/\.?0+$/, '') : text;
}

// --- Generators ----------------------------------------------------------------------------------------------------

interface Draw {
  /** The parameters as canonical JSON. */
  readonly params: string;
  /** Further fields of an outcome, once the values are drawn. */
  readonly echo: () => Readonly<Record<string, unknown>>;
  /** Draws from the stream that is open. */
  readonly values: () => unknown;
}

function readDraw(endpoint: unknown, params: Readonly<Record<string, unknown>>): Draw {
  switch (endpoint) {
    case 'floats': {
      const count = readCount(params, ['count'], 100);
      return {
        params: `{"count":${count}}`,
        echo: () => ({ count }),
        values: () => times(count, () => word() / 2 ** 32),
      };
    }
    case 'uuid': {
      const count = readCount(params, ['count'], 100);
      return { params: `{"count":${count}}`, echo: () => ({ count }), values: () => times(count, uuid) };
    }
    case 'ints':
      return readInts(params);
    case 'shuffle':
      return readShuffle(params);
    case 'pick':
      return readPick(params);
    case 'bytes':
      return readBytes(params);
    case 'dice':
      return readDice(params);
    case 'gaussian':
      return readGaussian(params);
    default:
      return refuse('"endpoint" is not the name of a generator.');
  }
}

function readInts(params: Readonly<Record<string, unknown>>): Draw {
  const fields = ['count', 'min', 'max'];
  const count = readCount(params, 'unique' in params ? [...fields, 'unique'] : fields, 100);
  const { min, max, unique } = params;
  if (!isCount(min) || !isCount(max) || max < 1) refuse('"min" and "max" must be whole numbers.');
  const size = max - min + 1;
  if (size < 1 || size > 2 ** 32) refuse('"min" to "max" must be a range of 1 to 2^32 integers.');
  const head = `{"count":${count},"min":${min},"max":${max}`;
  if (unique === undefined) {
    return { params: `${head}}`, echo: () => ({ count }), values: () => times(count, () => min + below(size)) };
  }
  if (unique !== true || count > size) refuse('"unique" must be true, for a range that holds enough integers.');
  return {
    params: `${head},"unique":true}`,
    echo: () => ({ count }),
    values: () => different(size, count).map((n) => min + n),
  };
}

/** The first steps of a shuffle of the whole range, from its front; only entries that were moved are remembered. */
function different(size: number, count: number): number[] {
  const moved: { place: number; value: number }[] = [];
  const at = (place: number) => moved.findLast((entry) => entry.place === place)?.value ?? place;
  return times(count, (i) => {
    const place = i + below(size - i);
    const value = at(place);
    moved.push({ place, value: at(i) });
    return value;
  });
}

function readShuffle(params: Readonly<Record<string, unknown>>): Draw {
  requireFields(params, ['items'], '"params"');
  const items = readItems(params.items);
  return {
    params: `{"items":${JSON.stringify(items)}}`,
    echo: () => ({ count: items.length }),
    values() {
      const order = [...items];
      for (let left = order.length; left > 1; left--) {
        const [taken] = order.splice(below(left), 1, order[left - 1]);
        order[left - 1] = taken;
      }
      return order;
    },
  };
}

function readPick(params: Readonly<Record<string, unknown>>): Draw {
  requireFields(params, ['items', 'weights'], '"params"');
  const items = readItems(params.items);
  const { weights } = params;
  const bounds = weights === null ? null : cumulate(weights, items.length);
  let index = 0;
  return {
    params: `{"items":${JSON.stringify(items)},"weights":${JSON.stringify(weights)}}`,
    echo: () => ({ count: 1, index }),
    values() {
      const last = bounds?.at(-1);
      index = bounds === null || last === undefined ? below(items.length) : firstAbove(bounds, below(last));
      return items[index];
    },
  };
}

/** The running sums of the weights, as whole numbers. */
function cumulate(weights: unknown, count: number): number[] {
  if (!Array.isArray(weights) || weights.length !== count) refuse('"weights" must hold one weight for each item.');
  let places = 0;
  for (const weight of weights as unknown[]) {
    if (typeof weight !== 'string' || weight.length > 29 || !/^(0|[1-9]\d*)(\.\d{0,11}[1-9])?$/.test(weight)) {
      refuse('A weight is not a plain decimal such as 2.5.');
    }
    if (weight.includes('.')) places = Math.max(places, weight.length - 1 - weight.indexOf('.'));
  }
  let sum = 0;
  const sums = (weights as string[]).map((weight) => {
    const [whole = '', fraction = ''] = weight.split('.');
    sum += Number(whole + fraction.padEnd(places, '0'));
    return sum;
  });
  if (sum < 1 || sum > Number.MAX_SAFE_INTEGER) refuse('The weights must sum to something that a number can hold.');
  return sums;
}

function firstAbove(bounds: readonly number[], value: number): number {
  return bounds.findIndex((bound) => bound > value);
}

function readBytes(params: Readonly<Record<string, unknown>>): Draw {
  const count = readCount(params, ['count', 'encoding'], 1024);
  const { encoding } = params;
  if (encoding !== 'hex' && encoding !== 'base64') refuse('"encoding" must be hex or base64.');
  return {
    params: `{"count":${count},"encoding":"${encoding}"}`,
    echo: () => ({ count, encoding }),
    values() {
      const bytes = times(count, byte);
      return encoding === 'hex' ? hexOf(bytes) : base64Of(bytes);
    },
  };
}

function readDice(params: Readonly<Record<string, unknown>>): Draw {
  requireFields(params, ['notation'], '"params"');
  const { notation } = params;
  const match =
    typeof notation === 'string' ? /^([1-9]\d{0,2})d([1-9]\d{0,6})([+-][1-9]\d{0,6})?$/.exec(notation) : null;
  const [count, sides, modifier] = [Number(match?.[1]), Number(match?.[2]), Number(match?.[3] ?? 0)];
  if (!(count <= 100 && sides >= 2 && sides <= 1e6 && Math.abs(modifier) <= 1e6)) {
    refuse('"notation" is not in canonical form, such as 3d6+2.');
  }
  return {
    params: `{"notation":"${notation}"}`,
    echo: () => ({ count, sides, modifier }),
    values() {
      const rolls = times(count, () => below(sides) + 1);
      return { notation, rolls, modifier, total: rolls.reduce((sum, roll) => sum + roll) + modifier };
    },
  };
}

function readGaussian(params: Readonly<Record<string, unknown>>): Draw {
  const { distribution } = params;
  const own = distribution === 'normal' ? ['mean', 'stddev'] : ['lambda'];
  const count = readCount(params, ['count', 'distribution', ...own], 100);
  for (const name of own) {
    const value = params[name];
    const least = name === 'mean' ? -1e12 : Number.MIN_VALUE;
    if (typeof value !== 'number' || !(value >= least && value <= 1e12)) refuse(`"${name}" is out of range.`);
  }
  const [mean, stddev, lambda] = [Number(params.mean), Number(params.stddev), Number(params.lambda)];
  const head = `{"count":${count},"distribution":"${distribution}"`;
  switch (distribution) {
    case 'normal':
      return {
        params: `${head},"mean":${JSON.stringify(mean)},"stddev":${stddev}}`,
        echo: () => ({ count, distribution }),
        values: () => normal(count, mean, stddev),
      };
    case 'exponential':
      return {
        params: `${head},"lambda":${lambda}}`,
        echo: () => ({ count, distribution }),
        values: () => times(count, () => rounded(Math.log(upTo1()) / -lambda)),
      };
    case 'poisson':
      if (lambda > 100) refuse('"lambda" must be at most 100 for a Poisson distribution.');
      return {
        params: `${head},"lambda":${lambda}}`,
        echo: () => ({ count, distribution }),
        values: () => times(count, () => poisson(lambda)),
      };
    default:
      return refuse('"distribution" must be normal, exponential or poisson.');
  }
}

function normal(count: number, mean: number, stddev: number): number[] {
  const both = times(Math.ceil(count / 2), () => {
    const r = Math.sqrt(-2 * Math.log(upTo1()));
    const angle = 2 * Math.PI * (word() / 2 ** 32);
    return [mean + stddev * (r * Math.cos(angle)), mean + stddev * (r * Math.sin(angle))];
  });
  return both.flat().slice(0, count).map(rounded);
}

function poisson(lambda: number): number {
  const limit = Math.exp(-lambda);
  let events = 0;
  for (let product = upTo1(); product > limit; product *= upTo1()) events++;
  return events;
}

function upTo1(): number {
  return (word() + 1) / 2 ** 32;
}

function rounded(value: number): number {
  return Number(value.toPrecision(12)) + 0;
}

function uuid(): string {
  const hex = hexOf(times(16, (i) => (i === 6 ? (byte() & 15) | 64 : i === 8 ? (byte() & 63) | 128 : byte())));
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** The high half of word · n; a word is thrown away while the low half is under 2^32 mod n. */
function below(n: number): number {
  if (n > 2 ** 32) return belowWide(BigInt(n));
  const least = 2 ** 32 % n;
  for (;;) {
    const drawn = word();
    const low = Math.imul(drawn, n) >>> 0;
    // A double holds the product to within 2^11, and 2^32 divides it once its exact low half is gone.
    if (low >= least) return Math.round((drawn * n - low) / 2 ** 32);
  }
}

function belowWide(n: bigint): number {
  for (;;) {
    const product = (BigInt(word()) * 2n ** 32n + BigInt(word())) * n;
    if (product % 2n ** 64n >= 2n ** 64n % n) return Number(product / 2n ** 64n);
  }
}

function times<T>(count: number, value: (index: number) => T): T[] {
  const values: T[] = [];
  for (let i = 0; i < count; i++) values.push(value(i));
  return values;
}

// --- The stream: HMAC-SHA256(serverSeed, clientSeed:nonce:round) -----------------------------------------------------

let key = '';
let keyHash = '';
const inner = new Int32Array(8);
const outer = new Int32Array(8);
const block = new Int32Array(8);
let prefix = '';
let round = 0;
let position = 32;

function openStream(clientSeed: string, nonce: number, cursor: number): void {
  prefix = `${clientSeed}:${nonce}:`;
  round = Math.floor(cursor / 32);
  position = cursor % 32;
  mac(block, prefix + round);
}

function byte(): number {
  if (position === 32) {
    round += 1;
    position = 0;
    mac(block, prefix + round);
  }
  const at = position++;
  return ((block[at >> 2] ?? 0) >>> (24 - 8 * (at & 3))) & 255;
}

function word(): number {
  if (position % 4 === 0 && position < 32) {
    position += 4;
    return (block[(position >> 2) - 1] ?? 0) >>> 0;
  }
  return byte() * 2 ** 24 + byte() * 2 ** 16 + byte() * 2 ** 8 + byte();
}

// --- SHA-256 (FIPS 180-4) and HMAC (RFC 2104) ------------------------------------------------------------------------

const rounds = new Int32Array([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98,
  0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
  0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8,
  0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
  0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819,
  0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
  0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
  0xc67178f2,
]);
const start = new Int32Array([
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
]);
const schedule = new Int32Array(64);
const state = new Int32Array(8);
const result = new Int32Array(8);
let text = new Uint8Array(4096);

/** SHA-256 of a text's UTF-8 bytes, in hexadecimal. */
function hashText(value: string): string {
  state.set(start);
  absorb(state, encode(value), 0);
  return hexOfWords(state);
}

/** SHA-256 of a one byte and two hashes, in hexadecimal. */
function nodeOf(left: string, right: string): string {
  text[0] = 1;
  text.set(bytesOfHex(left), 1);
  text.set(bytesOfHex(right), 33);
  state.set(start);
  absorb(state, 65, 0);
  return hexOfWords(state);
}

/**
 * Keys the HMAC: the states after the padded key are kept, so that no message pays for them again, nor the next outcome
 * of the same chain.
 */
function setKey(seed: string): void {
  if (seed === key) return;
  keyHash = hashText(seed);
  key = seed;
  for (const [after, pad] of [
    [inner, 0x36],
    [outer, 0x5c],
  ] as const) {
    for (let i = 0; i < 64; i++) text[i] = seed.charCodeAt(i) ^ pad;
    after.set(start);
    load(0);
    compress(after);
  }
}

function authenticate(message: string): string {
  mac(result, message);
  return hexOfWords(result);
}

function mac(into: Int32Array, message: string): void {
  state.set(inner);
  absorb(state, encode(message), 64);
  schedule.set(state);
  schedule.fill(0, 9, 15);
  schedule[8] = 0x80000000;
  schedule[15] = (64 + 32) * 8;
  into.set(outer);
  compress(into);
}

/** Writes UTF-8 into the shared buffer and returns its length; half a surrogate pair has none. */
function encode(value: string): number {
  if (value.length * 3 + 80 > text.length) text = new Uint8Array(value.length * 6 + 80);
  const bytes = text;
  let end = 0;
  for (let i = 0; i < value.length; i++) {
    let code = value.charCodeAt(i);
    if (code < 0x80) {
      bytes[end++] = code;
      continue;
    }
    if (code >= 0xd800 && code < 0xe000) {
      const next = value.charCodeAt(++i);
      if (code >= 0xdc00 || !(next >= 0xdc00 && next < 0xe000)) refuse('A text holds half of a surrogate pair.');
      code = 0x10000 + ((code & 0x3ff) << 10) + (next & 0x3ff);
      bytes[end++] = 0xf0 | (code >> 18);
      bytes[end++] = 0x80 | ((code >> 12) & 63);
    } else if (code >= 0x800) bytes[end++] = 0xe0 | (code >> 12);
    if (code >= 0x800) bytes[end++] = 0x80 | ((code >> 6) & 63);
    else bytes[end++] = 0xc0 | (code >> 6);
    bytes[end++] = 0x80 | (code & 63);
  }
  return end;
}

/** Takes the buffer's first bytes in, as the end of a message of which `before` bytes were taken in already. */
function absorb(into: Int32Array, length: number, before: number): void {
  const end = (length + 72) & ~63;
  text.fill(0, length, end);
  text[length] = 0x80;
  const bits = (before + length) * 8;
  for (let i = 1, rest = bits; rest > 0; i++, rest = Math.floor(rest / 256)) text[end - i] = rest % 256;
  for (let at = 0; at < end; at += 64) {
    load(at);
    compress(into);
  }
}

function load(at: number): void {
  const bytes = text;
  for (let i = 0, from = at; i < 16; i++, from += 4) {
    schedule[i] =
      ((bytes[from] ?? 0) << 24) |
      ((bytes[from + 1] ?? 0) << 16) |
      ((bytes[from + 2] ?? 0) << 8) |
      (bytes[from + 3] ?? 0);
  }
}

function compress(into: Int32Array): void {
  const w = schedule;
  for (let i = 16; i < 64; i++) {
    const early = w[i - 15] ?? 0;
    const late = w[i - 2] ?? 0;
    const s0 = ((early >>> 7) | (early << 25)) ^ ((early >>> 18) | (early << 14)) ^ (early >>> 3);
    const s1 = ((late >>> 17) | (late << 15)) ^ ((late >>> 19) | (late << 13)) ^ (late >>> 10);
    w[i] = ((w[i - 16] ?? 0) + s0 + (w[i - 7] ?? 0) + s1) | 0;
  }
  // Destructuring would iterate, which takes twice as long as all 64 rounds.
  let a = into[0] ?? 0;
  let b = into[1] ?? 0;
  let c = into[2] ?? 0;
  let d = into[3] ?? 0;
  let e = into[4] ?? 0;
  let f = into[5] ?? 0;
  let g = into[6] ?? 0;
  let h = into[7] ?? 0;
  for (let i = 0; i < 64; i++) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + (rounds[i] ?? 0) + (w[i] ?? 0)) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  into[0] = (into[0] ?? 0) + a;
  into[1] = (into[1] ?? 0) + b;
  into[2] = (into[2] ?? 0) + c;
  into[3] = (into[3] ?? 0) + d;
  into[4] = (into[4] ?? 0) + e;
  into[5] = (into[5] ?? 0) + f;
  into[6] = (into[6] ?? 0) + g;
  into[7] = (into[7] ?? 0) + h;
}

// --- Texts of bytes --------------------------------------------------------------------------------------------------

const hexPairs = times(256, (value) => value.toString(16).padStart(2, '0'));

function hexOfWords(words: Int32Array): string {
  let hex = '';
  for (let i = 0; i < 8; i++) {
    const value = words[i] ?? 0;
    hex += `${hexPairs[value >>> 24]}${hexPairs[(value >>> 16) & 255]}${hexPairs[(value >>> 8) & 255]}${hexPairs[value & 255]}`;
  }
  return hex;
}

function hexOf(bytes: readonly number[]): string {
  return bytes.map((value) => hexPairs[value]).join('');
}

function bytesOfHex(hex: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(hex.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(hex.slice(i * 2, i * 2 + 2), 16);
  return bytes;
}

function base64Of(bytes: readonly number[]): string {
  const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  let encoded = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const [first = 0, second, third] = bytes.slice(i, i + 3);
    const group = (first << 16) | ((second ?? 0) << 8) | (third ?? 0);
    const four = [18, 12, 6, 0].map((shift) => digits.charAt((group >> shift) & 63)).join('');
    encoded += second === undefined ? `${four.slice(0, 2)}==` : third === undefined ? `${four.slice(0, 3)}=` : four;
  }
  return encoded;
}

// --- Reading ---------------------------------------------------------------------------------------------------------

/** Ends a check; only `attempt` sees it. */
class Refused extends Error {}

function refuse(reason: string): never {
  throw new Refused(reason);
}

function attempt<T extends { readonly ok: true }>(check: () => T): T | { readonly ok: false; readonly reason: string } {
  try {
    return check();
  } catch (problem) {
    return { ok: false, reason: problem instanceof Refused ? problem.message : 'The input could not be read.' };
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function objectAt(value: unknown, what: string): Readonly<Record<string, unknown>> {
  return isObject(value) ? value : refuse(`${what} is not an object.`);
}

/** Exactly these fields, in any order. */
function requireFields(value: Readonly<Record<string, unknown>>, names: readonly string[], what: string): void {
  const missing = names.find((name) => !Object.hasOwn(value, name));
  if (missing !== undefined) refuse(`${what} has no field "${missing}".`);
  const present = Object.keys(value);
  if (present.length === names.length) return;
  refuse(`${what} has the unknown field "${present.find((name) => !names.includes(name))}".`);
}

function readCount(params: Readonly<Record<string, unknown>>, names: readonly string[], most: number): number {
  requireFields(params, names, '"params"');
  const { count } = params;
  if (!isCount(count) || count < 1 || count > most) refuse(`"count" must be a whole number from 1 to ${most}.`);
  return count;
}

function readItems(items: unknown): readonly unknown[] {
  if (!Array.isArray(items) || items.length < 1 || items.length > 1000) refuse('"items" must be a list of 1 to 1000.');
  return items as unknown[];
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && !Object.is(value, -0);
}

function isHash(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
}

function isDate(date: string): boolean {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(date) ? Date.parse(`${date}T00:00:00Z`) : Number.NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(date);
}

/** The leaf's hash, once its fields, its text and its hash are found to say the same. */
function leafNode(leaf: Readonly<Record<string, unknown>>, date: string, asked: unknown): string {
  const { outcomeId, serverHash, clientSeed, timestamp, canonical, hash } = leaf;
  if (typeof clientSeed !== 'string' || typeof outcomeId !== 'string' || !outcomeId.startsWith(`${clientSeed}:`)) {
    refuse('The leaf has no outcome id that begins with its client seed.');
  }
  if (!/^(0|[1-9]\d*):(0|[1-9]\d*)$/.test(outcomeId.slice(clientSeed.length + 1))) {
    refuse("The leaf's outcome id does not end with a cursor and a nonce.");
  }
  if (typeof asked !== 'string' || (asked !== outcomeId && !/^[0-9A-Za-z]{4,32}$/.test(asked))) {
    refuse('"outcomeId" is neither the id of the leaf nor a short id.');
  }
  if (!isHash(serverHash)) refuse("The leaf's server hash is not in lowercase hexadecimal.");
  if (!isCount(timestamp)) refuse("The leaf's timestamp is not a time in Unix milliseconds.");
  if (!new Date(timestamp).toISOString().startsWith(date)) refuse('The leaf belongs to another day.');
  if (canonical !== `${outcomeId}|${serverHash}|${clientSeed}|${timestamp}`) {
    refuse("The leaf's text is not what its fields say.");
  }
  const node = hashText(`\0${canonical}`);
  if (hash !== node) refuse("The leaf's hash is not that of its text.");
  return node;
}

function redactedNode({ hash }: Readonly<Record<string, unknown>>): string {
  return isHash(hash) ? hash : refuse("The leaf's hash is not in lowercase hexadecimal.");
}

function readLogState(value: unknown, what: string): LogState {
  const { logSize, logRoot } = objectAt(value, what);
  if (!isCount(logSize)) refuse(`${what} has no "logSize".`);
  if (!isHash(logRoot)) refuse(`${what} has no "logRoot" in lowercase hexadecimal.`);
  return { logSize, logRoot };
}

function readPath(proof: unknown): string[] {
  if (!Array.isArray(proof) || proof.length > 64 || !proof.every(isHash)) {
    refuse('A proof is a list of hashes in lowercase hexadecimal.');
  }
  return proof;
}

function dayText(day: unknown): string {
  const { date, root, leafCount, treeHeight, publishedAt } = objectAt(day, 'The day');
  if (typeof date !== 'string' || !isDate(date)) refuse('"date" is not a day such as 2026-05-24.');
  if (!isCount(leafCount) || !isCount(publishedAt)) refuse('"leafCount" and "publishedAt" must be whole numbers.');
  if (leafCount === 0 ? root !== '' : !isHash(root)) refuse('"root" is not the root of a tree of so many leaves.');
  if (treeHeight !== heightOf(leafCount)) refuse('"treeHeight" is not the height of a tree of so many leaves.');
  return `${date}|${root}|${leafCount}|${treeHeight}|${publishedAt}`;
}

function heightOf(leafCount: number): number {
  let height = 0;
  for (let width = 1; width < leafCount; width *= 2) height++;
  return height;
}

function half(value: number): number {
  return Math.floor(value / 2);
}

const emptyRoot = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** Claim (e): receipts are verified offline, fast, and no changed one is accepted. */
import { createHash, randomBytes } from 'node:crypto';
import { verifyReceiptText } from '../packages/client/src/verify.ts';
import { draw } from '../packages/server/src/services/randomness/draw.ts';
import { serverHashOf } from '../packages/server/src/services/randomness/fixtures.ts';
import { canonicalParameters, readDraw } from '../packages/server/src/services/randomness/parameters.ts';
import { newShortId, receiptDocument, receiptTag } from '../packages/server/src/services/randomness/receipt.ts';
import type { Endpoint } from '../packages/server/src/services/randomness/request.ts';
import { type BenchResult, print } from './support/result.ts';

const receiptCount = 1_000_000;
const batchSize = 10_000;
const drawsPerChain = 10;
const mutationCount = 100_000;
const maxSeconds = 20;

interface Kept {
  readonly text: string;
  readonly serverSeed: string;
}

export async function run(): Promise<BenchResult> {
  let verifying = 0;
  let hashing = 0;
  let sound = 0;
  let kept: Kept[] = [];
  // Receipts are made batch by batch, so that the memory they take is not what is measured.
  for (let first = 0; first < receiptCount; first += batchSize) {
    kept = makeReceipts(first);
    const started = performance.now();
    for (const { text, serverSeed } of kept) if (verifyReceiptText(text, serverSeed).ok) sound += 1;
    verifying += performance.now() - started;
    hashing += hashOnly(kept);
  }
  const accepted = countAccepted(kept);
  const seconds = verifying / 1000;
  return {
    claim: `receipts: ${receiptCount} receipts of every generator are verified offline, and no changed one is accepted`,
    figures: [
      { name: 'verified', value: sound, unit: 'receipts' },
      { name: 'time', value: seconds, unit: 's' },
      { name: 'rate', value: receiptCount / seconds, unit: 'receipts/s' },
      { name: 'baseline: node:crypto doing the same hashes and nothing else', value: hashing / 1000, unit: 's' },
      { name: 'one-bit mutations', value: mutationCount, unit: 'texts' },
      { name: 'false accepts', value: accepted, unit: 'texts' },
    ],
    ratio: verifying / hashing,
    bar: `at most ${maxSeconds} s, 0 false accepts`,
    passed: sound === receiptCount && seconds <= maxSeconds && accepted === 0,
  };
}

const requests: readonly (readonly [Endpoint, Record<string, unknown>])[] = [
  ['ints', { count: 3 }],
  ['floats', { count: 2 }],
  ['dice', { notation: '3d6+2' }],
  ['pick', { items: 'common,rare,legendary', weights: '94.3,5.1,0.6' }],
  ['shuffle', { items: 'a,b,c,d,e' }],
  ['bytes', {}],
  ['gaussian', { count: 2 }],
  ['uuid', {}],
];

function makeReceipts(first: number): Kept[] {
  const kept: Kept[] = [];
  let serverSeed = '';
  for (let i = first; i < first + batchSize; i++) {
    if (serverSeed === '' || i % drawsPerChain === 0) serverSeed = randomBytes(32).toString('hex');
    kept.push({ text: makeReceipt(i, serverSeed), serverSeed });
  }
  return kept;
}

function makeReceipt(i: number, serverSeed: string): string {
  const [endpoint, input] = requests[i % requests.length] ?? ['ints', {}];
  const reading = readDraw(endpoint, input);
  if (!reading.ok) throw new Error(reading.message);
  const position = { serverSeed, clientSeed: `player-${i}`, nonce: i % drawsPerChain, cursor: 0 };
  const fields = {
    shortId: newShortId(),
    mode: 'live' as const,
    endpoint,
    clientSeed: position.clientSeed,
    serverHash: serverHashOf(serverSeed),
    nonce: position.nonce,
    cursor: 0,
    created: 1_716_566_400_000 + i,
    params: canonicalParameters(reading.request),
    outcome: draw(reading.request, position).outcome,
  };
  return receiptDocument(fields, receiptTag(fields, serverSeed));
}

/**
 * What verification cannot do without, as two hashes for each HMAC and one for the commitment: nothing is parsed,
 * derived or compared.
 */
function hashOnly(kept: readonly Kept[]): number {
  const block = Buffer.alloc(96);
  const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest();
  const started = performance.now();
  for (const { text, serverSeed } of kept) {
    sha256(serverSeed);
    sha256(block);
    sha256(block);
    sha256(text);
    sha256(block);
  }
  return performance.now() - started;
}

function countAccepted(kept: readonly Kept[]): number {
  let accepted = 0;
  for (let i = 0; i < mutationCount; i++) {
    const { text, serverSeed } = kept[i % kept.length] ?? { text: '', serverSeed: '' };
    const bytes = Buffer.from(text);
    const bit = randomBytes(4).readUInt32BE() % (bytes.length * 8);
    bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    if (verifyReceiptText(bytes.toString(), serverSeed).ok) accepted += 1;
  }
  return accepted;
}

if (import.meta.main) print(await run());

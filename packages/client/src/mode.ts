import { ModeError } from './errors.ts';

export type Mode = 'live' | 'test';

/** How the keys of a service look. */
export interface KeyShape {
  /** Of which service, as a person reads it. */
  readonly service: string;
  readonly prefix: { readonly live: string; readonly test: string };
  /** Characters after the prefix, a checksum of six included. */
  readonly length: number;
}

/** What the text of a key says without asking anybody. */
export type KeyReading =
  | { readonly ok: true; readonly mode: Mode }
  | { readonly ok: false; readonly mode: Mode | null; readonly reason: string };

/** Reads the mode from the prefix of a key and holds its length and checksum against each other, offline. */
export function readKey(shape: KeyShape, key: unknown): KeyReading {
  const { prefix, length, service } = shape;
  if (typeof key !== 'string' || key === '') {
    return { ok: false, mode: null, reason: `There is no ${service} key; is its environment variable set?` };
  }
  const mode = modeOf(shape, key);
  if (mode === null) {
    return {
      ok: false,
      mode,
      reason: `This is not a ${service} key: those start with ${prefix.live} or ${prefix.test}.`,
    };
  }
  const body = key.slice(0, -checksumLength);
  if (key.length !== prefix[mode].length + length || checksum(body) !== key.slice(-checksumLength)) {
    return {
      ok: false,
      mode,
      reason: `The ${service} key is mistyped or cut off: its length or checksum does not hold.`,
    };
  }
  return { ok: true, mode };
}

/**
 * Throws unless a key is a whole key of the wanted mode; asks nobody, so it can be the first line of a program.
 *
 * @throws ModeError that says which key was found instead; never the key itself
 */
export function requireModeOf(shape: KeyShape, key: unknown, wanted: Mode): void {
  const reading = readKey(shape, key);
  if (!reading.ok) throw new ModeError(reading.reason);
  if (reading.mode !== wanted) {
    throw new ModeError(
      `This program insists on ${wanted} mode and was given a ${reading.mode} ${shape.service} key; use one that starts with ${shape.prefix[wanted]}.`,
    );
  }
}

function modeOf({ prefix }: KeyShape, key: string): Mode | null {
  const test = key.startsWith(prefix.test);
  const live = key.startsWith(prefix.live);
  // One prefix may begin with the other: the longer one is meant.
  if (test && live) return prefix.test.length > prefix.live.length ? 'test' : 'live';
  if (test) return 'test';
  return live ? 'live' : null;
}

const checksumLength = 6;
const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** CRC-32 (as in zip) as six base62 digits, most significant first. */
function checksum(text: string): string {
  let register = 0xffffffff;
  for (const byte of new TextEncoder().encode(text)) {
    register ^= byte;
    for (let bit = 0; bit < 8; bit++) register = register & 1 ? (register >>> 1) ^ 0xedb88320 : register >>> 1;
  }
  let rest = ~register >>> 0;
  let digits = '';
  for (let i = 0; i < checksumLength; i++) {
    digits = alphabet.charAt(rest % 62) + digits;
    rest = Math.floor(rest / 62);
  }
  return digits;
}

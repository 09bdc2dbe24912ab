import { Type } from 'typebox';
import { ApiError, addressGroup, rawOutput, StreamedBody } from '../../core/service.ts';
import { readGeneratorTexts } from './check-input.ts';
import { type Ctx, error, operation } from './contract.ts';
import { chainOwner, type Draw, drawLive } from './draw-live.ts';
import { drawFixture, nonceOf } from './draw-test.ts';
import { readRequest } from './generators.ts';
import { outcomeIdOf } from './merkle.ts';
import { type Outcome, publicOutcomeOfRow, type RedactedOutcome } from './outcome.ts';
import { canonicalParameters } from './parameters.ts';
import { findChain, listMissed } from './repository.ts';
import { isEndpoint } from './request.ts';

const maxStreamsPerAddress = 10;
const maxResent = 1_000;

const openStreams = new Map<string, number>();

/** A coordinate on a chain; the client seed may itself hold colons, so it is read from the right. */
interface ResumePoint {
  readonly clientSeed: string;
  readonly cursor: number;
  readonly nonce: number;
}

/** Outcomes as Server-Sent Events, one every interval (specification 3.4). */
export const stream = operation({
  id: 'randomness.stream',
  summary: 'Outcomes as Server-Sent Events, one every interval',
  description:
    'Takes the parameters of the generator besides its own. Each outcome counts as one draw. After a cut, `Last-Event-ID` goes on strictly after that outcome, none twice and none skipped.',
  tag: 'Random',
  method: 'GET',
  path: '/stream',
  scope: 'draw',
  headers: { lastEventId: 'last-event-id' },
  // The generator's own parameters are checked against the generator's schema, so they pass through here.
  input: Type.Object(
    {
      endpoint: Type.String({ description: 'Any generator.' }),
      intervalMs: Type.Integer({
        minimum: 100,
        maximum: 60_000,
        default: 1_000,
        description: 'Milliseconds from one outcome to the next.',
      }),
      lastEventId: Type.Optional(
        Type.String({
          description: '`clientSeed:cursor:nonce` of the last outcome seen; the header `Last-Event-ID` wins.',
        }),
      ),
    },
    { additionalProperties: true },
  ),
  output: rawOutput('text/event-stream', {
    description: 'Frames `outcome`, heartbeats as comments, and a last `done`.',
  }),
  errors: ['quota_exceeded', 'nonce_exhausted'],
  run: async (ctx, input) => {
    const { endpoint, intervalMs, lastEventId, ...params } = input;
    if (!isEndpoint(endpoint)) {
      throw error('invalid_request', '"endpoint" must be one of the generators, such as "ints".', {
        param: 'endpoint',
      });
    }
    const draw = readRequest(endpoint, readGeneratorTexts(endpoint, params as Record<string, string>));
    const point = readResumePoint(lastEventId, draw.clientSeed);
    const frames = ctx.mode === 'test' ? testFrames(ctx, draw, point) : liveFrames(ctx, draw, point);

    const release = occupy(addressGroup(ctx.address));
    // A client that is gone before the first byte never starts the writer, which would free the place otherwise.
    ctx.signal.addEventListener('abort', release, { once: true });
    try {
      // The first outcome is drawn before the stream opens, so that an exhausted quota is an ordinary refusal.
      const first = await frames.next();
      return new StreamedBody(
        'text/event-stream; charset=utf-8',
        write(ctx, first.value, frames, intervalMs, release),
        {
          'cache-control': 'no-store',
          'x-accel-buffering': 'no',
        },
      );
    } catch (refusal) {
      release();
      throw refusal;
    }
  },
});

interface Frame {
  /** `clientSeed:cursor:nonce`; a redacted frame keeps it to itself, so a resumed stream may send such a frame again. */
  readonly id: string | null;
  readonly outcome: Outcome | RedactedOutcome;
  readonly resent: boolean;
}

type Frames = AsyncGenerator<Frame, undefined>;

async function* liveFrames(ctx: Ctx, draw: Draw, point: ResumePoint | null): Frames {
  if (point !== null) {
    const request = { endpoint: draw.request.endpoint, params: canonicalParameters(draw.request) };
    const missed = await ctx.separately(async (inner) => {
      const chain = await findChain(inner.db, chainOwner(ctx), draw.clientSeed);
      // Going on from there would send outcomes that lie before the point.
      if (chain === undefined || point.nonce >= chain.nonce) throw notOfThisStream();
      return listMissed(inner.db, chainOwner(ctx), draw.clientSeed, point, request, maxResent);
    });
    for (const row of missed) {
      const outcome = publicOutcomeOfRow(ctx, row);
      yield { id: 'redacted' in outcome ? null : outcomeIdOf(outcome), outcome, resent: true };
    }
  }
  for (;;) {
    const outcome = await ctx.separately((inner) => drawLive(inner, draw));
    yield { id: outcomeIdOf(outcome), outcome, resent: false };
  }
}

async function* testFrames(ctx: Ctx, draw: Draw, point: ResumePoint | null): Frames {
  const first = nonceOf(draw.request);
  let step = 0;
  if (point !== null) {
    step = point.nonce - first + 1;
    if (step < 1 || step > maxSteps || point.cursor !== 0) throw notOfThisStream();
  }
  for (; ; step++) {
    const outcome = drawFixture(ctx, draw, step);
    yield { id: outcomeIdOf(outcome), outcome, resent: false };
  }
}

/** Frames are numbered from a nonce of 48 bits upwards; so many more stay exact integers. */
const maxSteps = 2 ** 40;

function notOfThisStream() {
  return error('invalid_request', 'The resume id is not one of this stream; leave it out to start anew.', {
    param: 'lastEventId',
  });
}

async function* write(
  ctx: Ctx,
  first: Frame | undefined,
  frames: Frames,
  everyMs: number,
  release: () => void,
): AsyncGenerator<string> {
  const openedAt = performance.now();
  const { streamMaxMs, streamHeartbeatMs: heartbeatMs } = ctx.settings;
  const endsAt = openedAt + streamMaxMs;
  let count = 0;
  let dueAt = openedAt;
  let heardAt = openedAt;
  let reason = 'max_duration';
  try {
    let frame = first;
    while (frame !== undefined) {
      yield textOf(frame);
      count++;
      heardAt = performance.now();
      if (!frame.resent) {
        // A reader that stalled is not sent all at once what it was too slow for.
        dueAt = Math.max(dueAt + everyMs, performance.now());
        while (performance.now() < Math.min(dueAt, endsAt)) {
          const now = performance.now();
          if (!(await pause(Math.min(dueAt, endsAt, heardAt + heartbeatMs) - now, ctx.signal))) return;
          if (performance.now() - heardAt >= heartbeatMs && performance.now() < dueAt) {
            yield `: heartbeat ${ctx.now()}\n\n`;
            heardAt = performance.now();
          }
        }
      }
      if (ctx.signal.aborted) return;
      if (performance.now() >= endsAt) break;
      const next = await nextFrame(frames);
      if (typeof next === 'string') {
        reason = next;
        break;
      }
      frame = next;
    }
    yield `event: done\ndata: ${JSON.stringify({ reason, count, durationMs: Math.round(performance.now() - openedAt) })}\n\n`;
  } finally {
    release();
    await frames.return(undefined);
  }
}

/** The next frame, or why there is none. */
async function nextFrame(frames: Frames): Promise<Frame | undefined | string> {
  try {
    return (await frames.next()).value;
  } catch (refusal) {
    if (refusal instanceof ApiError) return refusal.code;
    throw refusal;
  }
}

function textOf({ id, outcome }: Frame): string {
  if (id === null) return `event: outcome\ndata: ${JSON.stringify(outcome)}\n\n`;
  return `id: ${id}\nevent: outcome\ndata: ${JSON.stringify({ ...outcome, outcomeId: id })}\n\n`;
}

/** Waits; `false` when the client went away or the server stops. */
function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return Promise.resolve(false);
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      resolve(false);
    };
    const timer = setTimeout(
      () => {
        signal.removeEventListener('abort', end);
        resolve(true);
      },
      Math.max(0, ms),
    );
    signal.addEventListener('abort', end, { once: true });
  });
}

function occupy(address: string): () => void {
  const open = openStreams.get(address) ?? 0;
  if (open >= maxStreamsPerAddress) {
    throw error(
      'rate_limited',
      `At most ${maxStreamsPerAddress} streams may be open from one address; close one first.`,
      { retryAfter: 1 },
    );
  }
  openStreams.set(address, open + 1);
  let released = false;
  return () => {
    if (released) return;
    released = true;
    const left = (openStreams.get(address) ?? 1) - 1;
    if (left === 0) openStreams.delete(address);
    else openStreams.set(address, left);
  };
}

function readResumePoint(value: string | undefined, clientSeed: string): ResumePoint | null {
  if (value === undefined || value === '') return null;
  const match = /^(.+):(\d{1,16}):(\d{1,16})$/s.exec(value);
  const [cursor, nonce] = [Number(match?.[2]), Number(match?.[3])];
  if (match?.[1] === undefined || !Number.isSafeInteger(cursor) || !Number.isSafeInteger(nonce)) {
    throw error('invalid_request', 'A resume id has the form clientSeed:cursor:nonce.', { param: 'lastEventId' });
  }
  if (match[1] !== clientSeed) {
    throw error('invalid_request', `The resume id belongs to the client seed "${match[1]}", not to "${clientSeed}".`, {
      param: 'lastEventId',
    });
  }
  return { clientSeed, cursor, nonce };
}

import { Type } from 'typebox';
import { ApiError, StreamedBody } from '../../core/service.ts';
import { readGeneratorTexts } from './check-input.ts';
import { type Ctx, error, operation } from './contract.ts';
import { chainOwner, type Draw, drawLive } from './draw-live.ts';
import { drawFixture, nonceOf } from './draw-test.ts';
import { readRequest } from './generators.ts';
import { type Outcome, outcomeOfRow } from './outcome.ts';
import { canonicalParameters } from './parameters.ts';
import { listMissed } from './repository.ts';
import { isEndpoint } from './request.ts';

const heartbeatMs = 15_000;
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
      intervalMs: Type.Integer({ minimum: 100, maximum: 60_000, default: 1_000 }),
      lastEventId: Type.Optional(
        Type.String({
          description: '`clientSeed:cursor:nonce` of the last outcome seen; the header `Last-Event-ID` wins.',
        }),
      ),
    },
    { additionalProperties: true },
  ),
  output: Type.String({
    'x-content-type': 'text/event-stream',
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

    const release = occupy(ctx.address);
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

type Frames = AsyncGenerator<{ outcome: Outcome; resent: boolean }, undefined>;

async function* liveFrames(ctx: Ctx, draw: Draw, point: ResumePoint | null): Frames {
  if (point !== null) {
    const request = { endpoint: draw.request.endpoint, params: canonicalParameters(draw.request) };
    const missed = await ctx.separately((inner) =>
      listMissed(inner.db, chainOwner(ctx), draw.clientSeed, point, request, maxResent),
    );
    for (const row of missed) yield { outcome: outcomeOfRow(ctx, row), resent: true };
  }
  while (true) yield { outcome: await ctx.separately((inner) => drawLive(inner, draw)), resent: false };
}

async function* testFrames(ctx: Ctx, draw: Draw, point: ResumePoint | null): Frames {
  const first = nonceOf(draw.request);
  let step = 0;
  if (point !== null) {
    step = point.nonce - first + 1;
    if (step < 1) {
      throw error(
        'invalid_request',
        'The resume id is not one of this stream: its nonce lies before the first frame.',
        { param: 'lastEventId' },
      );
    }
  }
  for (; ; step++) yield { outcome: drawFixture(ctx, draw, step), resent: false };
}

async function* write(
  ctx: Ctx,
  first: { outcome: Outcome; resent: boolean } | undefined,
  frames: Frames,
  everyMs: number,
  release: () => void,
): AsyncGenerator<string> {
  const openedAt = performance.now();
  const endsAt = openedAt + ctx.settings.streamMaxMs;
  let count = 0;
  let dueAt = openedAt;
  let heardAt = openedAt;
  let reason = 'max_duration';
  try {
    let frame = first;
    while (frame !== undefined) {
      yield frameOf(frame.outcome);
      count++;
      heardAt = performance.now();
      if (!frame.resent) {
        dueAt += everyMs;
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
async function nextFrame(frames: Frames): Promise<{ outcome: Outcome; resent: boolean } | undefined | string> {
  try {
    return (await frames.next()).value;
  } catch (refusal) {
    if (refusal instanceof ApiError) return refusal.code;
    throw refusal;
  }
}

function frameOf(outcome: Outcome): string {
  const outcomeId = `${outcome.clientSeed}:${outcome.cursor}:${outcome.nonce}`;
  return `id: ${outcomeId}\nevent: outcome\ndata: ${JSON.stringify({ ...outcome, outcomeId })}\n\n`;
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

import { Type } from 'typebox';
import { refusedAs } from '../../core/service.ts';
import { type Ctx, error, operation } from './contract.ts';
import { formatInstant } from './instant.ts';
import { instant, nullable } from './schemas.ts';
import { type SloRow, sloOfAll, sloOfWorkspace } from './slo-repository.ts';

const targetMs = 300;
/** Fewer say nothing about a percentile. */
const leastSamples = 100;
const windowNames: Readonly<Record<number, string>> = { 1: '1h', 24: '24h', 168: '7d', 720: '30d' };

/** Anybody may ask for the published figures, and they are counted over everything. */
const cacheMs = 15_000;
const published = new WeakMap<object, { readonly at: number; readonly rows: Promise<readonly SloRow[]> }>();

const count = (description: string) => Type.Integer({ minimum: 0, description });
const milliseconds = (description: string) => nullable(Type.Number(), description);

const windowSchema = Type.Object({
  window: Type.String({ description: 'How far back it goes, by the instants that were asked for.' }),
  n: count('First attempts that count.'),
  p50_ms: milliseconds('Half of them were at least as fast.'),
  p95_ms: milliseconds('95 of 100 were.'),
  p99_ms: milliseconds('99 of 100 were; `null` with `met: false`: it is infinite.'),
  max_ms: milliseconds('The slowest.'),
  met: Type.Union([Type.Boolean(), Type.Literal('insufficient_data')], {
    description: 'Whether the p99 is within the target; fewer than 100 samples say nothing.',
  }),
  excluded: Type.Record(Type.String(), Type.Integer(), { description: 'What does not count, by reason.' }),
  unfiltered: Type.Object(
    {
      n: count('How many.'),
      p50_ms: milliseconds('The median.'),
      p95_ms: milliseconds('95 of 100.'),
      p99_ms: milliseconds('99 of 100.'),
      max_ms: milliseconds('The slowest.'),
    },
    { description: 'Over all first fires, without leaving any out.' },
  ),
  overdue_unfired: count('Due for a minute and not sent; they count as infinitely late.'),
  early_fires: count('Sent before their instant, which must not happen.'),
});

export const slo = operation({
  id: 'scheduler.slo',
  summary: 'How punctual the dispatch was',
  description:
    'The time from the instant that was asked for to the first byte out, over live first attempts. Without a key: of the whole installation, published for everybody, counted anew every few seconds. With `scope=project` and a live key: of this project.',
  tag: 'Project',
  method: 'GET',
  path: '/slo',
  scope: 'deliveries:read',
  anonymous: (query) => !/(?:^|&)scope=project(?:&|$)/.test(query),
  input: Type.Object({
    scope: refusedAs(
      'invalid_filter',
      Type.Optional(Type.Literal('project', { description: 'Of the project of the key.' })),
    ),
  }),
  output: Type.Object({
    object: Type.Literal('slo', { description: 'What this is.' }),
    name: Type.Literal('dispatch', { description: 'What is measured.' }),
    definition: Type.String({ description: 'How.' }),
    target_ms: Type.Integer({ description: 'What the p99 is held against.' }),
    generated_at: instant('When it was counted.'),
    windows: Type.Array(windowSchema, { description: 'The last hour, day, week and 30 days.' }),
  }),
  errors: ['slo_not_available_in_test_mode'],
  run: async (ctx, { scope }) => {
    if (scope === undefined) {
      const { at, rows } = askPublished(ctx);
      return view(await rows, at);
    }
    if (ctx.mode === 'test') {
      throw error('slo_not_available_in_test_mode', 'The SLO counts live deliveries only; ask with a live key.', {});
    }
    const now = ctx.now();
    return view(await sloOfWorkspace(ctx.db, now), now);
  },
});

/** The figures of a few seconds ago serve everybody who asks meanwhile. */
function askPublished(ctx: Ctx) {
  const now = ctx.now();
  const known = published.get(ctx.settings);
  if (known !== undefined && now >= known.at && now - known.at < cacheMs) return known;
  const asked = { at: now, rows: sloOfAll(ctx.db, now) };
  published.set(ctx.settings, asked);
  asked.rows.catch(() => published.delete(ctx.settings));
  return asked;
}

function view(rows: readonly SloRow[], now: number) {
  return {
    object: 'slo' as const,
    name: 'dispatch' as const,
    definition: 'p99 of fired_at - scheduled_for, live first attempts',
    target_ms: targetMs,
    generated_at: formatInstant(now),
    windows: rows.map(viewWindow),
  };
}

function viewWindow(row: SloRow) {
  const enough = row.n >= leastSamples;
  const shown = (ms: number | null) => (enough ? finite(ms) : null);
  return {
    window: windowNames[row.hours] ?? `${row.hours}h`,
    n: row.n,
    p50_ms: shown(row.p50_ms),
    p95_ms: shown(row.p95_ms),
    p99_ms: shown(row.p99_ms),
    max_ms: shown(row.max_ms),
    met: enough ? (row.p99_ms ?? Number.POSITIVE_INFINITY) <= targetMs : ('insufficient_data' as const),
    excluded: {
      retry: row.retries,
      reclaim: row.reclaims,
      rate_limit: row.rate_limit,
      breaker: row.breaker,
      catch_up: row.catch_up,
      coalesced: row.coalesced,
      dst_shifted: row.dst_shifted,
      replay: row.replay,
      resumed: row.resumed,
    },
    unfiltered: {
      n: row.all_n,
      p50_ms: finite(row.all_p50_ms),
      p95_ms: finite(row.all_p95_ms),
      p99_ms: finite(row.all_p99_ms),
      max_ms: finite(row.all_max_ms),
    },
    overdue_unfired: row.overdue_unfired,
    early_fires: row.early_fires,
  };
}

/** Microseconds are within the clocks' own error. */
function finite(ms: number | null): number | null {
  return ms === null || !Number.isFinite(ms) ? null : Math.round(ms * 1000) / 1000;
}

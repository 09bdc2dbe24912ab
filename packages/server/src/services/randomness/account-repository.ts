import { type Db, sql } from '../../core/service.ts';
import type { OutcomeRow } from './repository.ts';

const usageByDay = sql`
  select to_char(to_timestamp(created_ms / 1000) at time zone 'UTC', 'YYYY-MM-DD') as day, endpoint, count(*)::int as draws
  from randomness_outcomes where created_ms >= $1 and created_ms < $2 group by 1, 2 order by 1, 2`;

/** Live draws by UTC day and generator. */
export function listUsage(
  db: Db,
  fromMs: number,
  toMs: number,
): Promise<{ day: string; endpoint: string; draws: number }[]> {
  return db.rows(usageByDay, [fromMs, toMs]);
}

export interface ExportFilter {
  readonly fromMs: number;
  readonly toMs: number;
  readonly keyId: string | null;
  readonly endpoint: string | null;
  readonly clientSeed: string | null;
}

const newestFirst = sql`
  select short_id, client_seed, server_hash, nonce, cursor, endpoint, params, drawn, tool_meta, commit_id, receipt, created_ms
  from randomness_outcomes
  where created_ms >= $1 and created_ms < $2
    and ($3::text is null or key_id = $3) and ($4::text is null or endpoint = $4) and ($5::text is null or client_seed = $5)
    and ($6::bigint is null or (created_ms, short_id) < ($6::bigint, $7::text))
  order by created_ms desc, short_id desc limit $8`;

/** One page of the account's outcomes, strictly older than a given one. */
export function listForExport(
  db: Db,
  filter: ExportFilter,
  before: { createdMs: number; shortId: string } | null,
  limit: number,
): Promise<OutcomeRow[]> {
  return db.rows<OutcomeRow>(newestFirst, [
    filter.fromMs,
    filter.toMs,
    filter.keyId,
    filter.endpoint,
    filter.clientSeed,
    before?.createdMs ?? null,
    before?.shortId ?? null,
    limit,
  ]);
}

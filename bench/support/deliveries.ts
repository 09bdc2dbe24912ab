import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import pg from 'pg';
import type { BenchServer } from './server.ts';

/** Unix milliseconds with their fractions. */
export const now = (): number => performance.timeOrigin + performance.now();

export interface Arrival {
  readonly id: string;
  /** Arrival minus due instant, in milliseconds. */
  readonly lateMs: number;
  readonly at: number;
}

/** A receiver on these cores. Ids end in the due instant, `…-<Unix ms>`, so that it needs to know nothing else. */
export interface Sink {
  readonly url: string;
  readonly arrivals: Arrival[];
  /** Resolves when so many requests are in, or when none came for `patienceMs`. */
  until(requests: number, patienceMs?: number): Promise<void>;
  close(): Promise<void>;
}

export async function startSink(): Promise<Sink> {
  const arrivals: Arrival[] = [];
  const server = createServer((request, response) => {
    const at = now();
    const id = String(request.headers['sched-delivery-id'] ?? request.headers['x-due'] ?? '');
    arrivals.push({ id, at, lateMs: at - Number(id.slice(id.lastIndexOf('-') + 1)) });
    request.resume();
    request.on('end', () => response.end('ok'));
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    arrivals,
    async until(requests, patienceMs = 15_000) {
      let seen = arrivals.length;
      let since = now();
      while (arrivals.length < requests) {
        await new Promise((resolve) => setTimeout(resolve, 50));
        if (arrivals.length > seen) {
          seen = arrivals.length;
          since = now();
        } else if (now() - since > patienceMs) return;
      }
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}

/** Plants rows as the API would have written them, set by set: what is measured is what happens to them afterwards. */
export class Planter {
  readonly #client: pg.Client;
  readonly #workspaceId: string;

  private constructor(client: pg.Client, workspaceId: string) {
    this.#client = client;
    this.#workspaceId = workspaceId;
  }

  static async connect(owner: BenchServer['owner'], url: string, workspaceId = 'ws_bench'): Promise<Planter> {
    const client = new pg.Client(owner);
    await client.connect();
    await client.query(
      `insert into live.messages (workspace_id, id, url, method) values ($1, 'msg_bench', $2, 'POST') on conflict do nothing`,
      [workspaceId, url],
    );
    return new Planter(client, workspaceId);
  }

  /** Schedules that fall due in a year and later. */
  async stored(count: number): Promise<void> {
    for (let done = 0; done < count; done += 100_000) {
      await this.#insert(
        `select 'far-' || (i + $3::int) as id, now() + interval '1 year' + i * interval '1 s' as due
         from generate_series(1, $2::int) i`,
        [Math.min(100_000, count - done), done],
      );
    }
    await this.#client.query('vacuum analyze live.deliveries');
  }

  /** Deliveries spread evenly over a span, their due instants in their ids. */
  async due(count: number, from: number, spanMs: number, name: string): Promise<void> {
    await this.#insert(
      `select $3 || '-' || i || '-' || ms::bigint as id, to_timestamp(ms / 1000.0) as due
       from (select i, round($4::float8 + (i - 1) * $5::float8 / $2::int) as ms from generate_series(1, $2::int) i) s`,
      [count, name, from, spanMs],
    );
  }

  async query<Row>(text: string, values: unknown[] = []): Promise<Row[]> {
    return (await this.#client.query(text, values)).rows as Row[];
  }

  async close(): Promise<void> {
    await this.#client.end();
  }

  async #insert(rows: string, values: unknown[]): Promise<void> {
    await this.#client.query(
      `insert into live.deliveries (workspace_id, id, service, kind, source_id, message_id, scheduled_for, due_at, idempotency_key)
       select $1, id, 'notes', 'parcel', id, 'msg_bench', due, due, id from (${rows}) r`,
      [this.#workspaceId, ...values],
    );
  }
}

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { startSink } from './deliveries.ts';

/** A queue that lives on PostgreSQL, with settings that its documentation names. */
export interface Peer {
  readonly name: 'graphile-default' | 'graphile-latency' | 'pgboss-default' | 'pgboss-latency';
  readonly title: string;
  /** Jobs it can be asked for: by default pg-boss takes one every two seconds. */
  readonly most: number;
}

export const peers: readonly Peer[] = [
  { name: 'graphile-default', title: 'graphile-worker by default', most: 500 },
  { name: 'graphile-latency', title: 'graphile-worker polling every 10 ms', most: 500 },
  { name: 'pgboss-default', title: 'pg-boss by default (6 jobs)', most: 6 },
  { name: 'pgboss-latency', title: 'pg-boss polling every 0.5 s, batches of 500', most: 500 },
];

/** Has a peer send the same requests at instants spread over one second; how late each arrived, in milliseconds. */
export async function runPeer(peer: Peer, count: number): Promise<number[]> {
  const sink = await startSink();
  const jobs = Math.min(count, peer.most);
  const child = fork(fileURLToPath(new URL('./serve-peer.ts', import.meta.url)), [peer.name, sink.url, String(jobs)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const exited = once(child, 'exit');
  await sink.until(jobs, 40_000);
  child.disconnect();
  await exited;
  await sink.close();
  return sink.arrivals.map(({ lateMs }) => lateMs);
}

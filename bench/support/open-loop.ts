/** An open loop: requests leave at even distances whatever the answers do, and how late the caller itself is, is told apart. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type KeptWaiting, keptWaiting } from './kept-waiting.ts';
import type { BenchServer } from './server.ts';

export interface Phase extends KeptWaiting {
  /** From when a request was sent, or waited for a connection, to the last byte of its answer. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** From when it was due: with what the caller was late by itself. */
  readonly sinceDueP99Ms: number;
  readonly requests: number;
  readonly errors: number;
}

export interface Caller {
  /** Sends `perSecond` requests a second for so long, and waits for their answers. */
  run(perSecond: number, seconds: number): Promise<Phase>;
  close(): void;
}

interface Sending {
  readonly index: number;
  readonly at: number;
}

/**
 * Connects to a server. Texts over sockets and no client of HTTP: what a request costs here, on the same few cores, the
 * one after it waits for.
 *
 * @param request head and body
 * @param beginning of the body of a right answer, whose status is 200
 */
export async function openCaller(server: BenchServer, request: string, beginning: string): Promise<Caller> {
  const { hostname, port } = new URL(server.url);
  const free: ((sending: Sending) => void)[] = [];
  const waiting: Sending[] = [];
  let answered = (_sending: Sending, _isRight: boolean): void => {};
  const sockets = Array.from({ length: 64 }, () => {
    const socket = connect({ port: Number(port), host: hostname, noDelay: true });
    let current: Sending | undefined;
    let text = '';
    const send = (sending: Sending): void => {
      current = sending;
      socket.write(request, 'latin1');
    };
    socket.on('data', (bytes) => {
      text += bytes.toString('latin1');
      const head = text.indexOf('\r\n\r\n') + 4;
      const length = Number(/content-length: (\d+)/i.exec(text)?.[1]);
      if (current === undefined || head < 4 || text.length < head + length) return;
      answered(current, text.startsWith('HTTP/1.1 200') && text.startsWith(beginning, head));
      text = '';
      const next = waiting.shift();
      if (next === undefined) free.push(send);
      else send(next);
    });
    free.push(send);
    return socket;
  });
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));

  return {
    async run(perSecond, seconds) {
      const requests = perSecond * seconds;
      const times = new Float64Array(requests);
      const sinceDue = new Float64Array(requests);
      const waited = keptWaiting(server.pid);
      const started = performance.now();
      let missing = requests;
      let errors = 0;
      answered = ({ index, at }, isRight) => {
        const now = performance.now();
        times[index] = now - at;
        sinceDue[index] = now - dueAt(index);
        missing--;
        if (!isRight) errors++;
      };
      const dueAt = (index: number): number => started + (index * 1000) / perSecond;
      for (let index = 0; index < requests; ) {
        for (let now = performance.now(); index < requests && dueAt(index) <= now; index++) {
          const send = free.pop();
          const sending = { index, at: performance.now() };
          if (send === undefined) waiting.push(sending);
          else send(sending);
        }
        pause(dueAt(index) - performance.now());
        await new Promise<void>((resolve) => setImmediate(resolve));
      }
      while (missing > 0) await sleep(5);
      return {
        p50Ms: percentile(times.sort(), 0.5),
        p99Ms: percentile(times, 0.99),
        sinceDueP99Ms: percentile(sinceDue.sort(), 0.99),
        ...waited(),
        requests,
        errors,
      };
    },
    close() {
      for (const socket of sockets) socket.destroy();
    },
  };
}

const nothing = new Int32Array(new SharedArrayBuffer(4));

/**
 * Sleeps until the next request is due, and at most a quarter of a millisecond, for an answer may have come. A timer comes up
 * to two milliseconds late, and a loop that spins takes a core from the server.
 */
function pause(ms: number): void {
  if (ms > 0) Atomics.wait(nothing, 0, 0, Math.min(ms, 0.25));
}

function percentile(sorted: Float64Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

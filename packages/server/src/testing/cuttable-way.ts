import { connect, createServer, type Socket } from 'node:net';
import type { ClientConfig } from 'pg';

/** A way to the database that a test can cut: for the platform it is as if the server had gone. */
export interface CuttableWay {
  /** How to connect through it. */
  readonly owner: ClientConfig;
  /** Ends every connection and takes no further ones. */
  cut(): Promise<void>;
  restore(): Promise<void>;
  /** The next transaction in which this text is sent is committed, and its connection ends before that is heard of. */
  loseCommitOf(text: string): void;
  close(): Promise<void>;
}

export async function openCuttableWay(database: ClientConfig): Promise<CuttableWay> {
  const { host = '127.0.0.1', port = 5432 } = database;
  const sockets = new Set<Socket>();
  let lost: string | undefined;
  const server = createServer((socket) => {
    const upstream = host.startsWith('/') ? connect(`${host}/.s.PGSQL.${port}`) : connect(port, host);
    let isLost = false;
    socket.on('data', (sent) => {
      isLost ||= lost !== undefined && sent.includes(lost);
      if (!isLost || !sent.includes('commit; ')) return;
      lost = undefined;
      upstream.unpipe(socket);
      upstream.once('data', () => socket.destroy()).resume();
    });
    for (const [one, other] of [
      [socket, upstream],
      [upstream, socket],
    ] as const) {
      sockets.add(one);
      one.pipe(other);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
    }
  });
  const listen = (at: number) => new Promise<void>((resolve) => server.listen(at, '127.0.0.1', resolve));
  const cut = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  const loseCommitOf = (text: string) => {
    lost = text;
  };
  await listen(0);
  const address = server.address();
  const own = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    owner: { ...database, host: '127.0.0.1', port: own },
    cut,
    restore: () => listen(own),
    loseCommitOf,
    close: cut,
  };
}

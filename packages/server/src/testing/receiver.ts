import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as somebody else's server got it. */
export interface Received {
  readonly at: number;
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A real HTTP server that notes what it receives and answers as it is told; 200 unless told otherwise. */
export interface Receiver {
  readonly url: string;
  readonly received: Received[];
  /** How often anybody has connected, whether he sent anything or not. */
  readonly connections: () => number;
  /** Called for each request, once it is noted. */
  answer: (request: Received, response: ServerResponse) => void;
  /** Resolves when so many requests have come in all. */
  count(requests: number): Promise<void>;
  close(): Promise<void>;
}

export async function startReceiver(): Promise<Receiver> {
  let waiting: { requests: number; resolve: () => void }[] = [];
  const server: Server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const received = { at: Date.now(), method, url, headers, body };
      receiver.received.push(received);
      receiver.answer(received, response);
      waiting = waiting.filter(({ requests, resolve }) => {
        if (receiver.received.length < requests) return true;
        resolve();
        return false;
      });
    });
  });
  let connections = 0;
  server.on('connection', () => {
    connections++;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received: [],
    connections: () => connections,
    answer: (_, response) => response.end('ok'),
    count: (requests) =>
      receiver.received.length >= requests
        ? Promise.resolve()
        : new Promise((resolve) => waiting.push({ requests, resolve })),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return receiver;
}

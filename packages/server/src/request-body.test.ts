import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, request, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiError } from './core/errors.ts';
import { readBody, streamBody } from './request-body.ts';

const maxBytes = 1_000;
let server: Server;
let port: number;
/** What the server has heard of one connection, which is one request here. */
let heard = 0;
/** What became of the body that was read last. */
let outcome = '';
beforeAll(async () => {
  server = createServer((incoming, response) => {
    incoming.socket.on('close', () => {
      heard = incoming.socket.bytesRead;
    });
    const late =
      incoming.headers['x-read'] === 'late' ? new Promise((resolve) => incoming.once('close', resolve)) : null;
    const taken = Promise.resolve(late).then(() =>
      incoming.url === '/whole' ? readBody(incoming, maxBytes) : streamed(incoming),
    );
    taken.then(
      (body) => response.end(String(body.length)),
      (error: unknown) => {
        outcome = error instanceof ApiError ? error.code : String(error);
        response.writeHead(413).end(outcome);
      },
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
});
afterAll(() => server.close());

async function streamed(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of streamBody(incoming, maxBytes)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function send(path: string, agent: Agent) {
  const call = request({ port, host: '127.0.0.1', method: 'POST', path, agent });
  const answered = once(call, 'response').then(async ([response]: IncomingMessage[]) => ({
    status: response?.statusCode,
    said: response === undefined ? '' : await text(response),
  }));
  return { call, answered };
}

describe.each(['/whole', '/stream'])('a body without a length, at %s', (path) => {
  it('is read while it fits', async () => {
    const agent = new Agent({ keepAlive: true });
    const { call, answered } = send(path, agent);
    call.write('x'.repeat(600));
    call.end('x'.repeat(400));
    expect(await answered).toEqual({ status: 200, said: '1000' });
    agent.destroy();
  });

  it('is refused as soon as it does not, while its sender is still sending', async () => {
    const agent = new Agent({ keepAlive: true });
    const { call, answered } = send(path, agent);
    call.write('x'.repeat(1_001));
    // Nothing was ended: the answer comes all the same.
    expect(await answered).toEqual({ status: 413, said: 'body_too_large' });
    call.destroy();
    agent.destroy();
  });

  it('leaves the connection to the next request when it ends soon', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const first = send(path, agent);
    first.call.end('x'.repeat(1_000_000));
    expect(await first.answered).toEqual({ status: 413, said: 'body_too_large' });
    const second = send(path, agent);
    second.call.end('fits');
    expect(await second.answered).toEqual({ status: 200, said: '4' });
    expect(second.call.reusedSocket).toBe(true);
    agent.destroy();
  });

  it.each(['at once', 'late'])('that is cut off is refused when it is read %s', async (when) => {
    outcome = '';
    const socket = connect(port, '127.0.0.1');
    socket.end(`POST ${path} HTTP/1.1\r\nHost: localhost\r\nX-Read: ${when}\r\nContent-Length: 500\r\n\r\nhalf of it`);
    await expect.poll(() => outcome).toBe('malformed_body');
    socket.destroy();
  });

  it('cuts off whoever sends on for long, and keeps none of it', async () => {
    const socket = connect(port, '127.0.0.1');
    let said = '';
    socket.on('data', (bytes) => {
      said += bytes.toString('latin1');
    });
    const cut = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    // Cut off, the socket may say so.
    socket.on('error', () => {});
    socket.write(`POST ${path} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n`);
    const piece = Buffer.from(`40000\r\n${'x'.repeat(0x40000)}\r\n`);
    for (let sent = 0; !socket.destroyed && sent < 512 * 1024 * 1024; sent += piece.length) {
      if (!socket.write(piece)) await Promise.race([once(socket, 'drain').catch(() => {}), cut]);
    }
    await cut;
    expect(said).toMatch(/^HTTP\/1.1 413 .*body_too_large/s);
    expect(heard).toBeLessThan(20 * 1024 * 1024);
  });
});

import { createServer as createHttpServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import type { EgressPolicy } from '../dispatch/egress.ts';
import type { OutboundRequest, Transport, TransportError, TransportResult } from '../dispatch/transport.ts';
import { createHttpTransport, type HttpTransportOptions } from './http.ts';
import { authority, expired, selfSigned, signed } from './tls.fixture.ts';

const cleanUp: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

const lenient: EgressPolicy = { allowPrivateTargets: true, deniedHosts: [] };
const strict: EgressPolicy = { allowPrivateTargets: false, deniedHosts: [] };

function transportOf(options: Partial<HttpTransportOptions> = {}): Transport {
  const transport = createHttpTransport({
    clock: { now: () => Date.now() },
    policy: lenient,
    resolve: async () => ['127.0.0.1'],
    ...options,
  });
  cleanUp.push(() => transport.close());
  return transport;
}

const request = (url: string, change: Partial<OutboundRequest> = {}): OutboundRequest => ({
  method: 'POST',
  url,
  headers: {},
  body: '{"order":42}',
  timeoutMs: 5_000,
  ...change,
});

interface Receiver {
  readonly port: number;
  /** `http://receiver.test:port`. */
  readonly url: string;
  /** How many connections were made. */
  connections: number;
}

async function listen(
  server: Server,
  scheme: 'http' | 'https' = 'http',
  host = '127.0.0.1',
  port = 0,
): Promise<Receiver> {
  const sockets = new Set<Socket>();
  const receiver = { port: 0, url: '', connections: 0 };
  server.on('connection', (socket: Socket) => {
    receiver.connections++;
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
  receiver.port = (server.address() as AddressInfo).port;
  receiver.url = `${scheme}://receiver.test:${receiver.port}`;
  cleanUp.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return receiver;
}

const httpReceiver = (listener: RequestListener) => listen(createHttpServer(listener));

/** A receiver that writes whatever bytes it likes once a request has arrived. */
const rawReceiver = (answer: (socket: Socket, requestNumber: number) => void) => {
  let requests = 0;
  return listen(
    createServer((socket) => {
      socket.on('data', () => answer(socket, ++requests));
    }),
  );
};

const ok = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';

async function bytesOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function failed(result: TransportResult): Extract<TransportResult, { type: 'failure' }> {
  expect(result).toMatchObject({ type: 'failure' });
  return result as Extract<TransportResult, { type: 'failure' }>;
}

function answered(result: TransportResult): Extract<TransportResult, { type: 'response' }> {
  expect(result).toMatchObject({ type: 'response' });
  return result as Extract<TransportResult, { type: 'response' }>;
}

const tick = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Sends, and lets undici take its connection back, which it does a turn of the event loop after the answer. */
async function sendInTurn(transport: Transport, outbound: OutboundRequest): Promise<TransportResult> {
  const result = await transport.send(outbound);
  await tick(5);
  return result;
}

describe('a request', () => {
  it('arrives as it was given, and its answer comes back', async () => {
    const seen: { method?: string; url?: string; headers: IncomingMessage['headers']; body: string }[] = [];
    const receiver = await httpReceiver(async (message, response) => {
      const body = (await bytesOf(message)).toString();
      seen.push({
        ...(message.method && { method: message.method, url: message.url ?? '' }),
        headers: message.headers,
        body,
      });
      response.writeHead(201, { 'content-type': 'text/plain', 'x-request-id': 'r1', 'set-cookie': 'a=b' }).end('made');
    });
    const before = Date.now();
    const fired: number[] = [];
    const result = answered(
      await transportOf().send(
        request(`${receiver.url}/hooks/a%20b?x=1&y`, {
          headers: { 'X-Team': 'growth', 'Content-Type': 'application/json' },
          onFired: (at) => fired.push(at),
        }),
      ),
    );
    expect(seen).toMatchObject([
      {
        method: 'POST',
        url: '/hooks/a%20b?x=1&y',
        headers: {
          host: `receiver.test:${receiver.port}`,
          'x-team': 'growth',
          'content-type': 'application/json',
          'content-length': '12',
        },
        body: '{"order":42}',
      },
    ]);
    expect(seen[0]?.headers).not.toHaveProperty('user-agent');
    expect(result.status).toBe(201);
    expect(result.body).toBeNull();
    expect(result.headers).toMatchObject({ 'content-type': 'text/plain', 'x-request-id': 'r1' });
    expect(result.headers).not.toHaveProperty('set-cookie');
    expect(fired).toEqual([result.firedAt]);
    expect(result.firedAt).toBeGreaterThanOrEqual(before);
    expect(result.completedAt).toBeGreaterThanOrEqual(result.firedAt);
  });

  it.each<[OutboundRequest['method'], OutboundRequest['body'], string]>([
    ['GET', null, ''],
    ['GET', 'asked anyway', 'asked anyway'],
    ['DELETE', null, ''],
    ['DELETE', 'why', 'why'],
    ['POST', null, ''],
    ['POST', '', ''],
    ['PUT', 'a', 'a'],
    ['PATCH', 'b', 'b'],
  ])('can be %s with the body %j', async (method, body, arrived) => {
    const seen: string[] = [];
    const receiver = await httpReceiver(async (message, response) => {
      seen.push(`${message.method} ${(await bytesOf(message)).toString()}`);
      response.end();
    });
    const transport = transportOf();
    for (let round = 0; round < 2; round++) {
      expect(await transport.send(request(receiver.url, { method, body }))).toMatchObject({ status: 200 });
    }
    expect(seen).toEqual([`${method} ${arrived}`, `${method} ${arrived}`]);
  });

  it('carries its body byte for byte', async () => {
    const seen: Buffer[] = [];
    const receiver = await httpReceiver(async (message, response) => {
      seen.push(await bytesOf(message));
      response.end();
    });
    const transport = transportOf();
    const all = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    const text = '\u0000\u0001\r\n\ufeffü€😀\u{10ffff}\ud800';
    await transport.send(request(receiver.url, { body: all }));
    await transport.send(request(receiver.url, { body: text }));
    await transport.send(request(receiver.url, { body: Buffer.alloc(262_144, 'é') }));
    expect(seen).toEqual([all, Buffer.from(text, 'utf8'), Buffer.alloc(262_144, 'é')]);
  });

  it('reuses the connection of the one before', async () => {
    const receiver = await httpReceiver((_, response) => response.end());
    const transport = transportOf();
    for (let round = 0; round < 5; round++) await sendInTurn(transport, request(receiver.url));
    expect(receiver.connections).toBe(1);
  });

  it('does not wait for the answer to another', async () => {
    let held = () => {};
    const receiver = await httpReceiver((message, response) => {
      if (message.url === '/slow') held = () => response.end();
      else response.end();
    });
    const transport = transportOf();
    const slow = transport.send(request(`${receiver.url}/slow`));
    await Promise.all(Array.from({ length: 20 }, () => transport.send(request(receiver.url))));
    held();
    expect(await slow).toMatchObject({ status: 200 });
  });

  it.each<[string, Record<string, string>]>([
    ['a line break in a value', { 'X-A': 'a\r\nX-B: b' }],
    ['a lone line feed in a value', { 'X-A': 'a\nX-B: b' }],
    ['a character that becomes a line feed', { 'X-A': 'a\u010aX-B: b' }],
    ['a line break in a name', { 'X-A\r\nX-B': 'b' }],
    ['another host', { Host: 'internal.example' }],
    ['another length', { 'Content-Length': '1' }],
    ['another framing', { 'Transfer-Encoding': 'chunked' }],
    ['a hold on the connection', { Connection: 'upgrade' }],
    ['something for a proxy', { 'Proxy-Authorization': 'Basic eA==' }],
  ])('with %s in its headers is not sent', async (_, headers) => {
    const receiver = await httpReceiver((__, response) => response.end());
    const result = failed(await transportOf().send(request(receiver.url, { headers })));
    expect(result).toMatchObject({ error: 'invalid_header', firedAt: null });
    expect(receiver.connections).toBe(0);
  });
});

describe('an answer', () => {
  it('of 500 and then 200 on the same connection', async () => {
    const receiver = await rawReceiver((socket, number) =>
      socket.write(number === 1 ? 'HTTP/1.1 500 Oops\r\ncontent-length: 6\r\n\r\nbroken' : ok),
    );
    const transport = transportOf();
    expect(await sendInTurn(transport, request(receiver.url))).toMatchObject({ status: 500, body: 'broken' });
    expect(await transport.send(request(receiver.url))).toMatchObject({ status: 200, body: null });
    expect(receiver.connections).toBe(1);
  });

  it('of 429 keeps its Retry-After, a 503 its Sched-Retry', async () => {
    const receiver = await httpReceiver((message, response) => {
      if (message.url === '/a') response.writeHead(429, { 'Retry-After': '30' }).end('slow down');
      else response.writeHead(503, { 'Sched-Retry': 'false' }).end();
    });
    const transport = transportOf();
    expect(await transport.send(request(`${receiver.url}/a`))).toMatchObject({
      status: 429,
      headers: { 'retry-after': '30' },
      body: 'slow down',
    });
    expect(await transport.send(request(`${receiver.url}/b`))).toMatchObject({
      status: 503,
      headers: { 'sched-retry': 'false' },
      body: '',
    });
  });

  it.each([301, 302, 303, 307, 308])('of %d is not followed', async (status) => {
    const inside = await httpReceiver((_, response) => response.end('secret'));
    const receiver = await httpReceiver((_, response) =>
      response.writeHead(status, { location: `http://127.0.0.1:${inside.port}/` }).end(),
    );
    const result = await transportOf().send(request(receiver.url));
    expect(result).toMatchObject({ status, headers: { location: `http://127.0.0.1:${inside.port}/` } });
    expect(inside.connections).toBe(0);
  });

  it.each<[string, Buffer, string]>([
    ['text', Buffer.from('not här'), 'not här'],
    ['what is not UTF-8', Buffer.from([0x61, 0xff, 0xfe, 0x62]), 'a\ufffd\ufffdb'],
    ['a zero byte, which PostgreSQL cannot store', Buffer.from('a\u0000b'), 'a\ufffdb'],
    ['its first 4 KB', Buffer.alloc(10_000, 'x'), 'x'.repeat(4_096)],
    ['no half a character at the cut', Buffer.alloc(10_000, 'a€€'), `${'a€€'.repeat(585)}a`],
    ['half a character where it ends by itself', Buffer.from([0x61, 0xe2, 0x82]), 'a\ufffd'],
  ])('that is not 2xx keeps of its body %s', async (_, body, kept) => {
    const receiver = await httpReceiver((__, response) => response.writeHead(400).end(body));
    expect(answered(await transportOf().send(request(receiver.url))).body).toBe(kept);
  });

  it('keeps 16 headers at most, each of 1 KB', async () => {
    const receiver = await httpReceiver((_, response) => {
      response.setHeader('Server', 's'.repeat(5_000));
      response.setHeader('X-Request-Id', ['a', 'b']);
      for (let index = 0; index < 100; index++) response.setHeader(`X-${index}`, 'v');
      response.end();
    });
    const { headers } = answered(await transportOf().send(request(receiver.url)));
    expect(Object.keys(headers).length).toBeLessThanOrEqual(16);
    expect(headers).toMatchObject({ server: 's'.repeat(1_024), 'x-request-id': 'a, b' });
  });

  it('without an end is read for 64 KB, with memory bounded', async () => {
    let sent = 0;
    const receiver = await rawReceiver((socket) => {
      socket.removeAllListeners('data');
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 10737418240\r\n\r\n');
      const chunk = Buffer.alloc(65_536);
      const pump = () => {
        while (!socket.destroyed && socket.write(chunk)) sent += chunk.length;
        sent += chunk.length;
      };
      socket.on('drain', pump);
      pump();
    });
    const before = process.memoryUsage().rss;
    expect(await transportOf().send(request(receiver.url))).toMatchObject({ status: 200, body: null });
    // The rest are the buffers of the two sockets.
    expect(sent).toBeLessThan(50 * 1024 * 1024);
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024);
  });

  it.each([
    ['200 OK', 200, null],
    ['500 Oops', 500, 'part'],
  ])('of %s that never finishes counts as it began', async (line, status, body) => {
    const receiver = await rawReceiver((socket) => socket.write(`HTTP/1.1 ${line}\r\ncontent-length: 10\r\n\r\npart`));
    const transport = transportOf({ bodyTimeoutMs: 100 });
    expect(await transport.send(request(receiver.url))).toMatchObject({ status, body });
    // The connection is dropped: nothing may be read into the next answer.
    await transport.send(request(receiver.url));
    expect(receiver.connections).toBe(2);
  });

  it('that drips does not hold its connection for ever', async () => {
    const receiver = await rawReceiver((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n');
      const drip = setInterval(() => socket.write('.'), 20);
      socket.on('close', () => clearInterval(drip));
    });
    expect(await transportOf({ bodyTimeoutMs: 200 }).send(request(receiver.url))).toMatchObject({ status: 200 });
  });

  it.each([
    ['200 OK', 200, null],
    ['404 No', 404, 'part'],
  ])('of %s that is cut off counts as it began', async (line, status, body) => {
    const receiver = await rawReceiver((socket) =>
      socket.write(`HTTP/1.1 ${line}\r\ncontent-length: 10\r\n\r\npart`, () =>
        setTimeout(() => socket.resetAndDestroy(), 20),
      ),
    );
    expect(await transportOf().send(request(receiver.url))).toMatchObject({ type: 'response', status, body });
  });

  it('after "103 Early Hints" is the answer', async () => {
    const receiver = await rawReceiver((socket) => socket.write(`HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n${ok}`));
    expect(await transportOf().send(request(receiver.url))).toMatchObject({ status: 200 });
  });
});

describe('without an answer', () => {
  it.each<[string, (socket: Socket) => void, TransportError]>([
    ['a connection reset before headers', (socket) => socket.resetAndDestroy(), 'reset'],
    ['a connection closed before headers', (socket) => socket.end(), 'reset'],
    ['a connection closed within headers', (socket) => socket.end('HTTP/1.1 200 OK\r\nconte'), 'reset'],
    ['something that is not HTTP', (socket) => socket.write('SSH-2.0-OpenSSH_9.2\r\n'), 'protocol'],
    ['a status that is no number', (socket) => socket.write('HTTP/1.1 abc OK\r\n\r\n'), 'protocol'],
    ['a broken length', (socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: -5\r\n\r\n'), 'protocol'],
    [
      'two framings at once',
      (socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\nok'),
      'protocol',
    ],
    ['a header without a name', (socket) => socket.write('HTTP/1.1 200 OK\r\n: x\r\n\r\n'), 'protocol'],
    ['headers of 100 KB', (socket) => socket.write(`HTTP/1.1 200 OK\r\nx: ${'a'.repeat(100_000)}\r\n\r\n`), 'protocol'],
    [
      'headers without an end',
      (socket) => {
        const drip = setInterval(() => socket.write(`x-${'a'.repeat(2_000)}: b\r\n`), 1);
        socket.on('close', () => clearInterval(drip)).write('HTTP/1.1 200 OK\r\n');
      },
      'protocol',
    ],
    ['1xx only', (socket) => socket.end('HTTP/1.1 103 Early Hints\r\n\r\n'), 'protocol'],
    ['100 Continue, which nobody asked for', (socket) => socket.write('HTTP/1.1 100 Continue\r\n\r\n'), 'protocol'],
    [
      'another protocol, which nobody asked for',
      (socket) => socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\n'),
      'protocol',
    ],
  ])('%s', async (_, misbehave, error) => {
    let behaves = false;
    const receiver = await rawReceiver((socket) => (behaves ? socket.write(ok) : misbehave(socket)));
    const transport = transportOf();
    const result = failed(await transport.send(request(receiver.url)));
    expect(result.error).toBe(error);
    expect(result.firedAt).not.toBeNull();
    expect(result.message).toMatch(/^[A-Z].*\.$/);
    // Whatever was left on that connection is not taken for the next answer, and connections are reused again.
    behaves = true;
    for (let round = 0; round < 3; round++)
      expect(await sendInTurn(transport, request(receiver.url))).toMatchObject({ status: 200 });
    expect(receiver.connections).toBe(2);
  });

  it('a refused connection', async () => {
    const receiver = await httpReceiver(() => {});
    await cleanUp.pop()?.();
    const result = failed(await transportOf().send(request(receiver.url)));
    expect(result).toMatchObject({ error: 'connect', firedAt: null });
    expect(result.message).toContain('ECONNREFUSED');
  });

  it('headers that never come', async () => {
    const receiver = await rawReceiver(() => {});
    const result = failed(await transportOf().send(request(receiver.url, { timeoutMs: 150 })));
    expect(result).toMatchObject({ error: 'timeout', message: 'No response within 0.15 s.' });
    expect(result.firedAt).not.toBeNull();
  });

  it('1xx for ever', async () => {
    const receiver = await rawReceiver((socket) => {
      const drip = setInterval(() => socket.write('HTTP/1.1 102 Processing\r\n\r\n'), 10);
      socket.on('close', () => clearInterval(drip));
    });
    expect(await transportOf().send(request(receiver.url, { timeoutMs: 150 }))).toMatchObject({ error: 'timeout' });
  });

  it('each after its own time', async () => {
    const receiver = await rawReceiver(() => {});
    const transport = transportOf();
    const order: number[] = [];
    await Promise.all(
      [300, 100, 200].map(async (timeoutMs) => {
        await transport.send(request(receiver.url, { timeoutMs }));
        order.push(timeoutMs);
      }),
    );
    expect(order).toEqual([100, 200, 300]);
  });

  it('an answer that comes too late is not taken for the next', async () => {
    const receiver = await rawReceiver((socket, number) => {
      if (number === 1) setTimeout(() => socket.write('HTTP/1.1 500 Late\r\ncontent-length: 0\r\n\r\n'), 100);
      else setTimeout(() => socket.write(ok), 150);
    });
    const transport = transportOf();
    expect(await transport.send(request(receiver.url, { timeoutMs: 50 }))).toMatchObject({ error: 'timeout' });
    expect(await transport.send(request(receiver.url))).toMatchObject({ status: 200 });
  });
});

describe('TLS', () => {
  const https = (certificate: { cert: string; key: string }) =>
    listen(
      createHttpsServer(certificate, (_, response) => response.end()),
      'https',
    );

  it('works with a certificate of a known authority, whose name the server is asked for', async () => {
    const names: (string | false | null)[] = [];
    const server = createTlsServer(signed, (socket) => {
      names.push(socket.servername);
      socket.on('error', () => {}).on('data', () => socket.write(ok));
    });
    const receiver = await listen(server, 'https');
    const transport = transportOf({ ca: authority });
    for (let round = 0; round < 3; round++)
      expect(await sendInTurn(transport, request(receiver.url))).toMatchObject({ status: 200 });
    expect(names).toEqual(['receiver.test']);
  });

  it.each<[string, { cert: string; key: string }, string, RegExp]>([
    ['signed by itself', selfSigned, 'receiver.test', /SELF_SIGNED/],
    ['that has expired', expired, 'receiver.test', /EXPIRED/],
    ['for another name', signed, 'other.test', /ALTNAME/],
  ])('refuses a certificate %s', async (_, certificate, name, code) => {
    const receiver = await https(certificate);
    const transport = transportOf({ ca: authority });
    const url = `https://${name}:${receiver.port}/`;
    const results = await Promise.all([transport.send(request(url)), transport.send(request(url))]);
    for (const result of [...results, await transport.send(request(url))]) {
      expect(failed(result)).toMatchObject({ error: 'tls', firedAt: null });
      expect(failed(result).message).toMatch(code);
    }
  });

  it('is not switched off by the environment', async () => {
    const before = process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    try {
      const receiver = await https(selfSigned);
      expect(await transportOf().send(request(receiver.url))).toMatchObject({ error: 'tls' });
    } finally {
      if (before === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
      else process.env.NODE_TLS_REJECT_UNAUTHORIZED = before;
    }
  });

  it('to a port without it fails', async () => {
    const receiver = await httpReceiver((_, response) => response.end());
    const result = await transportOf().send(request(`https://receiver.test:${receiver.port}/`));
    expect(result).toMatchObject({ type: 'failure', error: 'tls', firedAt: null });
  });

  it('that is cut off in the handshake fails', async () => {
    const receiver = await listen(createServer((socket) => socket.on('data', () => socket.destroy())));
    const result = await transportOf().send(request(`https://receiver.test:${receiver.port}/`));
    expect(result).toMatchObject({ type: 'failure', error: 'tls', firedAt: null });
  });

  it('that never shakes hands times out', async () => {
    const receiver = await listen(createServer(() => {}));
    const transport = transportOf({ connectTimeoutMs: 150 });
    const result = await transport.send(request(`https://receiver.test:${receiver.port}/`));
    expect(result).toMatchObject({ error: 'timeout', firedAt: null, message: 'No connection within 0.15 s.' });
  });
});

describe('the door to the network', () => {
  it('fails with dns when a name means nothing', async () => {
    const transport = transportOf({ resolve: () => Promise.reject(new Error('ENOTFOUND')) });
    expect(await transport.send(request('http://nowhere.test/'))).toMatchObject({ error: 'dns', firedAt: null });
  });

  it('does not wait for name servers longer than for a connection', async () => {
    const transport = transportOf({ resolve: () => new Promise(() => {}), connectTimeoutMs: 100 });
    expect(await transport.send(request('http://silent.test/'))).toMatchObject({ error: 'timeout', firedAt: null });
  });

  it.each([
    ['a loopback address', ['127.0.0.1']],
    ['a private address among public ones', ['93.184.216.34', '10.0.0.1']],
    ['the address of a metadata service', ['169.254.169.254']],
    ['a mapped loopback address', ['::ffff:127.0.0.1']],
    ['what is no address', ['localhost']],
  ])('opens nothing to a name that means %s', async (_, addresses) => {
    const receiver = await https443();
    const transport = transportOf({ policy: strict, resolve: async () => addresses });
    const result = await transport.send(request(`https://rebound.test:${receiver.port}/`));
    expect(result).toMatchObject({ error: 'url_blocked', firedAt: null });
    expect(receiver.connections).toBe(0);
  });

  const https443 = () =>
    listen(
      createHttpsServer(signed, (_, response) => response.end()),
      'https',
    );

  it.each(['https://127.0.0.1:8443/', 'https://[::1]:8443/', 'https://localhost:8443/', 'http://receiver.test/'])(
    'opens nothing to %s',
    async (url) => {
      let asked = 0;
      const resolve = async () => {
        asked++;
        return ['127.0.0.1'];
      };
      const result = await transportOf({ policy: strict, resolve }).send(request(url));
      expect(result).toMatchObject({ error: 'url_blocked', firedAt: null });
      expect(asked).toBe(0);
    },
  );

  it('connects to the address that was checked, though the name has come to mean another', async () => {
    const inside = await listen(createHttpServer((_, response) => response.end('secret')));
    const outside = await listen(
      createHttpServer((_, response) => response.setHeader('connection', 'close').end()),
      'http',
      '::1',
      inside.port,
    );
    const answers = [['::1'], ['127.0.0.1']];
    let asked = 0;
    const transport = transportOf({
      policy: { allowPrivateTargets: true, deniedHosts: [`127.0.0.1:${inside.port}`] },
      resolve: async () => answers[Math.min(asked++, 1)] ?? [],
    });
    expect(await transport.send(request(outside.url))).toMatchObject({ status: 200 });
    expect(asked).toBe(1);
    expect(await transport.send(request(outside.url))).toMatchObject({ error: 'url_blocked' });
    expect(outside.connections).toBe(1);
    expect(inside.connections).toBe(0);
  });

  it('refuses all answers for one that is forbidden', async () => {
    const inside = await listen(createHttpServer((_, response) => response.end()));
    const transport = transportOf({
      policy: { allowPrivateTargets: true, deniedHosts: [`127.0.0.1:${inside.port}`] },
      resolve: async () => ['::1', '127.0.0.1'],
    });
    expect(await transport.send(request(inside.url))).toMatchObject({ error: 'url_blocked' });
    expect(inside.connections).toBe(0);
  });

  it('tries the next address when one does not answer', async () => {
    const receiver = await httpReceiver((_, response) => response.end());
    const transport = transportOf({ resolve: async () => ['::1', '127.0.0.1'] });
    expect(await transport.send(request(receiver.url))).toMatchObject({ status: 200 });
  });

  it('asks once for many connections at the same time', async () => {
    let asked = 0;
    const receiver = await httpReceiver((_, response) => setTimeout(() => response.end(), 50));
    const transport = transportOf({
      resolve: async () => {
        asked++;
        await tick(20);
        return ['127.0.0.1'];
      },
    });
    await Promise.all(Array.from({ length: 20 }, () => transport.send(request(receiver.url))));
    expect(receiver.connections).toBe(20);
    expect(asked).toBe(1);
  });

  it('uses no proxy of the environment', async () => {
    const proxy = await httpReceiver((_, response) => response.writeHead(502).end());
    const receiver = await httpReceiver((_, response) => response.end());
    const names = [
      'HTTP_PROXY',
      'http_proxy',
      'HTTPS_PROXY',
      'https_proxy',
      'ALL_PROXY',
      'all_proxy',
      'NODE_USE_ENV_PROXY',
    ];
    const before = names.map((name) => [name, process.env[name]] as const);
    for (const name of names)
      process.env[name] = name === 'NODE_USE_ENV_PROXY' ? '1' : `http://127.0.0.1:${proxy.port}`;
    try {
      expect(await transportOf().send(request(receiver.url))).toMatchObject({ status: 200 });
      expect(proxy.connections).toBe(0);
    } finally {
      for (const [name, value] of before) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
    }
  });
});

describe('connections', () => {
  it('are opened ahead of time, without a request', async () => {
    let requests = 0;
    const receiver = await httpReceiver((_, response) => {
      requests++;
      response.end();
    });
    const transport = transportOf();
    transport.warm(`${receiver.url}/hook`, 3);
    await expect.poll(() => receiver.connections).toBe(3);
    await tick(20);
    expect(requests).toBe(0);
    await Promise.all([1, 2, 3].map(() => transport.send(request(receiver.url))));
    expect(receiver.connections).toBe(3);
    expect(requests).toBe(3);
    await tick(5);
    transport.warm(receiver.url);
    await tick(20);
    expect(receiver.connections).toBe(3);
  });

  it('are not opened ahead of time where nothing may be sent, and what fails there harms nobody', async () => {
    const receiver = await httpReceiver((_, response) => response.end());
    const refusing = transportOf({ policy: strict });
    refusing.warm(receiver.url);
    const transport = transportOf();
    transport.warm('http://receiver.test:1024/');
    await tick(50);
    expect(receiver.connections).toBe(0);
    expect(await transport.send(request(receiver.url))).toMatchObject({ status: 200 });
  });

  it('are kept for so many origins, those of the least recently used are closed', async () => {
    const receiver = await httpReceiver((_, response) => response.end());
    const transport = transportOf({ maxOrigins: 2 });
    const to = (name: string) => sendInTurn(transport, request(`http://${name}.test:${receiver.port}/`));
    for (const name of ['a', 'b', 'c', 'c', 'b']) await to(name);
    expect(receiver.connections).toBe(3);
    await to('a');
    expect(receiver.connections).toBe(4);
  });

  it('with a request under way are never closed for another origin', async () => {
    let held = () => {};
    const receiver = await httpReceiver((message, response) => {
      if (message.headers.host?.startsWith('slow')) held = () => response.end();
      else response.end();
    });
    const transport = transportOf({ maxOrigins: 1 });
    const slow = transport.send(request(`http://slow.test:${receiver.port}/`));
    for (const name of ['a', 'b', 'c']) {
      expect(await transport.send(request(`http://${name}.test:${receiver.port}/`))).toMatchObject({ status: 200 });
    }
    held();
    expect(await slow).toMatchObject({ status: 200 });
  });
});

describe('closing', () => {
  it('aborts what is under way and says whether it had left', async () => {
    const receiver = await rawReceiver(() => {});
    const transport = transportOf({
      resolve: (name) => (name === 'silent.test' ? new Promise(() => {}) : Promise.resolve(['127.0.0.1'])),
    });
    const left = transport.send(request(receiver.url));
    const waiting = transport.send(request('http://silent.test/'));
    await expect.poll(() => receiver.connections).toBe(1);
    await tick(20);
    await transport.close();
    expect(await left).toMatchObject({ type: 'aborted', firedAt: expect.any(Number) });
    expect(await waiting).toMatchObject({ type: 'aborted', firedAt: null });
    expect(await transport.send(request(receiver.url))).toMatchObject({ type: 'aborted', firedAt: null });
    transport.warm(receiver.url);
    await tick(20);
    expect(receiver.connections).toBe(1);
  });
});

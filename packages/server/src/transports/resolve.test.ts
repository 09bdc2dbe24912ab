import { createSocket, type RemoteInfo } from 'node:dgram';
import { afterEach, describe, expect, it } from 'vitest';
import { createNameServerResolve, shareQuestions, systemResolve } from './resolve.ts';

const cleanUp: (() => void)[] = [];
afterEach(() => {
  for (const step of cleanUp.splice(0)) step();
});

const types = { 1: 'A', 28: 'AAAA' } as const;
interface Answer {
  /** The addresses as bytes. */
  readonly records?: readonly (readonly number[])[];
  /** 3 is "no such name", 2 "server failure" (RFC 1035, section 4.1.1). */
  readonly code?: number;
}

/** A name server that answers by what it is given for a type; `null` is silence. */
async function nameServer(answers: { readonly A: Answer | null; readonly AAAA: Answer | null }): Promise<string> {
  const socket = createSocket('udp4');
  socket.on('message', (query: Buffer, from: RemoteInfo) => {
    let end = 12;
    while (query[end] !== 0) end += (query[end] ?? 0) + 1;
    const type = types[query.readUInt16BE(end + 1) as keyof typeof types];
    const answer = answers[type];
    if (answer === null) return;
    const records = answer.records ?? [];
    const header = Buffer.alloc(12);
    query.copy(header, 0, 0, 2);
    header.writeUInt16BE(0x8180 | (answer.code ?? 0), 2);
    header.writeUInt16BE(1, 4);
    header.writeUInt16BE(records.length, 6);
    const bodies = records.map((bytes) =>
      Buffer.from([0xc0, 12, 0, type === 'A' ? 1 : 28, 0, 1, 0, 0, 0, 60, 0, bytes.length, ...bytes]),
    );
    socket.send(Buffer.concat([header, query.subarray(12, end + 5), ...bodies]), from.port, from.address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  cleanUp.push(() => socket.close());
  return `127.0.0.1:${socket.address().port}`;
}

const v4 = [93, 184, 216, 34];
const v6 = [0x26, 0x06, 0x47, 0, 0x47, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x11, 0x11];

describe('asking name servers', () => {
  it.each<[string, { A: Answer; AAAA: Answer }, string[]]>([
    ['both families', { A: { records: [v4] }, AAAA: { records: [v6] } }, ['93.184.216.34', '2606:4700:4700::1111']],
    ['every answer', { A: { records: [v4, [10, 0, 0, 1]] }, AAAA: {} }, ['93.184.216.34', '10.0.0.1']],
    ['what there is when one family fails', { A: { code: 2 }, AAAA: { records: [v6] } }, ['2606:4700:4700::1111']],
  ])('gives %s', async (_, answers, addresses) => {
    const resolve = createNameServerResolve([await nameServer(answers)]);
    expect([...(await resolve('example.com'))].sort()).toEqual([...addresses].sort());
  });

  it.each<[string, { A: Answer; AAAA: Answer }, string]>([
    ['there is no such name', { A: { code: 3 }, AAAA: { code: 3 } }, 'ENOTFOUND'],
    ['the name has no address', { A: {}, AAAA: {} }, 'ENODATA'],
    ['the server fails', { A: { code: 2 }, AAAA: { code: 2 } }, 'ESERVFAIL'],
  ])('fails when %s', async (_, answers, code) => {
    const resolve = createNameServerResolve([await nameServer(answers)]);
    await expect(resolve('example.com')).rejects.toMatchObject({ code });
  });

  it('holds up no other name when a server keeps silent', async () => {
    const silent = createNameServerResolve([await nameServer({ A: null, AAAA: null })]);
    const answering = createNameServerResolve([await nameServer({ A: { records: [v4] }, AAAA: {} })]);
    let waiting = 0;
    const questions = Array.from({ length: 20 }, () => {
      waiting++;
      return silent('example.com')
        .catch(() => {})
        .finally(() => waiting--);
    });
    expect(await answering('example.org')).toEqual(['93.184.216.34']);
    expect(waiting).toBe(20);
    await Promise.all(questions);
  });
});

describe('asking the system', () => {
  it('knows the names of the machine', async () => {
    const addresses = await systemResolve('localhost');
    expect(['127.0.0.1', '::1']).toEqual(expect.arrayContaining([...addresses]));
  });
});

describe('asking together', () => {
  it('is one question at a time for a name, and a new one afterwards', async () => {
    const asked: string[] = [];
    const resolve = shareQuestions(async (name) => {
      asked.push(name);
      if (name === 'bad.test') throw new Error('bad');
      return ['127.0.0.1'];
    });
    await Promise.all([resolve('a.test'), resolve('a.test'), resolve('b.test')]);
    expect(asked).toEqual(['a.test', 'b.test']);
    await Promise.allSettled([resolve('bad.test'), resolve('bad.test'), resolve('a.test')]);
    expect(asked).toEqual(['a.test', 'b.test', 'bad.test', 'a.test']);
  });
});

import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { urlOf } from '../packages/cli/src/interlock.fixture.ts';
import { createFreshDatabase, type FreshDatabase } from '../packages/server/src/testing/fresh-database.ts';
import { createReader, type Followed, type Reader, shownIn, stepsOf } from './follow-guide.ts';

/*
 * The guide "Add live and test modes to your own API", followed literally, with a PostgreSQL for the shop and a mail
 * service that counts.
 */
const guideFile = fileURLToPath(new URL('../docs/guides/add-modes-to-your-api.md', import.meta.url));
const hasCurl = spawnSync('curl', ['--version']).status === 0;

let interlock: FreshDatabase;
let shop: FreshDatabase;
let folder: string;
let reader: Reader;
let mail: Server;
const mailed: { readonly id: string | string[] | undefined; readonly body: unknown }[] = [];
const followed: Followed[] = [];

beforeAll(async () => {
  if (!hasCurl) return;
  [interlock, shop] = [await createFreshDatabase(), await createFreshDatabase()];
  mail = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    mailed.push({ id: request.headers['idempotency-key'], body: JSON.parse(body) });
    response.writeHead(202).end();
  });
  folder = await mkdtemp(join(tmpdir(), 'interlock-guide-'));
  reader = await createReader(folder, {
    ...interlock.env,
    DATABASE_URL: urlOf(interlock.owner),
    PORT: '0',
    SHOP_DATABASE_URL: urlOf(shop.owner),
    SHOP_PORT: String(await freePort()),
    MAIL_URL: `http://127.0.0.1:${await listening(mail)}/messages`,
  });
  for (const step of stepsOf(await readFile(guideFile, 'utf8'))) followed.push(await reader.follow(step));
}, 120_000);
afterAll(async () => {
  await reader?.stop();
  await new Promise((resolve) => (mail === undefined ? resolve(null) : mail.close(resolve)));
  await interlock?.drop();
  await shop?.drop();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listening(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe.skipIf(!hasCurl)('with curl (skipped where the machine has none)', () => {
  test('every command of the guide succeeds', () => {
    expect(followed.filter(({ code }) => code !== 0 && code !== null)).toEqual([]);
    expect(followed.filter(({ type }) => type === 'command').length).toBeGreaterThan(9);
  });

  test('every command prints what the guide shows', () => {
    for (const step of followed) {
      if (step.type !== 'command' || step.answer === null) continue;
      expect(JSON.parse(step.printed), step.command).toMatchObject(shownIn(step.answer));
    }
  });

  test('the live order was mailed, once; the test order was not', async () => {
    await expect.poll(() => mailed.length, { timeout: 10_000 }).toBe(1);
    expect(mailed).toEqual([{ id: expect.stringMatching(/^[0-9a-f-]{36}$/), body: { order: 2, item: 'teapot' } }]);
  });
});

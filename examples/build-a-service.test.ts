import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { urlOf } from '../packages/cli/src/interlock.fixture.ts';
import { loadServices } from '../packages/server/src/load-services.ts';
import { createFreshDatabase, type FreshDatabase } from '../packages/server/src/testing/fresh-database.ts';
import { modesPage } from '../scripts/reference/modes.ts';
import { createReader, type Followed, type Reader, shownIn, stepsOf } from './follow-guide.ts';

/*
 * The guide "Build a service of your own", followed literally: its files are written, its commands run one after the
 * other in a folder like a clone, and what they print is what the guide shows.
 */
const guideFile = fileURLToPath(new URL('../docs/guides/build-a-service.md', import.meta.url));
const example = fileURLToPath(new URL('shortlinks/service.ts', import.meta.url));
const hasCurl = spawnSync('curl', ['--version']).status === 0;

let fresh: FreshDatabase;
let folder: string;
let reader: Reader;
const followed: Followed[] = [];

beforeAll(async () => {
  if (!hasCurl) return;
  fresh = await createFreshDatabase();
  folder = await mkdtemp(join(tmpdir(), 'interlock-guide-'));
  reader = await createReader(folder, { ...fresh.env, DATABASE_URL: urlOf(fresh.owner), PORT: '0' });
  for (const step of stepsOf(await readFile(guideFile, 'utf8'))) followed.push(await reader.follow(step));
}, 120_000);
afterAll(async () => {
  await reader?.stop();
  await fresh?.drop();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

describe.skipIf(!hasCurl)('with curl (skipped where the machine has none)', () => {
  test('every command of the guide succeeds', () => {
    const failed = followed.filter(({ code }) => code !== 0 && code !== null);
    expect(failed).toEqual([]);
    expect(followed.filter(({ type }) => type === 'command').length).toBeGreaterThan(6);
  });

  test('every command prints what the guide shows', () => {
    for (const step of followed) {
      if (step.type !== 'command' || step.answer === null) continue;
      if (!step.answer.startsWith('{')) expect(step.printed).toBe(step.answer);
      else expect(JSON.parse(step.printed)).toMatchObject(shownIn(step.answer));
    }
  });

  test('the pieces of the file are the example', async () => {
    expect(await readFile(join(folder, 'shortlinks/service.ts'), 'utf8')).toBe(await readFile(example, 'utf8'));
  });
});

test('the service has its row in the mode table without further code', async () => {
  const services = await loadServices({ INTERLOCK_SERVICES: example });
  const page = modesPage(services.map(({ contract }) => contract));
  expect(page).toContain('## Short links (`shortlinks`)');
  expect(page).toMatch(/effect `link\.created` *\| *`deliver` *\| *`suppress`/);
});

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ConfigError } from './config.ts';
import { loadServices } from './load-services.ts';
import { services } from './services/index.ts';

const shortlinks = fileURLToPath(new URL('../../../examples/shortlinks/service.ts', import.meta.url));
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'interlock-services-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const load = (INTERLOCK_SERVICES: string) => loadServices({ INTERLOCK_SERVICES });

async function refusalOf(files: string): Promise<string> {
  const error = await load(files).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ConfigError);
  return (error as ConfigError).message;
}

test('those of one’s own come behind those that ship', async () => {
  expect(await loadServices({})).toEqual(services);
  const loaded = await load(` ${shortlinks} ,`);
  expect(loaded.map(({ contract }) => contract.name)).toEqual([
    ...services.map(({ contract }) => contract.name),
    'shortlinks',
  ]);
});

test('a file that is not there, or is no service, is named', async () => {
  const empty = join(folder, 'empty.mjs');
  await writeFile(empty, 'export const other = 1;');
  const both = await refusalOf(`./nowhere.ts,${empty}`);
  expect(both).toContain('INTERLOCK_SERVICES names ./nowhere.ts, which cannot be loaded');
  expect(both).toContain(`${empty}, which has to export "service"`);
});

test('what is wrong with a file is told with its line', async () => {
  const typo = join(folder, 'typo.mjs');
  await writeFile(typo, 'const a = 1;\nexport const service = a.b.c;');
  expect(await refusalOf(typo)).toContain('(line 2)');
});

test('a contract of which parts are missing is named with them', async () => {
  const half = join(folder, 'half.mjs');
  await writeFile(half, 'export const service = { contract: { name: 5, basePath: "/x" }, operations: [] };');
  expect(await refusalOf(half)).toContain(`${half}, whose contract lacks "name", "keys", "modes", "tables"; `);
});

test('two services that would answer for each other are refused', async () => {
  expect(await refusalOf(`${shortlinks},${shortlinks}`)).toContain('there are two services "shortlinks"');
  const twin = join(folder, 'twin.mjs');
  const contract = {
    name: 'twin',
    basePath: '/api',
    keys: { prefix: { live: 'pk_live_', test: 'twin_' }, env: 'TWIN', length: 12 },
    tables: { randomness_outcomes: 'workspace' },
    modes: {},
  };
  await writeFile(twin, `export const service = { contract: ${JSON.stringify(contract)}, operations: [] };`);
  const message = await refusalOf(twin);
  expect(message).toContain('"twin" and "randomness" have the same base path /api');
  expect(message).toContain('the same key prefix pk_live_');
  expect(message).toContain('the same table randomness_outcomes');
  expect(message).toContain('the keys of "twin" need 40 to 48 characters');
});

test('a contract that nothing can keep is refused in words', async () => {
  const typo = join(folder, 'typo.ts');
  const source = await readFile(shortlinks, 'utf8');
  await writeFile(
    typo,
    source
      .replace('@interlock/server/service', new URL('core/service.ts', import.meta.url).href)
      .replace("test: 'suppress'", "test: 'supress'"),
  );
  expect(await refusalOf(typo)).toContain('"shortlinks" says "supress" of effects.link.created in test mode');
});

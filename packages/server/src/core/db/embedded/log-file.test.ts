import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openLogFile } from './log-file.ts';

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'interlock-tests-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

test('a log beyond its bound is moved aside when it is opened', async () => {
  const path = join(await folder(), 'postgres.log');
  await writeFile(path, 'x'.repeat(101));
  const log = await openLogFile(path, { maxBytes: 100 });
  await log.handle.appendFile('new');
  await log.close();
  expect(await readFile(path, 'utf8')).toBe('new');
  expect(await readFile(`${path}.1`, 'utf8')).toHaveLength(101);
});

test('a log says what was written since a moment', async () => {
  const log = await openLogFile(join(await folder(), 'postgres.log'));
  await log.handle.appendFile('before\n');
  const start = await log.size();
  await log.handle.appendFile('after\n');
  expect(await log.since(start)).toBe('after\n');
  await log.close();
});

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';

const runner = fileURLToPath(new URL('run.mjs', import.meta.url));

function program(source) {
  const folder = mkdtempSync(join(tmpdir(), 'interlock-tests-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'a program.ts');
  writeFileSync(path, source);
  return path;
}

/** A program that says its pid and ends with 7 when it is asked to stop. */
const patient = `
  process.on('SIGTERM', () => { console.log('stopping'); process.exit(7); });
  setInterval(() => {}, 1000);
  console.log(process.pid);
`;

test('an entry runs as TypeScript with its arguments, on Node 24 or newer, and its exit code is passed on', () => {
  const path = program(
    'const words: string[] = process.argv.slice(2); console.log(process.versions.node, words.join("|")); process.exit(3);',
  );
  const { status, stdout } = spawnSync(process.execPath, [runner, path, 'a b', '--c'], { encoding: 'utf8' });
  expect(status).toBe(3);
  expect(stdout).toMatch(/^(2[4-9]|[3-9]\d)\.\d+\.\d+ a b\|--c\n$/);
});

test('SIGTERM reaches the program, and its exit code comes back', async () => {
  const child = spawn(process.execPath, [runner, program(patient)]);
  onTestFinished(() => void child.kill('SIGKILL'));
  const closed = once(child, 'close');
  await once(child.stdout, 'data');
  child.kill('SIGTERM');
  expect((await closed)[0]).toBe(7);
});

test('the program ends in the ordinary way when the runner is killed', async () => {
  const child = spawn(process.execPath, [runner, program(patient)]);
  await once(child.stdout, 'data');
  const farewell = once(child.stdout, 'data');
  child.kill('SIGKILL');
  expect(String((await farewell)[0])).toBe('stopping\n');
  // The pipe closes when the last process that holds it has ended.
  await once(child.stdout, 'close');
});

test('a signal that ends the program shows in the exit code', () => {
  const { status } = spawnSync(process.execPath, [runner, program("process.kill(process.pid, 'SIGKILL')")]);
  expect(status).toBe(128 + 9);
});

test('without an entry it says how it is used', () => {
  const { status, stderr } = spawnSync(process.execPath, [runner], { encoding: 'utf8' });
  expect(status).toBe(2);
  expect(stderr).toBe('Usage: node scripts/run.mjs [--built | --building] <entry> [arguments]\n');
});

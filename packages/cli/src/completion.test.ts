import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { callCommand } from './interlock.fixture.ts';

/* The scripts, loaded by the shells themselves. */
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'interlock-completion-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const interlock = callCommand({});
const has = (shell: string) => spawnSync(shell, ['--version']).status === 0;

/** What is offered behind each beginning of a command line. */
const offers: [string, string[]][] = [
  ['interlock li', ['listen']],
  ['interlock keys rev', ['revoke']],
  ['interlock keys create --sc', ['--scope']],
  ['interlock --json keys cr', ['create']],
  ['interlock keys create --name keys --bo', ['--bound-to']],
  ['interlock listen --fo', ['--forward']],
  ['interlock keys create --mode ', ['live', 'test']],
  ['interlock schedules cancel --mode l', ['live']],
];

async function written(shell: string): Promise<string> {
  const file = join(folder, shell === 'zsh' ? '_interlock' : `interlock.${shell}`);
  writeFileSync(file, (await interlock('completion', shell)).out);
  return file;
}

const wordsOf = (text: string) =>
  text
    .split(/\s+/)
    .filter((word) => word !== '')
    .sort();

describe.skipIf(!has('bash'))('bash', () => {
  test.each(offers)('%s: %j', async (line, words) => {
    const parts = line.split(' ').map((word) => `'${word}'`);
    const script = `source '${await written('bash')}'; COMP_WORDS=(${parts.join(' ')}); COMP_CWORD=${parts.length - 1}; _interlock; echo "\${COMPREPLY[@]}"`;
    const { stdout, stderr } = spawnSync('bash', ['--norc', '-uc', script], { encoding: 'utf8' });
    expect([stderr, wordsOf(stdout)]).toEqual(['', words]);
  });

  test('it is registered for the command', async () => {
    const script = `source '${await written('bash')}'; complete -p interlock`;
    expect(spawnSync('bash', ['--norc', '-c', script], { encoding: 'utf8' }).stdout).toContain(
      '-F _interlock interlock',
    );
  });
});

describe.skipIf(!has('fish'))('fish (skipped where the machine has none)', () => {
  test.each(offers)('%s: %j', async (line, words) => {
    const script = `source '${await written('fish')}'; complete -C '${line}'`;
    const { stdout } = spawnSync('fish', ['--no-config', '-c', script], { encoding: 'utf8' });
    expect(
      stdout
        .split('\n')
        .map((text) => text.split('\t')[0] ?? '')
        .filter((word) => word !== '')
        .sort(),
    ).toEqual(words);
  });
});

test('zsh loads it as a function that is named for the command', async () => {
  const { out } = await interlock('completion', 'zsh');
  expect(out).toMatch(/^#compdef interlock\nautoload -U \+X bashcompinit && bashcompinit\n/);
  expect(out).toMatch(/ _bash_complete -o default -F _interlock\n$/);
});

test.skipIf(!has('zsh'))('zsh may also source it (skipped where the machine has none)', async () => {
  const script = `autoload -Uz compinit && compinit -D; source '${await written('zsh')}'; echo "$_comps[interlock]"`;
  const { stdout, stderr } = spawnSync('zsh', ['-f', '-c', script], { encoding: 'utf8' });
  expect({ stdout, stderr }).toEqual({ stdout: '_bash_complete -o default -F _interlock\n', stderr: '' });
});

test('there is none for what is no shell', async () => {
  expect(await interlock('completion', 'cmd')).toMatchObject({
    code: 2,
    err: expect.stringContaining('Allowed choices are bash, zsh, fish'),
  });
});

const entry = fileURLToPath(new URL('main.ts', import.meta.url));

test('a reader that has read enough ends the command without a complaint', () => {
  const script = `"${process.execPath}" "${entry}" completion bash | true; echo "\${PIPESTATUS[0]}"`;
  const { stdout, stderr } = spawnSync('bash', ['-c', script], { encoding: 'utf8' });
  expect(stderr).toBe('');
  // As by SIGPIPE, unless all was written before the reader left.
  expect(['0', '141']).toContain(stdout.trim());
});

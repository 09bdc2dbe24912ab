import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { appendFile, chmod, copyFile, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What a guide has its reader do, in the order in which it says so. */
export type Step =
  | { readonly type: 'file'; readonly path: string; readonly text: string }
  | { readonly type: 'command'; readonly command: string; readonly answer: string | null };

/**
 * The steps of a guide: blocks with a title are pieces of that file, `sh` blocks are commands, and the `json` or `text`
 * block behind one is what it prints.
 */
export function stepsOf(guide: string): Step[] {
  const blocks = [...guide.matchAll(/```(\w+)(?: title="([^"]+)")?\n([\s\S]*?)```/g)];
  return blocks.flatMap(([, language = '', path, text = ''], index): Step[] => {
    if (path !== undefined) return [{ type: 'file', path, text }];
    if (language !== 'sh') return [];
    const [, kind, title, answer = ''] = blocks[index + 1] ?? [];
    const isAnswer = title === undefined && (kind === 'json' || kind === 'text');
    return [{ type: 'command', command: text, answer: isAnswer ? answer : null }];
  });
}

/** What an answer has to show: all of it but ids, which the guide writes as `…`, and times. */
export function shownIn(answer: string): object {
  return expected(JSON.parse(answer)) as object;
}

function expected(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(expected);
  if (typeof value !== 'object' || value === null) return value === '…' ? expect.any(String) : value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, name === 'createdAt' ? expect.any(Number) : expected(item)]),
  );
}

/** A step that was followed, with what its command printed. */
export type Followed = Step & { readonly printed: string; readonly code: number | null };

/** A reader in a folder that looks like a clone: what he writes is his, what the clone has is there. */
export interface Reader {
  readonly folder: string;
  follow(step: Step): Promise<Followed>;
  stop(): Promise<void>;
}

/**
 * @param folder empty, or as it is after earlier steps
 * @param env what the reader's machine has set: the database, a free port
 */
export async function createReader(folder: string, env: Readonly<Record<string, string>>): Promise<Reader> {
  await mkdir(join(folder, 'node_modules', '@interlock'), { recursive: true });
  await mkdir(join(folder, 'bin'));
  await symlink(join(root, 'packages/server'), join(folder, 'node_modules/@interlock/server'));
  const client = join(folder, 'node_modules/@interlock/client');
  await mkdir(client);
  await copyFile(join(root, 'packages/client/package.json'), join(client, 'package.json'));
  await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
  // `npm start` and `npx interlock` without their set-up, which a clone that has started once has behind it.
  await shim(folder, 'npm', {
    start: ['packages/server/src/main.ts'],
    'run build --workspace packages/client': [
      'node_modules/typescript/bin/tsc',
      '-p',
      join(root, 'packages/client/tsconfig.build.json'),
      '--outDir',
      join(client, 'dist'),
    ],
    // What the clone has already, from there: a test does not ask a registry.
    install: [join(folder, 'bin', 'npm-install')],
  });
  await writeFile(join(folder, 'bin', 'npm-install'), installer(folder));
  await chmod(join(folder, 'bin', 'npm-install'), 0o755);
  await shim(folder, 'npx', { interlock: ['packages/cli/src/main.ts'] });
  const running: ChildProcess[] = [];
  const environment = {
    ...env,
    PATH: [join(folder, 'bin'), dirname(process.execPath), process.env.PATH].join(':'),
    HOME: folder,
  };

  const run = (command: string) => {
    const child = spawn('sh', ['-ec', command], { cwd: folder, env: environment, detached: true });
    const printed = { text: '', errors: '' };
    child.stdout.on('data', (chunk: Buffer) => {
      printed.text += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      printed.errors += chunk.toString();
    });
    return { child, printed };
  };

  return {
    folder,
    async follow(step) {
      if (step.type === 'file') {
        const file = join(folder, step.path);
        await mkdir(dirname(file), { recursive: true });
        // A file is written piece by piece, with a blank line between the pieces.
        await appendFile(file, existsSync(file) ? `\n${step.text}` : step.text);
        return { ...step, printed: '', code: 0 };
      }
      const { child, printed } = run(step.command);
      const ended = new Promise<number | null>((resolve, reject) => {
        child.once('error', reject);
        child.once('close', resolve);
      });
      if (lasts(step.command)) {
        running.push(child);
        await Promise.race([ready(folder, step.command, printed), ended]);
        if (child.exitCode !== null) throw new Error(`${step.command} ended: ${printed.text}${printed.errors}`);
        return { ...step, printed: printed.text, code: null };
      }
      const code = await ended;
      return { ...step, printed: code === 0 ? printed.text : printed.text + printed.errors, code };
    },
    async stop() {
      for (const child of running) {
        const { pid } = child;
        if (child.exitCode !== null || pid === undefined) continue;
        const ended = new Promise((resolve) => child.once('close', resolve));
        // The shell and what it started, as Ctrl-C in the reader's terminal would.
        process.kill(-pid, 'SIGTERM');
        await ended;
      }
    },
  };
}

/** Commands that a reader leaves running in a terminal of their own. */
function lasts(command: string): boolean {
  return /npm start|node \S*server\.m?[jt]s/.test(command);
}

async function ready(folder: string, command: string, printed: { text: string }): Promise<void> {
  const isServer = command.includes('npm start');
  for (;;) {
    const text = isServer
      ? await readFile(join(folder, '.interlock', 'dev.env'), 'utf8').catch(() => '')
      : printed.text;
    const url = isServer ? /^INTERLOCK_URL=(.*)$/m.exec(text)?.[1] : /listening on (\S+)/.exec(text)?.[1];
    if (
      url !== undefined &&
      (!isServer ||
        (await fetch(`${url}/readyz`).then(
          (answer) => answer.ok,
          () => false,
        )))
    )
      return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function installer(folder: string): string {
  return `#!/bin/sh\nfor name in "$@"; do ln -s "${join(root, 'node_modules')}/$name" "${join(folder, 'node_modules')}/$name"; done\n`;
}

/** A program of the reader's machine that does, of all it can, what begins with these words. */
async function shim(folder: string, name: string, does: Readonly<Record<string, readonly string[]>>): Promise<void> {
  const file = join(folder, 'bin', name);
  const cases = Object.entries(does).map(([words, [entry = '', ...args]]) => {
    const line = entry.startsWith('/') ? [entry, ...args] : [process.execPath, join(root, entry), ...args];
    const program = line.map((part) => `"${part}"`).join(' ');
    return `case "$*" in "${words}"*) shift ${words.split(' ').length}; exec ${program} "$@" ;; esac\n`;
  });
  await writeFile(file, `#!/bin/sh\n${cases.join('')}echo "${name} $*: not in a guide" >&2\nexit 2\n`);
  await chmod(file, 0o755);
}

import { spawn } from 'node:child_process';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { ClientConfig } from 'pg';
import { compileCache } from '../../../scripts/launch.mjs';
import { systemClock } from '../../server/src/core/sources.ts';
import { runProgram } from './program.ts';

/** What a run of the command left: its exit code and what it wrote. */
export interface Run {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test says itself what it expects of a document
  readonly json: any;
}

const entry = fileURLToPath(new URL('main.ts', import.meta.url));

/** Runs the command as a process of its own, as `npx interlock` does, with nothing of this process's environment but its PATH. */
export function createCommand(env: Readonly<Record<string, string>>, program = [process.execPath, entry]) {
  return async (...args: string[]): Promise<Run> => {
    const [file = '', ...before] = program;
    const child = spawn(file, [...before, ...args], {
      env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: compileCache, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk) => {
      out += chunk;
    });
    child.stderr.on('data', (chunk) => {
      err += chunk;
    });
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    return {
      code,
      out,
      err,
      get json() {
        return JSON.parse(out) as unknown;
      },
    };
  };
}

/** Runs the command in this process, which takes a tenth of the time. */
export function callCommand(env: Readonly<Record<string, string>>, input: readonly string[] = []) {
  return async (...args: string[]): Promise<Run> => {
    let out = '';
    let err = '';
    const code = await runProgram(args, {
      env,
      clock: systemClock,
      nodeVersion: process.versions.node,
      input: Readable.from(input),
      onEnd: () => {},
      print(text) {
        out += text;
      },
      complain(text) {
        err += text;
      },
    });
    return {
      code,
      out,
      err,
      get json() {
        return JSON.parse(out) as unknown;
      },
    };
  };
}

/** A connection as the URL that an operator would set. */
export function urlOf({ host = '', port = 5432, user = '', password, database = '' }: ClientConfig): string {
  const [name, secret, place] = [user, String(password), host].map(encodeURIComponent);
  return `postgres://${name}:${secret}@${place}:${port}/${database}`;
}

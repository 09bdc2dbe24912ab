import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const source = fileURLToPath(new URL('..', import.meta.url));
const root = join(source, '..', '..');

export interface InstalledPackage {
  /** A folder with the package as it would be installed, in `node_modules/@interlock/client`. */
  readonly folder: string;
  readonly installed: string;
  remove(): Promise<void>;
}

/** Builds the package and puts it where npm would. */
export async function installPackage(): Promise<InstalledPackage> {
  const folder = await mkdtemp(join(tmpdir(), 'interlock-client-'));
  const installed = join(folder, 'node_modules', '@interlock', 'client');
  await mkdir(installed, { recursive: true });
  await cp(join(source, 'package.json'), join(installed, 'package.json'));
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const project = join(source, 'tsconfig.build.json');
  const built = await run(process.execPath, [compiler, '-p', project, '--outDir', join(installed, 'dist')]);
  if (built.code !== 0) throw new Error(`The client does not build: ${built.out}`);
  return { folder, installed, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Runs a program to its end; what it printed to both outputs. */
export function run(
  command: string,
  args: readonly string[],
  cwd = root,
): Promise<{ code: number | null; out: string }> {
  const child = spawn(command, [...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      out += chunk.toString();
    });
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, out }));
  });
}

import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { readEnvFile } from '../secrets.ts';
import type { Console } from './console.ts';

/**
 * Writes the demo's address, person and keys into `<home>/dev.env`, for its owner's eyes only. A later run keeps what
 * still works.
 *
 * @returns the file, or `null` where there is no demo
 */
export async function writeDevEnv(
  platform: { readonly people: Pick<Console, 'seedDemo'> },
  home: string,
  url: string,
): Promise<string | null> {
  const file = `${home}/dev.env`;
  const before = await readFile(file, 'utf8').catch(() => '');
  const seeded = await platform.people.seedDemo(readEnvFile(before));
  if (seeded === null) return null;
  const lines = Object.entries({ INTERLOCK_URL: url, ...seeded }).map(([name, value]) => `${name}=${value}\n`);
  const text = `# The demo workspace of this development installation: its address, its person, its keys.\n${lines.join('')}`;
  if (text !== before) {
    await mkdir(home, { recursive: true, mode: 0o700 });
    await writeFile(`${file}.new`, text, { mode: 0o600 });
    await rename(`${file}.new`, file);
  }
  return file;
}

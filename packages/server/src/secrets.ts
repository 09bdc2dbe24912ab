import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { secretVariables } from './config-variables.ts';
import type { ServiceContract } from './core/service.ts';

/**
 * The secrets of a development installation: generated once, kept in `<home>/secrets.env` (mode 0600) from then on.
 * A service added later gets its own without touching the others.
 */
export async function devSecrets(home: string, contracts: readonly ServiceContract[]): Promise<Record<string, string>> {
  const file = `${home}/secrets.env`;
  const known = readEnvFile(await readFile(file, 'utf8').catch(() => ''));
  const missing = secretVariables(contracts).filter(({ env }) => known[env] === undefined);
  if (missing.length === 0) return known;
  for (const { env } of missing) known[env] = randomBytes(32).toString('hex');
  await mkdir(home, { recursive: true, mode: 0o700 });
  const text = Object.entries(known).map(([name, value]) => `${name}=${value}\n`);
  await writeFile(
    `${file}.new`,
    `# Secrets of this development installation. Losing TEST_SEED_SECRET changes every fixture.\n${text.join('')}`,
    { mode: 0o600 },
  );
  await rename(`${file}.new`, file);
  return known;
}

/** Reads lines `NAME=value`; comments and blank lines are passed over. */
export function readEnvFile(text: string): Record<string, string> {
  const values: Record<string, string> = {};
  for (const line of text.split('\n')) {
    const match = /^([A-Z0-9_]+)=(.*)$/.exec(line.trim());
    if (match?.[1] !== undefined && match[2] !== undefined) values[match[1]] = match[2];
  }
  return values;
}

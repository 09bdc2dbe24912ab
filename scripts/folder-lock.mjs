import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Runs one piece of work at a time under the folder `lock`; a lock whose holder is gone is taken over. */
export async function withLock(lock, waiting, work) {
  for (let said = false; !take(lock); await sleep(200)) {
    if (isAbandoned(lock)) {
      rmSync(lock, { recursive: true, force: true });
    } else if (!said) {
      process.stderr.write(`${waiting}\n`);
      said = true;
    }
  }
  const release = () => rmSync(lock, { recursive: true, force: true });
  process.once('exit', release);
  try {
    return await work();
  } finally {
    process.off('exit', release);
    release();
  }
}

function take(lock) {
  try {
    mkdirSync(lock);
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
  writeFileSync(join(lock, 'pid'), String(process.pid));
  return true;
}

function isAbandoned(lock) {
  const ageMs = readOr(() => Date.now() - statSync(lock).mtimeMs, 0);
  const pid = readOr(() => Number(readFileSync(join(lock, 'pid'), 'utf8')), 0);
  if (!pid) return ageMs > 5_000;
  // A pid may have been given to somebody else; no such work takes half an hour.
  return ageMs > 30 * 60_000 || readOr(() => process.kill(pid, 0), 'gone') === 'gone';
}

function readOr(read, otherwise) {
  try {
    return read();
  } catch (error) {
    return error.code === 'EPERM' ? true : otherwise;
  }
}

import { readFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

/**
 * Ends this process, the ordinary way, when the one that started it is gone: npm and the launcher can be killed in ways
 * that they cannot pass on. Imported by the launcher when npm started it, and preloaded into what the launcher starts.
 */
const expected = readParents();
if (isMainThread) {
  setInterval(() => {
    const parents = readParents();
    if (parents.some((pid, index) => pid !== expected[index])) process.kill(process.pid, 'SIGTERM');
  }, 500).unref();
}

/** The parent and, where that is the shell that npm uses, the shell's parent. */
function readParents() {
  const parent = process.ppid;
  try {
    const line = readFileSync(`/proc/${parent}/stat`, 'utf8');
    const name = line.slice(line.indexOf('(') + 1, line.lastIndexOf(')'));
    const [, grandparent] = line.slice(line.lastIndexOf(')') + 2).split(' ');
    return /^(ba|da)?sh$/.test(name) && process.env.npm_lifecycle_event ? [parent, Number(grandparent)] : [parent];
  } catch {
    return [parent];
  }
}

/**
 * Proves the front door: that the README's three commands lead from nothing to a first answer in test mode within a minute once
 * the packages are downloaded, and that `npm start` works from fresh clones in places where programs like to fail: it must
 * answer on /healthz, end with 0 on SIGTERM, and leave nothing running when npm is killed. Takes minutes, so it is no part of
 * npm test. `--first-call` does the first part only.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from './setup.mjs';

const isRoot = process.getuid?.() === 0;
const nobody = { uid: 65534, gid: 65534 };

const places = [
  { name: 'a path with spaces', below: tmpdir(), folder: 'a clone with spaces' },
  { name: 'a path of more than 150 bytes', below: tmpdir(), folder: join('l'.repeat(80), 'o'.repeat(80), 'clone') },
  {
    name: 'a folder that only its owner can enter',
    below: isRoot ? homedir() : tmpdir(),
    folder: 'clone',
    closed: true,
  },
  ...(isRoot
    ? [{ name: 'an ordinary user with a home of its own', below: tmpdir(), folder: 'clone', user: nobody }]
    : []),
];

/** Past this a newcomer has gone. */
const mostSeconds = 60;

let failures = 0;
try {
  process.stdout.write(`from a clone to the first answer in test mode: ${await tryFirstCall()}\n`);
} catch (error) {
  failures += 1;
  process.stdout.write(`from a clone to the first answer in test mode: FAILED\n${error.message}\n`);
}
for (const place of process.argv.includes('--first-call') ? [] : places) {
  try {
    process.stdout.write(`${place.name}: ${await tryPlace(place)}\n`);
  } catch (error) {
    failures += 1;
    process.stdout.write(`${place.name}: FAILED\n${error.message}\n`);
  }
}
process.exitCode = failures === 0 ? 0 : 1;

/** The README's commands, literally, after `git clone`: what counts is the time without npm's download and unpacking. */
async function tryFirstCall() {
  const [command, request] = readmeCommands();
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'first-call-')));
  try {
    const clone = join(base, 'interlock');
    const begin = Date.now();
    execFileSync('git', ['clone', '--quiet', '--no-hardlinks', root, clone], { stdio: 'inherit' });
    const server = spawn('sh', ['-c', `exec ${command}`], {
      cwd: clone,
      env: { ...cleanEnvironment(), PORT: String(await freePort()) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let text = '';
    for (const stream of [server.stdout, server.stderr]) {
      stream.on('data', (chunk) => {
        text += chunk;
      });
    }
    const ended = once(server, 'exit');
    try {
      const answer = await untilAnswered(clone, request, () => `${text}\nended with ${server.exitCode}`);
      const answered = Date.now();
      if (answer.mode !== 'test') throw new Error(`the answer is not one of test mode: ${JSON.stringify(answer)}`);
      // npm writes this file when the last package is in its place.
      const installed = statSync(join(clone, 'node_modules', '.package-lock.json')).mtimeMs;
      const seconds = (answered - installed) / 1000;
      const report = `${seconds.toFixed(1)} s after the packages were there, ${((answered - begin) / 1000).toFixed(1)} s in all, with three commands (git clone, npm start, curl)`;
      if (seconds > mostSeconds) throw new Error(`${report}; ${mostSeconds} s at most are wanted`);
      return report;
    } finally {
      server.kill('SIGTERM');
      await ended;
      await untilEmpty(clone, { output: () => text });
    }
  } finally {
    rmSync(base, { recursive: true, force: true });
  }
}

/** The block that starts the server, and the block that asks it. */
function readmeCommands() {
  const blocks = [...readFileSync(join(root, 'README.md'), 'utf8').matchAll(/```sh\n([\s\S]*?)```/g)];
  const [start, ask] = blocks.map(([, block]) => block.trim());
  if (start !== 'npm start' || !ask?.includes('curl ')) {
    throw new Error('the first two blocks of the README are to be `npm start` and a request');
  }
  return [start, ask];
}

async function untilAnswered(clone, request, about) {
  const deadline = performance.now() + 300_000;
  for (; ; await sleep(100)) {
    if (performance.now() > deadline) throw new Error(`no answer after 300 s:\n${about()}`);
    if (!existsSync(join(clone, '.interlock', 'dev.env'))) continue;
    const { status, stdout } = spawnSync('sh', ['-c', request], {
      cwd: clone,
      encoding: 'utf8',
      env: cleanEnvironment(),
    });
    if (status === 0) return JSON.parse(stdout);
  }
}

async function tryPlace({ below, folder, closed = false, user }) {
  const base = realpathSync(mkdtempSync(join(below, 'front-door-')));
  try {
    const clone = join(base, folder);
    const home = join(base, 'home');
    mkdirSync(home);
    mkdirSync(dirname(clone), { recursive: true });
    if (!closed) chmodSync(base, 0o755);
    execFileSync('git', ['clone', '--quiet', '--no-hardlinks', root, clone], { stdio: 'inherit' });
    if (user) {
      execFileSync('chown', ['-R', `${user.uid}:${user.gid}`, base]);
      chownSync(base, user.uid, user.gid);
    }
    const env = user ? { ...cleanEnvironment(), HOME: home } : cleanEnvironment();

    const first = await start(clone, env, user);
    first.npm.kill('SIGTERM');
    const code = await first.ended;
    if (code !== 0) throw new Error(`npm start ended with ${code} on SIGTERM:\n${first.output()}`);
    await untilEmpty(clone, first);

    const second = await start(clone, env, user);
    second.npm.kill('SIGKILL');
    await second.ended;
    await untilEmpty(clone, second);
    return `first start ${first.seconds} s, next ${second.seconds} s`;
  } finally {
    rmSync(base, { recursive: true, force: true });
  }
}

/** Runs npm start until it answers. */
async function start(clone, env, user = {}) {
  const port = await freePort();
  const begin = performance.now();
  const npm = spawn('npm', ['start'], {
    ...user,
    cwd: clone,
    env: { ...env, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [npm.stdout, npm.stderr]) {
    stream.on('data', (chunk) => {
      text += chunk;
    });
  }
  const ended = once(npm, 'exit').then(([code, signal]) => code ?? signal);
  let endedEarly = false;
  ended.then(() => {
    endedEarly = true;
  });
  while (!(await answers(`http://127.0.0.1:${port}/healthz`))) {
    const tooLate = performance.now() - begin > 300_000;
    if (tooLate) npm.kill('SIGTERM');
    if (endedEarly || tooLate) throw new Error(`npm start did not get to answer on /healthz:\n${text}`);
    await sleep(100);
  }
  return { npm, ended, output: () => text, seconds: ((performance.now() - begin) / 1000).toFixed(1) };
}

async function answers(url) {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}

/** Waits until no process works in the clone or below it, the database included. */
async function untilEmpty(clone, { output }) {
  for (const deadline = performance.now() + 10_000; ; await sleep(50)) {
    const left = processesBelow(clone);
    if (left.length === 0) return;
    if (performance.now() > deadline) throw new Error(`still running: ${left.join(', ')}\n${output()}`);
  }
}

function processesBelow(folder) {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readlinkSync(`/proc/${pid}/cwd`).startsWith(folder);
      } catch {
        return false;
      }
    });
}

/** Without what the npm that runs this says about itself. */
function cleanEnvironment() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(npm_|INIT_CWD$)/i.test(name)));
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

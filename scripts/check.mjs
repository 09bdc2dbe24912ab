/** What can be said about the sources without running them: takes seconds, needs no database. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { orExplain, root, setup } from './setup.mjs';

const runtime = await orExplain(setup);
const parts = [
  { name: 'format and lint', args: ['node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings'] },
  { name: 'types', args: ['node_modules/typescript/bin/tsc', '-p', '.'] },
  { name: 'dead code', args: ['node_modules/knip/bin/knip.js'] },
  { name: 'generated files', args: ['scripts/generate.ts', '--check'] },
  { name: 'links', args: ['scripts/links.mjs'] },
].filter(({ args: [file] }) => existsSync(join(root, file)));

const outcomes = await Promise.all(parts.map(check));
for (const { name, seconds, code, output } of outcomes) {
  if (code !== 0) process.stdout.write(`\n${output.trimEnd()}\n\n`);
  process.stdout.write(`${code === 0 ? 'ok    ' : 'FAILED'}  ${name} (${seconds} s)\n`);
}
const failed = outcomes.filter(({ code }) => code !== 0);
if (failed.length > 0) {
  process.stdout.write(`check failed: ${failed.map(({ name }) => name).join(', ')}\n`);
  process.exitCode = 1;
}

async function check({ name, args }) {
  const start = performance.now();
  const color = process.stdout.isTTY ? { FORCE_COLOR: '1' } : {};
  const child = spawn(runtime, args, {
    cwd: root,
    env: { ...process.env, ...color },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const keep = (chunk) => {
    output += chunk;
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const code = await new Promise((resolve) => {
    child.once('error', (error) => {
      output += error.message;
      resolve(1);
    });
    child.once('close', (exitCode) => resolve(exitCode ?? 1));
  });
  return { name, seconds: ((performance.now() - start) / 1000).toFixed(1), code, output };
}

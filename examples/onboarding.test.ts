import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import {
  createOnboardingWorld,
  type OnboardingWorld,
  type Org,
} from '../packages/server/src/services/onboarding/onboarding.fixture.ts';

const here = (name: string) => fileURLToPath(new URL(`./onboarding/${name}`, import.meta.url));
const page = readFileSync(here('quickstart.md'), 'utf8');
const samplesIn = (language: string) =>
  [...page.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, sample = '']) => sample);
const works = (command: string, args: readonly string[]) => spawnSync(command, args).status === 0;

let world: OnboardingWorld;
let url: string;
beforeAll(async () => {
  world = await createOnboardingWorld();
  url = await world.t.platform.app.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(() => world.close());

/** A workspace whose next customer is the 245th, as the samples say. */
async function orgOfTheSamples(): Promise<Org> {
  const org = await world.org();
  await world.rows(`insert into shared.onboarding_counters values ($1, 'customer', 244)`, [org.id]);
  return org;
}

const placed = (sample: string, key: string) =>
  sample.replaceAll('https://my.pivotal.app', url).replaceAll('pivotal_REPLACE_ME', key);

function run(command: string, args: readonly string[], variables: Readonly<Record<string, string>>) {
  const child = spawn(command, args, { env: { ...process.env, NODE_ENV: 'test', ...variables } });
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].on('data', (chunk: Buffer) => {
      texts[name] += chunk.toString();
    });
  }
  return new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, ...texts }));
  });
}

const aurora = {
  object: 'customer',
  display_id: 245,
  name: 'Aurora Outfitters',
  slug: 'aurora',
  domain: 'aurora.com',
  status: 'onboarding',
};

describe('the samples of the quickstart, unchanged but for base URL and key', () => {
  test.skipIf(!works('curl', ['--version']))(
    'curl: identity, customer, contact, onboarding, and three entries in the feed',
    async () => {
      const org = await orgOfTheSamples();
      const answers = [];
      for (const sample of samplesIn('curl')) {
        const { stdout } = await run('sh', ['-c', placed(sample, org.keys.live)], {});
        answers.push(JSON.parse(stdout));
      }
      const [me, customer, contact, onboarding] = answers;
      expect(me).toMatchObject({ object: 'api_key_identity', key_name: 'prod-server', mode: 'live' });
      expect(customer).toMatchObject(aurora);
      expect(contact).toMatchObject({
        object: 'contact',
        customer_id: customer.id,
        email: 'mira@aurora.com',
        title: 'Head of Ops',
        is_primary: true,
      });
      expect(onboarding).toMatchObject({
        object: 'onboarding',
        customer_id: customer.id,
        target_launch_date: '2026-07-15T00:00:00.000Z',
      });
      const feed = (await org.live.get('/api/v1/customers/245/activity')).body.data;
      expect(feed.map(({ event_type, actor }: Record<string, unknown>) => [event_type, actor])).toEqual([
        ['onboarding.created', 'prod-server'],
        ['contact.added', 'prod-server'],
        ['customer.created', 'prod-server'],
      ]);
    },
  );

  test('Node: identity and customer', async () => {
    const org = await orgOfTheSamples();
    const outputs = [];
    for (const [index, sample] of samplesIn('node').entries()) {
      // The second sample keeps what it made to itself.
      const shown = index === 0 ? '' : '\nconsole.log(JSON.stringify(customer));';
      const { code, stdout, stderr } = await run(
        process.execPath,
        ['--input-type=module', '-e', placed(sample, '') + shown],
        { PIVOTAL_API_KEY: org.keys.live },
      );
      expect([code, stderr]).toEqual([0, '']);
      outputs.push(stdout);
    }
    expect(outputs[0]).toContain("object: 'api_key_identity'");
    expect(JSON.parse(outputs[1] ?? '')).toMatchObject(aurora);
  });

  test.skipIf(!works('python3', ['-c', 'import requests']))('Python: identity and customer', async () => {
    const org = await orgOfTheSamples();
    const program = `${samplesIn('python')
      .map((sample) => placed(sample, ''))
      .join('\n')}\nimport json; print(json.dumps(customer))\n`;
    const { code, stdout, stderr } = await run('python3', ['-c', program], { PIVOTAL_API_KEY: org.keys.live });
    expect([code, stderr]).toEqual([0, '']);
    const [me = '', customer = ''] = stdout.trim().split('\n');
    expect(me).toContain("'object': 'api_key_identity'");
    expect(JSON.parse(customer)).toMatchObject(aurora);
  });

  test.skipIf(!works('go', ['version']))(
    'Go: identity and customer (skipped without go)',
    async () => {
      const org = await orgOfTheSamples();
      const [identity = '', customer = ''] = samplesIn('go').map((sample) => placed(sample, ''));
      // The second sample keeps what it made to itself, which the compiler does not permit.
      const shown = 'made, _ := io.ReadAll(res.Body)\nfmt.Println(string(made))';
      const packages = ['bytes', 'encoding/json', 'fmt', 'io', 'net/http', 'os'].map((name) => `"${name}"`).join('\n');
      const program = `package main\nimport (\n${packages}\n)\nfunc main() {\n{\n${identity}}\n{\n${customer}${shown}\n}\n}\n`;
      const folder = await mkdtemp(join(tmpdir(), 'interlock-go-'));
      onTestFinished(() => rm(folder, { recursive: true, force: true }));
      await writeFile(join(folder, 'main.go'), program);
      const { code, stdout, stderr } = await run('go', ['run', join(folder, 'main.go')], {
        PIVOTAL_API_KEY: org.keys.live,
        GOCACHE: join(folder, 'cache'),
      });
      expect([code, stderr]).toEqual([0, '']);
      const [me = '', made = ''] = stdout.trim().split('\n');
      expect(JSON.parse(me)).toMatchObject({ object: 'api_key_identity' });
      expect(JSON.parse(made)).toMatchObject(aurora);
    },
    120_000,
  );
});

test.each([
  ['production', 'live'],
  ['development', 'test'],
])('a program with both keys that runs in %s finds itself in %s mode', async (NODE_ENV, mode) => {
  const { keys } = await world.org();
  const asks = `const me = await fetch('${url}/api/v1/me', { headers: { authorization: \`Bearer \${KEY}\` } });
    console.log((await me.json()).mode);`;
  const { stdout, stderr } = await run(
    process.execPath,
    ['--input-type=module-typescript', '-e', `${samplesIn('toggle').join('')}${asks}`],
    { NODE_ENV, PIVOTAL_API_KEY: keys.live, PIVOTAL_API_KEY_TEST: keys.test },
  );
  expect([stdout.trim(), stderr]).toEqual([mode, '']);
});

describe('the smoke test', () => {
  const smoke = (org: Org) =>
    run(process.execPath, [here('smoke.mjs')], {
      INTERLOCK_URL: url,
      PIVOTAL_API_KEY_TEST: org.keys.test,
      GITHUB_SHA: '9f31c02e8d1f',
    });
  const liveRows = (org: Org) =>
    world.rows(
      ['customers', 'contacts', 'onboardings']
        .map((table) => `select id from shared.onboarding_${table} where workspace_id = $1 and deleted_at is null`)
        .join(' union all '),
      [org.id],
    );

  test('passes 20 times in a row on one commit, and leaves nothing behind', async () => {
    const org = await world.org();
    for (let time = 0; time < 20; time++) {
      const { code, stderr } = await smoke(org);
      expect([code, stderr]).toEqual([0, '']);
    }
    expect(await liveRows(org)).toEqual([]);
  }, 240_000);

  test('10 at once on one commit: each passes or is told that the slug is taken, and nothing is left behind', async () => {
    const org = await world.org();
    const runs = await Promise.all(Array.from({ length: 10 }, () => smoke(org)));
    for (const { code, stderr } of runs) if (code !== 0) expect(stderr).toContain('POST /customers: 409 slug_taken');
    expect(runs.filter(({ code }) => code === 0).length).toBeGreaterThan(0);
    expect(await liveRows(org)).toEqual([]);
  }, 120_000);

  test('sends nobody anything: every message is suppressed, every entry of the log is of test mode', async () => {
    const org = await world.org();
    expect((await smoke(org)).code).toBe(0);
    await world.t.platform.flush();
    const states = await world.rows<{ state: string }>(
      `select distinct state from test.effects where workspace_id = $1 and disposition = 'suppress'`,
      [org.id],
    );
    expect(states).toEqual([{ state: 'suppressed' }]);
    expect(await world.rows('select 1 from live.effects where workspace_id = $1', [org.id])).toEqual([]);
    expect(await world.rows('select 1 from test.audit_log where workspace_id = $1', [org.id])).toHaveLength(8);
    expect(await world.rows('select 1 from live.audit_log where workspace_id = $1', [org.id])).toEqual([]);
  });
});

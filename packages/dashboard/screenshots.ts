/** npm run screenshots: every screen in both colour schemes, into packages/dashboard/screenshots, which git ignores. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '../server/src/core/db/embedded/embedded.ts';
import { screenPaths } from './src/stories/screen-paths.ts';
import { openStage } from './src/testing/stage.ts';

const folder = join(import.meta.dirname, 'screenshots');
const directory = await mkdtemp(join(tmpdir(), 'interlock-screenshots-'));
const postgres = await startEmbeddedPostgres({ directory });
const stage = await openStage({ owner: postgres.connection });
await mkdir(folder, { recursive: true });
for (const dark of [false, true]) {
  const { page, go, key, context } = await stage.enter({ dark, width: 1100, height: 700 });
  for (const mode of ['live', 'test'] as const) {
    const draw = stage.t.as(key('randomness', mode));
    for (let count = 1; count <= 9; count++) await draw.get(`/api/ints?count=${count}`);
    for (let count = 1; count <= 2; count++) await draw.get('/api/ints?count=none');
    const schedule = stage.t.as(key('scheduler', mode));
    const recurring = { endpoint: 'https://example.com/hooks', cron: '30 9 * * 1-5', timezone: 'Europe/Paris' };
    await schedule.post('/v1/schedules', recurring);
    await stage.t.as(key('onboarding', mode)).post('/api/v1/customers', {
      name: mode === 'test' ? 'Probe Ltd' : 'Acme Inc',
      metadata: { test: mode === 'test' },
    });
  }
  await stage.t.platform.flush();
  for (const mode of ['live', 'test'] as const) {
    for (const path of Object.keys(screenPaths)) {
      await go(path, mode);
      await page.waitForLoadState('networkidle');
      const name = path === '/' ? 'home' : path.slice(1).replaceAll(/\W+/g, '-');
      await page.screenshot({ path: join(folder, `${name}-${mode}-${dark ? 'dark' : 'light'}.png`) });
    }
  }
  await context.close();
}
await stage.close();
await postgres.stop();
await rm(directory, { recursive: true, force: true });
process.stdout.write(`${folder}\n`);

import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { ensureBuilt } from '../../../../scripts/builds.mjs';
import {
  createTestPlatform,
  type TestPlatform,
  type TestPlatformOptions,
} from '../../../server/src/testing/harness.ts';
import { signUp, type TestPerson } from '../../../server/src/testing/person.ts';
import { openBrowser } from './browser.ts';

/** One server and one browser for all stories. */
export interface Stage {
  readonly t: TestPlatform;
  readonly url: string;
  readonly browser: Browser;
  /** What pages complained of: errors, and what their policy refused. */
  readonly complaints: string[];
  /** A fresh person of his own workspace, signed in in a fresh window. */
  enter(options?: { width?: number; height?: number; dark?: boolean }): Promise<Visit>;
  /** A window in which nobody is signed in. */
  window(options?: {
    width?: number;
    height?: number;
    dark?: boolean;
    cookie?: string;
  }): Promise<{ context: BrowserContext; page: Page }>;
  close(): Promise<void>;
}

export interface Visit {
  readonly person: TestPerson;
  readonly context: BrowserContext;
  readonly page: Page;
  /** Goes to a screen in a mode. */
  go(path: string, mode?: 'live' | 'test'): Promise<void>;
  /** The text of a key that signing up showed. */
  key(service: string, mode: 'live' | 'test'): string;
}

interface StageOptions extends Pick<TestPlatformOptions, 'owner' | 'services' | 'env'> {
  /** Of another stage, which closes it. */
  readonly sharing?: Browser;
}

/** @param options another database than the test run's, or other services than those of this repository */
export async function openStage({ sharing, ...options }: StageOptions = {}): Promise<Stage> {
  await ensureBuilt(process.execPath, { names: ['dashboard'] });
  const dashboard = join(import.meta.dirname, '../../dist');
  const t = await createTestPlatform({
    dashboard,
    ...options,
    env: { INTERLOCK_ALLOW_PRIVATE_TARGETS: '1', ...options.env },
  });
  await t.platform.app.listen({ host: '127.0.0.1', port: 0 });
  const address = t.platform.app.server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  t.platform.setPublicUrl(url);
  t.platform.startLoops();
  const browser = sharing ?? (await openBrowser());
  const complaints: string[] = [];

  const window: Stage['window'] = async ({ width = 1280, height = 900, dark = false, cookie } = {}) => {
    const context = await browser.newContext({
      baseURL: url,
      viewport: { width, height },
      colorScheme: dark ? 'dark' : 'light',
      reducedMotion: 'reduce',
    });
    context.setDefaultTimeout(10_000);
    if (cookie !== undefined) {
      const [name = '', value = ''] = cookie.split(/=(.*)/s);
      await context.addCookies([{ name, value, url, httpOnly: true, sameSite: 'Lax' }]);
    }
    const page = await context.newPage();
    page.on('console', (message) => {
      const text = message.text();
      // A refusal that a story provokes is no complaint; the browser reports each.
      if (message.type() === 'error' && !text.startsWith('Failed to load resource')) complaints.push(text);
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    return { context, page };
  };
  return {
    t,
    url,
    browser,
    complaints,
    window,
    async enter(options = {}) {
      const person = await signUp(t);
      const { context, page } = await window({ ...options, cookie: person.cookie });
      return {
        person,
        context,
        page,
        go: async (path, mode = 'live') => {
          const joint = path.includes('?') ? '&' : '?';
          await page.goto(mode === 'test' ? `${path}${joint}mode=test` : path);
          await page.getByRole('heading', { level: 1 }).waitFor();
        },
        key: (service, mode) => {
          const found = person.keys.find((one) => one.service === service && one.mode === mode);
          if (found === undefined) throw new Error(`there is no ${mode} key of ${service}`);
          return found.key;
        },
      };
    },
    async close() {
      if (sharing === undefined) await browser.close();
      await t.close();
    },
  };
}

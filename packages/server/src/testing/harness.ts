import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClientConfig } from 'pg';
import { pino } from 'pino';
import { inject } from 'vitest';
import { type Config, readConfig } from '../config.ts';
import { secretVariables } from '../config-variables.ts';
import { sql } from '../core/db/sql.ts';
import { newId } from '../core/ids.ts';
import type { CreatedKey, NewKey } from '../core/keys/key-ring.ts';
import type { Service } from '../core/service.ts';
import type { Clock } from '../core/sources.ts';
import { createPlatform, type Platform } from '../platform.ts';
import { services as allServices } from '../services/index.ts';

/** A platform on the test run's real PostgreSQL, called as a function. */
export interface TestPlatform {
  readonly platform: Platform;
  /** Time stands still until it is moved. */
  readonly clock: TestClock;
  readonly log: readonly string[];
  /** A fresh workspace. */
  workspace(): Promise<string>;
  /** A fresh key; of the randomness service, with all scopes, unless said otherwise. */
  key(workspaceId: string, key?: Partial<NewKey>): Promise<CreatedKey>;
  /** Calls as the holder of a key, or as nobody. */
  as(key: string | null): Caller;
  close(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test says itself what it expects of a body
  readonly body: any;
}

export interface CallOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly address?: string;
}

export interface Caller {
  get(url: string, options?: CallOptions): Promise<Answer>;
  post(url: string, body?: unknown, options?: CallOptions): Promise<Answer>;
  send(method: string, url: string, payload?: string | Buffer, options?: CallOptions): Promise<Answer>;
}

export class TestClock implements Clock {
  #offsetMs = 0;
  #frozenAt: number | null = null;

  now(): number {
    return (this.#frozenAt ?? Date.now()) + this.#offsetMs;
  }

  freeze(at: number = Date.now()): void {
    this.#frozenAt = at;
    this.#offsetMs = 0;
  }

  /** Time goes on. */
  thaw(): void {
    this.#frozenAt = null;
    this.#offsetMs = 0;
  }

  advance(ms: number): void {
    this.#offsetMs += ms;
  }
}

/** Fixed, so that fixtures are the same in every run; the randomness vectors use the bytes 00 to 1f. */
export function testSecrets(services: readonly Service[]): Record<string, string> {
  const secrets = secretVariables(services.map((service) => service.contract)).map(({ env }, index) => [
    env,
    env === 'TEST_SEED_SECRET'
      ? Buffer.from(Array.from({ length: 32 }, (_, byte) => byte)).toString('hex')
      : Buffer.alloc(32, index + 101).toString('hex'),
  ]);
  return Object.fromEntries(secrets) as Record<string, string>;
}

const insertWorkspace = sql`insert into core.workspaces (id, name, slug) values ($1, $2, $1)`;

export interface TestPlatformOptions {
  readonly services?: readonly Service[];
  /** Environment variables that differ from a test's defaults. */
  readonly env?: Readonly<Record<string, string>>;
  /** Another database than the run's own. */
  readonly owner?: ClientConfig;
  readonly config?: Partial<Config>;
  /** The built dashboard, for the tests that open it in a browser. */
  readonly dashboard?: string;
}

/**
 * Starts a platform for one test file: the run's PostgreSQL, the schema migrated, limits out of the way unless the
 * test sets them.
 */
export async function createTestPlatform(options: TestPlatformOptions = {}): Promise<TestPlatform> {
  const services = options.services ?? allServices;
  const files = await mkdtemp(join(tmpdir(), 'interlock-test-files-'));
  const env = {
    NODE_ENV: 'test',
    RATE_LIMIT_PER_MINUTE: '1000000',
    INTERLOCK_POOL_SIZE: '6',
    FILES_FOLDER: files,
    ...testSecrets(services),
    ...options.env,
  };
  const config = {
    ...readConfig(
      env,
      services.map((service) => service.contract),
    ),
    ...options.config,
  };
  const clock = new TestClock();
  const lines: string[] = [];
  const log = pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) });
  const platform = await createPlatform({
    config,
    services,
    owner: options.owner ?? inject('postgres'),
    log,
    clock,
    checkAnswers: true,
    ...(options.dashboard === undefined ? {} : { dashboard: options.dashboard }),
  }).catch(async (error: unknown) => {
    await rm(files, { recursive: true, force: true });
    throw error;
  });
  await platform.app.ready();

  let keys = 0;
  const send: (key: string | null) => Caller['send'] =
    (key) =>
    async (method, url, payload, callOptions = {}) => {
      const response = await platform.app.inject({
        method: method as 'GET',
        url,
        headers: { ...(key === null ? {} : { authorization: `Bearer ${key}` }), ...callOptions.headers },
        remoteAddress: callOptions.address ?? '127.0.0.1',
        ...(payload === undefined ? {} : { payload }),
      });
      return {
        status: response.statusCode,
        headers: response.headers as Record<string, string>,
        text: response.body,
        get body() {
          return JSON.parse(response.body) as unknown;
        },
      };
    };

  return {
    platform,
    clock,
    log: lines,
    async workspace() {
      const id = newId('ws');
      const db = platform.database.as('console', id);
      await db.run(insertWorkspace, [id, `Test ${randomBytes(3).toString('hex')}`]);
      await db.commit();
      return id;
    },
    key: (workspaceId, key = {}) =>
      platform.keysOf(workspaceId).create({ service: 'randomness', mode: 'test', name: `test key ${++keys}`, ...key }),
    as(key) {
      const call = send(key);
      return {
        send: call,
        get: (url, callOptions) => call('GET', url, undefined, callOptions),
        post: (url, body, callOptions) =>
          call('POST', url, body === undefined ? undefined : JSON.stringify(body), {
            ...callOptions,
            headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...callOptions?.headers },
          }),
      };
    },
    async close() {
      await platform.close();
      await rm(files, { recursive: true, force: true });
    },
  };
}

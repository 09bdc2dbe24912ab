import { readDatabaseConfig } from '../../server/src/config.ts';
import { modes } from '../../server/src/core/mode.ts';
import { loadServices } from '../../server/src/load-services.ts';
import type { Platform } from '../../server/src/platform.ts';
import { withPlatform } from '../../server/src/with-platform.ts';
import { withDatabase } from './reach.ts';
import { sampleCustomers, sampleOnboardings } from './sample-customers.ts';
import { type Terminal, UsageError } from './terminal.ts';

const service = 'onboarding';
const dayMs = 86_400_000;

/** What a workspace for trying things out holds; its keys are told this once. */
export interface Filled {
  readonly keys: Readonly<Record<'live' | 'test', string>>;
  readonly sample: Readonly<Record<'customers' | 'contacts' | 'onboardings' | 'tasks', number>>;
}

/**
 * Fills a workspace with sample data, by the operations that callers have and with its test key: so everything is as a
 * caller could have made it, and nobody is written to.
 */
export async function fillWorkspace(terminal: Terminal, workspaceId: string): Promise<Filled> {
  const services = await loadServices(terminal.env);
  const contract = services.find((one) => one.contract.name === service)?.contract;
  if (contract === undefined)
    throw new UsageError('Sample data is customers, and there is no service "onboarding" here.');
  return withDatabase(readDatabaseConfig(terminal.env), ({ owner }) =>
    withPlatform({ env: terminal.env, services, owner }, async (platform) => {
      const ring = platform.keysOf(workspaceId);
      const made: Partial<Record<'live' | 'test', string>> = {};
      for (const mode of modes) made[mode] = (await ring.create({ service, mode, name: `Demo ${mode} key` })).key;
      const { live = '', test = '' } = made;
      const post = caller(platform, contract.basePath, test);
      await post('/customers/bulk', { customers: sampleCustomers });
      for (const { slug, onboarding, launchInDays, tasks } of sampleOnboardings) {
        const { id } = await post('/onboardings', {
          ...onboarding,
          customer_id: await idOf(platform, contract.basePath, test, slug),
          target_launch_date: new Date(terminal.clock.now() + launchInDays * dayMs).toISOString(),
        });
        for (const task of tasks) await post(`/onboardings/${id}/tasks`, task);
      }
      return {
        keys: { live, test },
        sample: {
          customers: sampleCustomers.length,
          contacts: sampleCustomers.flatMap(({ contacts }) => contacts).length,
          onboardings: sampleOnboardings.length,
          tasks: sampleOnboardings.flatMap(({ tasks }) => tasks).length,
        },
      };
    }),
  );
}

function caller(platform: Platform, basePath: string, key: string) {
  return async (path: string, body: object): Promise<{ readonly id: string }> => {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    const answer = await platform.app.inject({
      method: 'POST',
      url: basePath + path,
      headers,
      payload: JSON.stringify(body),
    });
    return read(answer, path);
  };
}

async function idOf(platform: Platform, basePath: string, key: string, slug: string): Promise<string> {
  const answer = await platform.app.inject({
    method: 'GET',
    url: `${basePath}/customers?slug=${slug}`,
    headers: { authorization: `Bearer ${key}` },
  });
  const { data } = read(answer, '/customers') as unknown as { readonly data: readonly { readonly id: string }[] };
  return data[0]?.id ?? '';
}

function read(answer: { readonly statusCode: number; readonly body: string }, path: string): { readonly id: string } {
  const { statusCode, body } = answer;
  if (statusCode >= 400) throw new Error(`the sample data was refused at ${path}: ${body}`);
  return JSON.parse(body) as { readonly id: string };
}

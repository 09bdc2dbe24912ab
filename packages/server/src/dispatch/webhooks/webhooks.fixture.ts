import { services } from '../../services/index.ts';
import { createFixtureWorld, type FixtureWorld } from '../../testing/fixture-platform.ts';
import { circulars } from '../../testing/fixtures/circulars/service.ts';
import type { Answer, TestPlatform } from '../../testing/harness.ts';
import { signUp, type TestPerson } from '../../testing/person.ts';
import { type Received, type Receiver, startReceiver } from '../../testing/receiver.ts';

/** A platform that sends webhooks to receivers on this machine, with waits a ten-thousandth as long. */
export async function createWebhookWorld(env: Readonly<Record<string, string>> = {}): Promise<FixtureWorld> {
  const world = await createFixtureWorld({
    services: [...services, circulars],
    env: { INTERLOCK_ALLOW_PRIVATE_TARGETS: '1', WEBHOOK_RETRY_SCALE: '0.0001', ...env },
  });
  await world.t.platform.webhooks.ready;
  return world;
}

/** A person with a workspace, keys and endpoints of his own. */
export interface Owner extends TestPerson {
  /** Makes an endpoint that hears everything of a service and mode, unless told otherwise. */
  listen(receiver: Pick<Receiver, 'url'>, more?: object): Promise<Endpoint>;
  /** Adds a note, which is an event. */
  addNote(mode: 'live' | 'test', text: string, more?: object): Promise<{ id: string; text: string }>;
}

export interface Endpoint {
  readonly id: string;
  readonly secret: string;
  readonly path: string;
}

export async function newOwner(t: TestPlatform): Promise<Owner> {
  const person = await signUp(t);
  const keys = new Map<string, string>();
  for (const mode of ['live', 'test'] as const) {
    keys.set(mode, (await t.key(person.workspaceId, { service: 'notes', mode, name: 'CI' })).key);
  }
  return {
    ...person,
    async listen(receiver, more = {}) {
      const answer = await person.send('POST', '/webhooks', {
        service: 'notes',
        mode: 'live',
        url: `${receiver.url}/hooks`,
        ...more,
      });
      if (answer.status !== 201) throw new Error(`the endpoint was refused: ${answer.text}`);
      return { id: answer.body.id, secret: answer.body.secret, path: `/webhooks/${answer.body.id}` };
    },
    async addNote(mode, text, more = {}) {
      const answer = await t.as(keys.get(mode) ?? '').post('/notes/v1/notes', { text, ...more });
      if (answer.status !== 201) throw new Error(`the note was refused: ${answer.text}`);
      return answer.body as { id: string; text: string };
    },
  };
}

/** Receivers that are closed together. */
export function receivers(): { start(): Promise<Receiver>; closeAll(): Promise<void> } {
  const all: Receiver[] = [];
  return {
    async start() {
      const receiver = await startReceiver();
      all.push(receiver);
      return receiver;
    },
    async closeAll() {
      await Promise.all(all.splice(0).map((receiver) => receiver.close()));
    },
  };
}

/** The texts of the notes that a receiver was told of. */
export function notesIn(received: readonly Received[]): string[] {
  return received.map(({ body }) => (JSON.parse(body) as { data: { text?: string } }).data.text ?? '');
}

/** The deliveries of an endpoint, newest first. */
export async function deliveriesOf(person: Pick<TestPerson, 'get'>, endpoint: Pick<Endpoint, 'path'>, query = '') {
  const answer: Answer = await person.get(`${endpoint.path}/deliveries${query}`);
  return answer.body.deliveries as Record<string, unknown>[];
}

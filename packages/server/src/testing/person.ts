import { randomBytes } from 'node:crypto';
import type { CreatedKey } from '../core/keys/key-ring.ts';
import type { Answer, CallOptions, TestPlatform } from './harness.ts';

/** A signed-in person, calling from the console's own pages. */
export interface TestPerson {
  readonly id: string;
  readonly email: string;
  readonly password: string;
  /** The session, as a browser sends it back. */
  readonly cookie: string;
  readonly workspaceId: string;
  /** What signing up showed. */
  readonly keys: readonly CreatedKey[];
  get(path: string, options?: CallOptions): Promise<Answer>;
  send(method: string, path: string, body?: unknown, options?: CallOptions): Promise<Answer>;
}

/** An address that no other test counts attempts against. */
export function freshAddress(): string {
  return `10.${[...randomBytes(3)].join('.')}`;
}

/** Signs a new person up; paths are below `/console/v1`. */
export async function signUp(t: TestPlatform, body: Readonly<Record<string, unknown>> = {}): Promise<TestPerson> {
  const email = `${randomBytes(6).toString('hex')}@example.com`;
  const sent = { email, password: 'a long enough password', acceptTerms: true, ...body };
  const answer = await t.as(null).post('/auth/signup', sent, { address: freshAddress() });
  if (answer.status !== 201) throw new Error(`sign-up was refused: ${answer.text}`);
  const cookie = cookieOf(answer);
  const { person, workspace, keys } = answer.body;
  return { ...sent, id: person.id, cookie, workspaceId: workspace.id, keys, ...callerWith(t, cookie) };
}

/** What a browser keeps of an answer. */
export function cookieOf(answer: Answer): string {
  return String(answer.headers['set-cookie']).split(';', 1)[0] ?? '';
}

/** Calls with a session's cookie. */
export function callerWith(t: TestPlatform, cookie: string): Pick<TestPerson, 'get' | 'send'> {
  const own = { cookie, 'sec-fetch-site': 'same-origin' };
  const send: TestPerson['send'] = (method, path, body, options) =>
    t.as(null).send(method, `/console/v1${path}`, body === undefined ? undefined : JSON.stringify(body), {
      ...options,
      headers: { ...own, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...options?.headers },
    });
  return { send, get: (path, options) => send('GET', path, undefined, options) };
}

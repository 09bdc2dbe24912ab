import { refuse } from '../../server/src/core/errors.ts';
import { type CreatedKey, type KeyRing, type KeyView, keyRingOf } from '../../server/src/core/keys/key-ring.ts';
import type { KeyRateLimit } from '../../server/src/core/limits/key-rate-limit.ts';
import { chooseWorkspace, contractOf } from './choose.ts';
import { type Installation, withInstallation } from './installation.ts';
import type { Outcome, Terminal } from './terminal.ts';
import { textFacts, textTable, textTime } from './text-table.ts';

export interface CreateOptions {
  service: string;
  mode: 'live' | 'test';
  name: string;
  scope?: string[];
  boundTo?: string;
  workspace?: string;
  expires?: number | null;
  allowIp?: string[];
  allowReferer?: string[];
  rateLimit?: Partial<KeyRateLimit>;
}

export interface ListOptions {
  service?: string;
  mode?: 'live' | 'test';
  workspace?: string;
}

export interface RotateOptions {
  overlap: number;
  workspace?: string;
}

export async function createKey(terminal: Terminal, options: CreateOptions): Promise<Outcome> {
  return withInstallation(terminal, async (installation) => {
    const workspace = await chooseWorkspace(installation, options.workspace);
    const key = await ringOf(installation, workspace.id, terminal).create({
      service: options.service,
      mode: options.mode,
      name: options.name,
      ...(options.boundTo === undefined ? {} : { boundTo: options.boundTo }),
      ...(options.scope === undefined ? {} : { scopes: options.scope }),
      ...(options.expires === undefined ? {} : { expiresAt: options.expires }),
      ...(options.allowIp === undefined ? {} : { allowedIps: options.allowIp }),
      ...(options.allowReferer === undefined ? {} : { allowedReferers: options.allowReferer }),
      ...(options.rateLimit === undefined ? {} : { rateLimit: options.rateLimit }),
    });
    return shownOnce(key, workspace.id, []);
  });
}

export async function listKeys(terminal: Terminal, options: ListOptions): Promise<Outcome> {
  return withInstallation(terminal, async (installation) => {
    const { service, mode } = options;
    if (service !== undefined) contractOf(installation, service);
    const workspace = await chooseWorkspace(installation, options.workspace);
    const keys = await ringOf(installation, workspace.id, terminal).list({
      ...(service === undefined ? {} : { service }),
      ...(mode === undefined ? {} : { mode }),
    });
    const now = terminal.clock.now();
    return {
      json: { workspaceId: workspace.id, keys },
      text: textTable(
        ['ID', 'SERVICE', 'MODE', 'NAME', 'KEY', 'STATE', 'CREATED', 'LAST USED'],
        keys.map((key) => [
          key.id,
          key.service,
          key.mode,
          key.name,
          `${key.prefix}…${key.last4}`,
          stateOf(key, now),
          textTime(key.createdAt),
          textTime(key.lastUsedAt),
        ]),
      ),
    };
  });
}

export async function rotateKey(terminal: Terminal, id: string, options: RotateOptions): Promise<Outcome> {
  return withKey(terminal, id, options.workspace, async (ring, workspaceId) => {
    const key = await ring.rotate(id, options.overlap * 1000);
    const until = options.overlap === 0 ? 'stopped working now' : `works for ${options.overlap} s more`;
    return shownOnce(key, workspaceId, [['Old text', until]]);
  });
}

export async function revokeKey(terminal: Terminal, id: string, options: { workspace?: string }): Promise<Outcome> {
  return withKey(terminal, id, options.workspace, async (ring, workspaceId) => {
    const key = await ring.revoke(id);
    return {
      json: { workspaceId, ...key },
      text: `The key ${id} (${key.name}) is revoked; every server knows within a second.\n`,
    };
  });
}

/** An id says which workspace it is in, so nobody has to; a workspace that is given must be the one. */
async function withKey(
  terminal: Terminal,
  id: string,
  wanted: string | undefined,
  work: (ring: KeyRing, workspaceId: string) => Promise<Outcome>,
): Promise<Outcome> {
  return withInstallation(terminal, async (installation) => {
    const found = await installation.owner.query<{ workspace_id: string }>(
      'select workspace_id from core.api_keys where id = $1',
      [id],
    );
    const workspaceId = found.rows[0]?.workspace_id;
    const given = wanted === undefined ? workspaceId : (await chooseWorkspace(installation, wanted)).id;
    if (workspaceId === undefined || workspaceId !== given) {
      const place = wanted === undefined ? '' : ` in the workspace ${wanted}`;
      throw refuse('not_found', `There is no key "${id}"${place}; "npx interlock keys list" shows those there are.`);
    }
    return work(ringOf(installation, workspaceId, terminal), workspaceId);
  });
}

function ringOf({ database, contracts }: Installation, workspaceId: string, { clock }: Terminal): KeyRing {
  return keyRingOf(database, contracts, workspaceId, clock, null);
}

function shownOnce(key: CreatedKey, workspaceId: string, more: [string, string][]): Outcome {
  return {
    json: { workspaceId, ...key },
    text:
      textFacts([
        ['Key', key.key],
        ['Id', key.id],
        ['For', `${key.service}, ${key.mode} mode, in workspace ${workspaceId}`],
        ...(key.boundTo === null ? [] : [['Bound to', key.boundTo] as const]),
        ['Scopes', key.scopes.join(', ')],
        ...(key.expiresAt === null ? [] : [['Expires', textTime(key.expiresAt)] as const]),
        ...(key.rateLimit === null ? [] : [['Rate limit', textRateLimit(key.rateLimit)] as const]),
        ...more,
      ]) + 'The key is shown this once; keep it where secrets are kept.\n',
  };
}

function textRateLimit({ perMinute, perHour }: KeyRateLimit): string {
  const parts = [perMinute === null ? '' : `${perMinute} a minute`, perHour === null ? '' : `${perHour} an hour`];
  return parts.filter((part) => part !== '').join(', ');
}

function stateOf(key: KeyView, now: number): string {
  if (key.revokedAt !== null) return 'revoked';
  if (key.expiresAt === null) return 'works';
  return key.expiresAt <= now ? 'expired' : `until ${textTime(key.expiresAt)}`;
}

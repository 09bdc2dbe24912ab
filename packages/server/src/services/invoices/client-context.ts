import type { Mode } from '../../core/service.ts';
import { type ClientRow, findClient, isElsewhere } from './clients-repository.ts';
import { type Ctx, error } from './contract.ts';
import { invalidFields } from './fields.ts';

/** Which client a request names, in the header or, where it has one, in its own field. */
export interface NamedClient {
  readonly 'X-Client-Id'?: string | undefined;
  readonly clientId?: string | null | undefined;
}

/**
 * The client that a request is about (specification 4.5): of a team-wide key the one it names, of a bound key its own.
 *
 * @throws `client.context_required`, `client.not_found`, `client.not_in_team` or `client.scope_mismatch`
 */
export async function requireClient(ctx: Ctx, named: NamedClient): Promise<ClientRow> {
  const client = await findContext(ctx, named);
  if (client !== null) return client;
  throw error('client.context_required', 'Name the client in the header X-Client-Id; this key is for the whole team.', {
    param: 'X-Client-Id',
  });
}

/** The same where a request may also be about all clients: `null` then. */
export async function findContext(ctx: Ctx, named: NamedClient): Promise<ClientRow | null> {
  const id = namedId(named) ?? boundTo(ctx);
  if (id === null) return null;
  const client = await findClient(ctx.db, id);
  if (client === undefined) throw (await isElsewhere(ctx.db, id)) ? notInTeam() : noClient(ctx.mode, id);
  refuseOther(ctx, id);
  return client;
}

/**
 * What a list is narrowed to: a key that is bound to a client looks past a filter by client, as its list has no other.
 */
export function filteredClient(ctx: Ctx, named: NamedClient): NamedClient {
  return boundTo(ctx) === null ? named : { 'X-Client-Id': named['X-Client-Id'] };
}

/** The client of a path, as far as the key may know of it. */
export async function findInPath(ctx: Ctx, id: string): Promise<ClientRow> {
  const bound = boundTo(ctx);
  const client = bound !== null && bound !== id ? undefined : await findClient(ctx.db, id);
  if (client !== undefined) return client;
  throw error('client.not_found', `No client "${id.slice(0, 60)}" is visible to this key.`);
}

/** The client that the key is bound to. */
export function boundTo({ caller }: Ctx): string | null {
  return caller.type === 'key' ? caller.boundTo : null;
}

/** What belongs to all clients is nothing for a key of one. */
export function refuseBound(ctx: Ctx): void {
  if (boundTo(ctx) === null) return;
  throw error('client.scope_mismatch', 'This key is bound to one client and may not create, change or delete clients.');
}

function refuseOther(ctx: Ctx, id: string): void {
  const bound = boundTo(ctx);
  if (bound === null || bound === id) return;
  throw error('client.scope_mismatch', `This key is bound to the client ${bound} and cannot act for another one.`, {
    param: 'X-Client-Id',
  });
}

function namedId({ 'X-Client-Id': header, clientId }: NamedClient): string | null {
  if (header !== undefined && clientId != null && header !== clientId) {
    const message = 'differs from X-Client-Id; send one of them, or the same in both';
    throw invalidFields([{ field: 'clientId', code: 'validation.invalid_body', message }]);
  }
  return header ?? clientId ?? null;
}

function notInTeam() {
  return error('client.not_in_team', 'This client belongs to another team.', { param: 'X-Client-Id' });
}

export function noClient(mode: Mode, id: string) {
  return error('client.not_found', `There is no client "${id.slice(0, 60)}" in ${mode} mode of this team.`, {
    param: 'X-Client-Id',
  });
}

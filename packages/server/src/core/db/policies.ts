import { channels } from '../channels.ts';
import type { PermittedEffect, PermittedMessage, TableAccess } from './access.ts';
import type { RoleKind } from './roles.ts';

/** A row policy as it is written, before the database spells its expressions in its own way. */
export interface Policy {
  readonly name: string;
  readonly to: RoleKind | 'owner';
  readonly command: 'all' | 'select' | 'insert' | 'update' | 'delete';
  readonly using: string | null;
  readonly check: string | null;
}

/** The row policies of one table. They are forced, which binds the owner too; the owner's own lets migrations work. */
export function policiesOf(access: TableAccess): Policy[] {
  const policies: Policy[] = [{ name: 'owner_all', to: 'owner', command: 'all', using: 'true', check: 'true' }];
  for (const kind of Object.keys(access.grants) as RoleKind[]) {
    if (access.rows === 'public') {
      policies.push(
        { name: `${kind}_reads`, to: kind, command: 'select', using: 'true', check: null },
        { name: `${kind}_adds`, to: kind, command: 'insert', using: null, check: publisher },
        { name: `${kind}_edits`, to: kind, command: 'update', using: publisher, check: publisher },
        { name: `${kind}_removes`, to: kind, command: 'delete', using: publisher, check: null },
      );
      continue;
    }
    const unfiltered = access.rows === 'all' || access.unfiltered?.includes(kind) === true;
    const rows = unfiltered ? 'true' : access.rows === 'seat' ? shownSeat : ownRows;
    const written = [rows, ...conditions(access)].join(' and ');
    policies.push({ name: `${kind}_rows`, to: kind, command: 'all', using: rows, check: written });
  }
  return policies;
}

/** Which workspace the transaction sits in; nothing when it shows no seat, or a made-up one. */
const seated = '(select s.workspace_id from core.seats s)';
const ownRows = `workspace_id = ${seated}`;
const shownSeat = `seat = current_setting('app.seat', true)`;

/** Public rows are written in a workspace that no key can belong to. */
const publisher = `${seated} = 'system' and workspace_id = 'system'`;

/** What a written row is held against besides its workspace. */
function conditions({ effects, senders, messages }: TableAccess): string[] {
  return [
    ...(effects === undefined ? [] : [permitted(effects)]),
    ...(senders === undefined
      ? []
      : [senders.length === 0 ? 'false' : `service in (${senders.map(literal).join(', ')})`]),
    ...(messages === undefined ? [] : [asDeclared(messages)]),
  ];
}

/** An intention that a handler's own SQL writes past `emit` is held against the contract all the same. */
function permitted(effects: readonly PermittedEffect[]): string {
  if (effects.length === 0) return 'false';
  const lines = effects.map(
    ({ service, name, disposition }) => `(${[service, name, disposition].map(literal).join(', ')})`,
  );
  return `(service, name, disposition) in (${lines.join(', ')})`;
}

/** Of what goes through a channel only the messages that the contracts let out of this mode. */
function asDeclared(messages: readonly PermittedMessage[]): string {
  const kinds = `kind not in (${channels.map(literal).join(', ')})`;
  const lines = messages.map(({ service, channel, name }) => `(${[service, channel, name].map(literal).join(', ')})`);
  return lines.length === 0 ? kinds : `(${kinds} or (service, kind, event_type) in (${lines.join(', ')}))`;
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

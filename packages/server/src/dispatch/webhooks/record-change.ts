import type { AuditLog } from '../../core/audit/audit.ts';
import type { Db } from '../../core/db/transaction.ts';
import { newRequestId } from '../../core/ids.ts';
import type { Mode } from '../../core/mode.ts';
import type { Caller } from '../../core/service.ts';

/** What somebody, or the server itself, has done to an endpoint. */
export interface EndpointChange {
  readonly mode: Mode;
  readonly workspaceId: string;
  readonly service: string;
  readonly change:
    | 'created'
    | 'updated'
    | 'enabled'
    | 'disabled'
    | 'removed'
    | 'secret_rotated'
    | 'secret_revoked'
    | 'test_sent'
    | 'redelivered'
    | 'recovered';
  readonly endpointId: string;
  /** Why the server did it. */
  readonly code: string | null;
  readonly actor: Actor;
  readonly at: number;
}

/** Who did it: a person at the console, whoever calls an operation of a service, or the server itself. */
export type Actor =
  | { readonly type: 'person'; readonly personId: string }
  | { readonly type: 'call'; readonly caller: Caller; readonly requestId: string }
  | { readonly type: 'server' };

/** Writes a change into the audit log of its workspace and mode, in the transaction of the change. */
export type RecordChange = (db: Pick<Db, 'defer'>, change: EndpointChange) => void;

export function recordChanges(audit: Pick<AuditLog, 'record'>): RecordChange {
  return (db, { mode, workspaceId, service, change, endpointId, code, actor, at }) => {
    // A call has an audit row of its own.
    if (actor.type === 'call') return;
    const personId = actor.type === 'person' ? actor.personId : null;
    audit.record(db, {
      workspaceId,
      mode,
      at,
      service,
      operation: `webhooks.${change}`,
      method: personId === null ? 'SYSTEM' : 'CONSOLE',
      route: `/webhooks/${endpointId}`,
      status: 200,
      code,
      durationUs: 0,
      requestId: newRequestId(),
      caller: personId === null ? 'system' : 'person',
      keyId: null,
      actor: personId ?? 'webhooks',
      address: '',
      suppressed: null,
    });
  };
}

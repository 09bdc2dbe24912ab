import type { AuditLog } from '../../core/audit/audit.ts';
import type { Db } from '../../core/db/transaction.ts';
import { newRequestId } from '../../core/ids.ts';
import type { Mode } from '../../core/mode.ts';

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
  /** Who did it; `null` for the server. */
  readonly personId: string | null;
  readonly at: number;
}

/** Writes a change into the audit log of its workspace and mode, in the transaction of the change. */
export type RecordChange = (db: Pick<Db, 'defer'>, change: EndpointChange) => void;

export function recordChanges(audit: Pick<AuditLog, 'record'>): RecordChange {
  return (db, { mode, workspaceId, service, change, endpointId, code, personId, at }) =>
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
}

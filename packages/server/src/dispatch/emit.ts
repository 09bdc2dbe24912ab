import type { SuppressedEffect } from '../core/audit/audit.ts';
import { sql } from '../core/db/sql.ts';
import type { Db } from '../core/db/transaction.ts';
import { refuse } from '../core/errors.ts';
import { newId } from '../core/ids.ts';
import { type Mode, modes } from '../core/mode.ts';
import type { Disposition, ServiceContract } from '../core/service.ts';

/** An intention to send, and why it exists. */
export interface Intention {
  readonly service: string;
  readonly name: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly workspaceId: string;
  readonly requestId: string;
  readonly keyId: string | null;
  /** Unix milliseconds. */
  readonly at: number;
}

const insertEffect = sql`
  insert into effects (workspace_id, id, service, name, disposition, payload, state, request_id, key_id, created_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`;

/** A mode without tables has no outbox, so nothing can leave from it: a contract that promises otherwise is a bug. */
export function checkEffects(contract: ServiceContract): void {
  for (const mode of modes) {
    if (contract.modes.data[mode] !== 'pure') continue;
    for (const effect of Object.keys(contract.modes.effects)) {
      if (decideDisposition(contract, mode, effect) !== 'deliver') continue;
      throw new Error(`${contract.name} is pure in ${mode} mode and cannot deliver "${effect}" from there`);
    }
  }
}

/** What the contract makes of an effect in a mode. An effect that nobody declared is a bug, not a default. */
export function decideDisposition(contract: ServiceContract, mode: Mode, effect: string): Disposition {
  const { effects } = contract.modes;
  const rule = Object.hasOwn(effects, effect) ? effects[effect] : undefined;
  if (rule === undefined) throw new Error(`${contract.name} emits "${effect}", which its contract does not declare`);
  return rule[mode];
}

/**
 * The one door outward. Writes the outbox row with its disposition in the transaction of the change that caused it; a
 * suppressed one keeps the payload that would have left and can never be claimed. A mode without tables has no outbox:
 * there the suppressed payload goes into the request's audit row.
 *
 * @returns what the audit row says of it, when it was suppressed
 */
export function emit(
  contract: ServiceContract,
  mode: Mode,
  transaction: Pick<Db, 'defer'>,
  intention: Intention,
): SuppressedEffect | null {
  const disposition = decideDisposition(contract, mode, intention.name);
  if (disposition === 'refuse') {
    throw refuse('mode_forbidden', `This call would cause "${intention.name}", which ${mode} mode does not permit.`);
  }
  if (contract.modes.data[mode] === 'pure') return { name: intention.name, payload: intention.payload };
  transaction.defer(insertEffect, [
    intention.workspaceId,
    newId('eff'),
    intention.service,
    intention.name,
    disposition,
    JSON.stringify(intention.payload),
    disposition === 'suppress' ? 'suppressed' : 'pending',
    intention.requestId,
    intention.keyId,
    new Date(intention.at),
  ]);
  return disposition === 'suppress' ? { name: intention.name } : null;
}

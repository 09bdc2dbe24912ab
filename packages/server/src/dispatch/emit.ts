import type { SuppressedEffect } from '../core/audit/audit.ts';
import type { Channel } from '../core/channels.ts';
import { sql } from '../core/db/sql.ts';
import type { Db } from '../core/db/transaction.ts';
import { refuse } from '../core/errors.ts';
import { newId } from '../core/ids.ts';
import { type Mode, modes } from '../core/mode.ts';
import type { Sealer } from '../core/sealing.ts';
import type { Disposition, ServiceContract } from '../core/service.ts';
import { queueMessage } from './channels/queue-message.ts';

/** An intention to send, and why it exists. */
export interface Intention {
  readonly service: string;
  readonly name: string;
  readonly payload: Readonly<Record<string, unknown>>;
  /** Whom an event is about, where its service says so. */
  readonly subject: string | null;
  readonly workspaceId: string;
  readonly requestId: string;
  readonly keyId: string | null;
  /** Unix milliseconds. */
  readonly at: number;
}

/** What an intention has become, as far as can be said before its transaction commits. */
export type Emitted =
  /** What the audit row says of it. */
  | { readonly state: 'suppressed'; readonly effect: SuppressedEffect; readonly effectId: string | null }
  /** It leaves; an event once it is known who listens. */
  | { readonly state: 'pending'; readonly isEvent: boolean }
  /** A message of a channel, on its way. */
  | { readonly state: 'delivered'; readonly effectId: string }
  | { readonly state: 'unsubscribed' };

/** Who knows whether any endpoint may listen. */
export interface Listeners {
  /** `false` only when it is known that none does. */
  mayListen(mode: Mode, workspaceId: string, service: string): boolean;
}

const insertEffect = sql`
  insert into effects (workspace_id, id, service, name, disposition, payload, subject, state, request_id, key_id, created_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`;

/**
 * A mode without tables has no outbox, so nothing can leave from it: a contract that promises otherwise is a bug. So is
 * an event that is no effect.
 */
export function checkEffects(contract: ServiceContract): void {
  for (const event of Object.keys(contract.webhooks?.events ?? {})) {
    if (!Object.hasOwn(contract.modes.effects, event)) {
      throw new Error(`${contract.name} offers the event "${event}" to webhooks, which is none of its effects`);
    }
  }
  for (const message of Object.keys(contract.messages ?? {})) {
    if (!Object.hasOwn(contract.modes.effects, message)) {
      throw new Error(`${contract.name} names a channel for "${message}", which is none of its effects`);
    }
    if (contract.webhooks !== undefined && Object.hasOwn(contract.webhooks.events, message)) {
      throw new Error(`${contract.name} names "${message}" as an event and as a message; it can be one of them`);
    }
  }
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
  const disposition: Disposition | undefined = rule[mode];
  // A type can be got around; a mode that is none must never mean that something leaves.
  if (disposition === undefined) throw new Error(`"${effect}" was emitted in "${mode}", which is no mode`);
  return disposition;
}

/**
 * The one door outward. Writes the outbox row with its disposition in the transaction of the change that caused it; a
 * suppressed one keeps the payload that would have left and can never be claimed. A mode without tables has no outbox:
 * there the suppressed payload goes into the request's audit row.
 *
 * An event that nobody listens to is written down as `unsubscribed`, which costs no more than the row. Whether anybody
 * does is a matter of memory here: an endpoint that was made a moment ago on another node hears of what is emitted here
 * from the moment this node is told of it, milliseconds later, as if it had been made then. Where memory cannot be sure
 * the event is `pending`, and the rows decide. One that was disabled a moment ago gets nothing: the rows decide as well.
 */
export function emit(
  contract: ServiceContract,
  mode: Mode,
  transaction: Pick<Db, 'defer'>,
  intention: Intention,
  listeners: Listeners,
  sealer: Sealer,
): Emitted {
  const disposition = decideDisposition(contract, mode, intention.name);
  if (disposition === 'refuse') {
    throw refuse('mode_forbidden', `This call would cause "${intention.name}", which ${mode} mode does not permit.`);
  }
  if (contract.modes.data[mode] === 'pure') {
    return { state: 'suppressed', effect: { name: intention.name, payload: intention.payload }, effectId: null };
  }
  const { name, workspaceId, service } = intention;
  const isEvent = contract.webhooks !== undefined && Object.hasOwn(contract.webhooks.events, name);
  const isHeard = !isEvent || listeners.mayListen(mode, workspaceId, service);
  const channel = disposition === 'deliver' ? channelOf(contract, name) : undefined;
  const state =
    disposition === 'suppress'
      ? 'suppressed'
      : channel !== undefined
        ? 'delivered'
        : isHeard
          ? 'pending'
          : 'unsubscribed';
  const effectId = newId('eff');
  transaction.defer(insertEffect, [
    intention.workspaceId,
    effectId,
    intention.service,
    intention.name,
    disposition,
    JSON.stringify(intention.payload),
    intention.subject,
    state,
    intention.requestId,
    intention.keyId,
    new Date(intention.at),
  ]);
  if (state === 'suppressed') return { state, effect: { name }, effectId };
  if (channel !== undefined) {
    const { payload, at } = intention;
    queueMessage(transaction, { effectId, service, channel, effect: name, payload, at }, sealer);
    return { state: 'delivered', effectId };
  }
  return state === 'pending' ? { state, isEvent } : { state: 'unsubscribed' };
}

function channelOf({ messages = {} }: ServiceContract, effect: string): Channel | undefined {
  return Object.hasOwn(messages, effect) ? messages[effect] : undefined;
}

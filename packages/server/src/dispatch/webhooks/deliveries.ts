import type { Db } from '../../core/db/transaction.ts';
import { refuse } from '../../core/errors.ts';
import { newId, prefixOf } from '../../core/ids.ts';
import { deliveryKeepDays } from '../../core/maintenance.ts';
import type { Mode } from '../../core/mode.ts';
import type {
  WebhookAttemptView,
  WebhookDelivery,
  WebhookDeliveryStatus,
  WebhookDesk,
  WebhookRecovery,
} from '../../core/webhooks.ts';
import { readPlace, writePlace } from './cursor.ts';
import { matchesEvent } from './decide-subscription.ts';
import {
  type AttemptRow,
  type DeliveryRow,
  findDelivery,
  findEvent,
  findSealedBody,
  listAttemptsOf,
  listDeliveries,
  listLostDeliveries,
  listMissedEvents,
  markHandedOver,
} from './deliveries-repository.ts';
import type { DeskParts } from './desk.ts';
import type { EndpointRow } from './endpoints-repository.ts';
import { effectIdOf, eventIdOf, messageIdOf } from './event-id.ts';
import { storeDeliveries, type WaitingEvent } from './fan-out-repository.ts';
import { type NewDelivery, type Publisher, planFanOut } from './plan-fan-out.ts';

type DeliveryDesk = Pick<
  WebhookDesk,
  'sendTest' | 'sendEventAsTest' | 'deliveries' | 'delivery' | 'attempts' | 'redeliver' | 'recover'
>;

/** Deliveries that one call makes again. */
const maxRecovered = 1_000;
const keepMs = deliveryKeepDays * 86_400_000;
/** The spec of randomness promises 1 kB; an attempt keeps more. */
const maxShownResponse = 1_024;

/** What was sent to the endpoints of one workspace, and sending it again. */
export function deliveryDesk(desk: DeskParts): DeliveryDesk {
  const { clock, sealer } = desk;

  const view = (row: DeliveryRow, endpointId: string, testType: string): WebhookDelivery => ({
    id: row.id,
    endpointId,
    eventId: row.eventId,
    eventType: row.eventType,
    status: statusOf(row.status),
    trigger: row.isTest || row.eventType === testType ? 'test' : row.replayOf !== null ? 'redelivery' : 'event',
    replayOf: row.replayOf,
    attempts: row.attempts,
    nextAttemptAt: row.dueAt?.getTime() ?? null,
    lastStatusCode: row.lastStatusCode,
    failure: row.deadLetterReason,
    createdAt: row.createdAt.getTime(),
    finishedAt: row.finalizedAt?.getTime() ?? null,
  });
  const found = async (db: Db, endpointId: string, deliveryId: string): Promise<DeliveryRow> => {
    const row = await findDelivery(db, endpointId, deliveryId);
    if (row !== undefined) return row;
    throw refuse(
      'not_found',
      `There is no delivery "${deliveryId}" to this endpoint; they are kept for ${deliveryKeepDays} days.`,
      {
        param: 'deliveryId',
      },
    );
  };
  const testTypeOf = (service: string, mode: Mode): string => desk.publisherIn(service, mode).dialect.test.type;

  /** Stores deliveries that somebody asked for, and answers the first as it stands. */
  const sendNow = async (db: Db, row: EndpointRow, mode: Mode, delivery: NewDelivery, body: string | null) => {
    const messages =
      body === null
        ? []
        : [
            {
              id: delivery.messageId,
              sealedBody: sealer.seal(body, delivery.messageId),
              bytes: Buffer.byteLength(body),
            },
          ];
    storeDeliveries(db, messages, [delivery]);
    return view(
      {
        ...delivery,
        status: 'scheduled',
        attempts: 0,
        dueAt: new Date(delivery.dueAt),
        lastStatusCode: null,
        deadLetterReason: null,
        scheduledFor: new Date(delivery.at),
        createdAt: new Date(delivery.dueAt),
        finalizedAt: null,
      },
      row.id,
      testTypeOf(row.service, mode),
    );
  };
  /** Sends an event to try the endpoint. */
  const sendTrial = (
    db: Db,
    row: EndpointRow,
    mode: Mode,
    id: string,
    event: Pick<WaitingEvent, 'type' | 'subject' | 'data'> & { readonly id: string; readonly at: number },
  ) => {
    const { id: eventId, type, subject, data, at } = event;
    const about = { id: eventId, type, mode, workspaceId: desk.workspaceId, subject };
    const { dialect } = desk.publisherIn(row.service, mode);
    const body = dialect.body({ ...about, occurredAt: at, createdAt: at, data }).toString();
    const now = clock.now();
    desk.record(db, { mode, service: row.service, change: 'test_sent', endpointId: row.id });
    const delivery = {
      id,
      service: row.service,
      eventId,
      eventType: type,
      messageId: messageIdOf(eventId),
      targetId: row.id,
      // Not when it happened: that is the place of the delivery that the event itself may still become.
      at: now,
      dueAt: now,
      replayOf: null,
      isTest: true,
    };
    return sendNow(db, row, mode, delivery, body);
  };
  const dueNow = (mode: Mode): void => desk.due(mode, clock.now());

  return {
    sendTest: (endpointId, madeUp) =>
      desk.onEndpoint(
        endpointId,
        async (db, row, mode) => {
          refuseDisabled(row);
          const { dialect, contract } = desk.publisherIn(row.service, mode);
          const now = clock.now();
          const eventId = newId(contract.ids === 'mode' ? prefixOf('evt', mode) : 'evt');
          const made = madeUp ?? { ...dialect.test, subject: null };
          return sendTrial(db, row, mode, dialect.deliveryId(mode, now), { ...made, id: eventId, at: now });
        },
        dueNow,
      ),

    sendEventAsTest: (endpointId, eventId) =>
      desk.onEndpoint(
        endpointId,
        async (db, row, mode) => {
          refuseDisabled(row);
          const { dialect, contract } = desk.publisherIn(row.service, mode);
          const now = clock.now();
          const id = dialect.deliveryId(mode, now);
          const [sent] = await listDeliveries(db, { ...everything, endpointId, eventId, limit: 1 });
          if (sent !== undefined) {
            desk.record(db, { mode, service: row.service, change: 'test_sent', endpointId });
            return sendNow(db, row, mode, { ...again(sent, endpointId, id, now), isTest: true }, null);
          }
          const effectId = effectIdOf(contract, mode, eventId);
          const event =
            effectId === null
              ? undefined
              : await findEvent(db, {
                  service: row.service,
                  effectId,
                  types: Object.keys(contract.webhooks?.events ?? {}),
                  since: new Date(now - keepMs),
                });
          if (event === undefined || (row.subject !== null && row.subject !== event.subject)) {
            throw refuse(
              'not_found',
              `There is no event "${eventId}" for this endpoint; they are kept for ${deliveryKeepDays} days.`,
              { param: 'eventId' },
            );
          }
          return sendTrial(db, row, mode, id, { ...event, id: eventId, at: event.at.getTime() });
        },
        dueNow,
      ),

    deliveries: (endpointId, filter, { limit, cursor }) =>
      desk.ofEndpoint(endpointId, async (db, { service }, mode) => {
        const after = readPlace(cursor);
        const rows = await listDeliveries(db, {
          endpointId,
          statuses: filter.status === null ? [] : statusesOf[filter.status],
          eventType: filter.eventType,
          eventId: filter.eventId,
          from: filter.from === null ? null : new Date(filter.from),
          to: filter.to === null ? null : new Date(filter.to),
          after: after === null ? null : { at: new Date(after.at), id: after.id },
          limit: limit + 1,
        });
        const shown = rows.slice(0, limit);
        const last = shown.at(-1);
        const more = rows.length > limit && last !== undefined;
        return {
          rows: shown.map((row) => view(row, endpointId, testTypeOf(service, mode))),
          cursor: more ? writePlace({ at: last.createdAt.getTime(), id: last.id }) : null,
        };
      }),

    delivery: (endpointId, deliveryId) =>
      desk.ofEndpoint(endpointId, async (db, { service }, mode) => {
        const row = await found(db, endpointId, deliveryId);
        const sealed = await findSealedBody(db, row.messageId);
        const body = sealed === null ? null : sealer.open(sealed, row.messageId);
        return { ...view(row, endpointId, testTypeOf(service, mode)), body };
      }),

    attempts: (endpointId, deliveryId, { limit, cursor }) =>
      desk.ofEndpoint(endpointId, async (db) => {
        await found(db, endpointId, deliveryId);
        const rows = await listAttemptsOf(db, deliveryId, readPlace(cursor)?.at ?? null, limit + 1);
        const shown = rows.slice(0, limit);
        const last = shown.at(-1);
        const more = rows.length > limit && last !== undefined;
        return {
          rows: shown.map(viewAttempt),
          cursor: more ? writePlace({ at: last.attempt, id: last.id }) : null,
        };
      }),

    redeliver: (endpointId, deliveryId) =>
      desk.onEndpoint(
        endpointId,
        async (db, row, mode) => {
          refuseDisabled(row);
          const original = await found(db, endpointId, deliveryId);
          if (statusOf(original.status) === 'pending') {
            throw refuse('conflict', 'This delivery is still being tried; wait until it has succeeded or failed.');
          }
          desk.record(db, { mode, service: row.service, change: 'redelivered', endpointId });
          const { dialect } = desk.publisherIn(row.service, mode);
          return sendNow(
            db,
            row,
            mode,
            again(original, endpointId, dialect.deliveryId(mode, clock.now()), clock.now()),
            null,
          );
        },
        dueNow,
      ),

    recover: (endpointId, recovery) =>
      desk.onEndpoint(
        endpointId,
        async (db, row, mode) => {
          if (!recovery.dryRun) refuseDisabled(row);
          const now = clock.now();
          const publisher = desk.publisherIn(row.service, mode);
          const { since, until } = spanOf(recovery, now);
          const lost = await listLostDeliveries(db, endpointId, since, until, maxRecovered + 1);
          const missed = recovery.missed ? await missedEvents(db, row, mode, publisher, { since, until }) : [];
          const deliveries = lost.slice(0, maxRecovered);
          const events = missed.slice(0, maxRecovered);
          if (!recovery.dryRun && deliveries.length + events.length > 0) {
            const id = () => publisher.dialect.deliveryId(mode, now);
            const plan = planFanOut(
              { mode, workspaceId: desk.workspaceId, now },
              events,
              [{ ...row, testMode: publisher.contract.modes.data[mode] === 'shared' && mode === 'test' }],
              () => publisher,
              sealer.seal,
            );
            storeDeliveries(db, plan.messages, [
              ...deliveries.map((delivery) => again(delivery, endpointId, id(), now)),
              ...plan.deliveries,
            ]);
            markHandedOver(
              db,
              events.map(({ effectId }) => effectId),
            );
            desk.record(db, { mode, service: row.service, change: 'recovered', endpointId });
          }
          return {
            dryRun: recovery.dryRun,
            deliveries: deliveries.length,
            missedEvents: events.length,
            more: lost.length > maxRecovered || missed.length > maxRecovered,
          };
        },
        dueNow,
      ),
  };
}

/** A question about deliveries that leaves none out. */
const everything = { statuses: [], eventType: null, eventId: null, from: null, to: null, after: null };

/** What an endpoint was not told of: events of its subscription from after it was made, as long as the log is kept. */
function missedEvents(
  db: Db,
  row: EndpointRow,
  mode: Mode,
  { contract }: Publisher,
  { since, until }: { since: number; until: number },
): Promise<WaitingEvent[]> {
  const types = Object.keys(contract.webhooks?.events ?? {});
  return listMissedEvents(db, {
    service: row.service,
    types: types.filter((type) => row.events.some((pattern) => matchesEvent(pattern, type))),
    since: Math.max(since, row.createdAt.getTime()),
    until,
    endpointId: row.id,
    eventPrefix: eventIdOf(contract, mode, 'eff_'),
    subject: row.subject,
    limit: maxRecovered + 1,
  });
}

function spanOf({ since, until }: WebhookRecovery, now: number): { since: number; until: number } {
  if (since > now) throw refuse('invalid_input', '"since" is in the future.', { param: 'since' });
  if (since < now - keepMs) {
    throw refuse('invalid_input', `"since" is more than ${deliveryKeepDays} days ago; older deliveries are not kept.`, {
      param: 'since',
    });
  }
  if (until !== null && until <= since) {
    throw refuse('invalid_input', '"until" must be after "since".', { param: 'until' });
  }
  // What comes while this runs is on its way already.
  return { since, until: Math.min(until ?? now + 1, now + 1) };
}

/** The same event to the same endpoint, with a chain of attempts of its own. */
function again(row: DeliveryRow, endpointId: string, id: string, now: number): NewDelivery {
  const { service, eventId, eventType, messageId, scheduledFor } = row;
  return {
    id,
    service,
    eventId,
    eventType,
    messageId,
    targetId: endpointId,
    at: scheduledFor.getTime(),
    dueAt: now,
    replayOf: row.replayOf ?? row.id,
    isTest: false,
  };
}

function refuseDisabled({ enabled }: EndpointRow): void {
  if (!enabled) throw refuse('conflict', 'The endpoint is disabled; enable it first.');
}

const statusesOf: Readonly<Record<WebhookDeliveryStatus, readonly DeliveryRow['status'][]>> = {
  pending: ['scheduled', 'retrying'],
  succeeded: ['succeeded'],
  failed: ['dead_letter', 'expired'],
  canceled: ['canceled'],
};

function statusOf(status: DeliveryRow['status']): WebhookDeliveryStatus {
  if (status === 'succeeded' || status === 'canceled') return status;
  return status === 'dead_letter' || status === 'expired' ? 'failed' : 'pending';
}

function viewAttempt(row: AttemptRow): WebhookAttemptView {
  const at = row.startedAt?.getTime() ?? null;
  return {
    id: row.id,
    attempt: row.attempt,
    outcome: row.outcome,
    statusCode: row.statusCode,
    error: row.errorCode,
    at,
    durationMs: at === null || row.completedAt === null ? null : row.completedAt.getTime() - at,
    response: row.responseBody?.slice(0, maxShownResponse) ?? null,
  };
}

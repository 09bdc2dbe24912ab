import { refuse } from '../../core/errors.ts';
import { newId, prefixOf } from '../../core/ids.ts';
import { type Mode, modes } from '../../core/mode.ts';
import type { NewWebhookEndpoint, WebhookDesk, WebhookEndpoint, WebhookEndpointChange } from '../../core/webhooks.ts';
import { cancelPending } from './cancel.ts';
import { disableMessage } from './decide-disable.ts';
import type { DeskParts } from './desk.ts';
import {
  addSecret,
  deleteSecrets,
  endOverlap,
  newSecretText,
  rotateSecrets,
  type StoredSecret,
  secretsOf,
  viewSecrets,
} from './endpoint-secrets.ts';
import {
  changeEndpoint,
  deleteEndpoint,
  disableEndpoint,
  type EndpointRow,
  enableEndpoint,
  insertEndpoint,
  listEndpoints,
  lockEndpointList,
} from './endpoints-repository.ts';
import type { Publisher } from './plan-fan-out.ts';
import { readDescription, readEvents, readSubject } from './read-endpoint.ts';

type EndpointDesk = Pick<
  WebhookDesk,
  'list' | 'find' | 'create' | 'update' | 'enable' | 'disable' | 'remove' | 'rotateSecret' | 'revokeSecret'
>;

/** The endpoints of one workspace. */
export function endpointDesk(desk: DeskParts): EndpointDesk {
  const { clock, sealer, within, onEndpoint, record } = desk;

  const view = (mode: Mode, row: EndpointRow, secrets: readonly StoredSecret[]): WebhookEndpoint => {
    const own = secrets.filter(({ endpointId }) => endpointId === row.id);
    return {
      id: row.id,
      service: row.service,
      mode,
      url: row.url,
      events: row.events,
      subject: row.subject,
      description: row.description,
      enabled: row.enabled,
      disabled: disabledOf(row),
      health: { failingSince: row.health.failingSince, deadLetters: row.health.deadLetters },
      secrets: viewSecrets(own, sealer, clock.now()),
      createdAt: row.createdAt.getTime(),
      updatedAt: row.updatedAt.getTime(),
    };
  };
  const refuseUrl = (url: string): void => {
    const problem = desk.targetProblem(url);
    if (problem !== null) throw refuse('invalid_input', problem, { param: 'url' });
  };
  /** What can be said before anything is asked; the URL is looked at alone, no name server is. */
  const readNew = (endpoint: NewWebhookEndpoint): { publisher: Publisher; text: string; fields: Fields } => {
    const publisher = desk.publisherIn(endpoint.service, endpoint.mode);
    const { contract, dialect } = publisher;
    refuseUrl(endpoint.url);
    return {
      publisher,
      fields: {
        url: endpoint.url,
        events: readEvents(endpoint.events, contract),
        subject: readSubject(endpoint.subject, contract),
        description: readDescription(endpoint.description),
      },
      text: newSecretText(endpoint.secret, dialect.secretFormat),
    };
  };

  /** What is on its way to an endpoint goes by its change. */
  const renewed =
    (endpointId: string) =>
    (mode: Mode): void =>
      desk.withdraw(mode, endpointId);
  /** The same of one that hears nothing more. */
  const silenced =
    (endpointId: string) =>
    (mode: Mode, service: string): void => {
      desk.changed(mode, service);
      desk.withdraw(mode, endpointId);
    };

  return {
    async list({ service, mode }) {
      const asked = mode === undefined ? modes : [mode];
      const lists = await Promise.all(
        asked.map((one) =>
          within(one, async (db) => {
            const rows = await listEndpoints(db, service ?? null);
            const ids = rows.map(({ id }) => id);
            const secrets = ids.length === 0 ? [] : await secretsOf(db, ids, clock.now());
            return rows.map((row) => view(one, row, secrets));
          }),
        ),
      );
      return lists.flat();
    },

    find: (endpointId) =>
      desk.ofEndpoint(endpointId, async (db, row, mode) =>
        view(mode, row, await secretsOf(db, [endpointId], clock.now())),
      ),

    async create(endpoint) {
      const { mode, service } = endpoint;
      const { publisher, fields, text } = readNew(endpoint);
      const id = newId(prefixOf('wh', mode));
      const now = clock.now();
      await within(mode, async (db) => {
        await lockEndpointList(db, service);
        refuseSurplus(await listEndpoints(db, service), fields.url, publisher);
        const testMode = publisher.contract.modes.data[mode] === 'shared' && mode === 'test';
        insertEndpoint(db, { id, service, testMode, ...fields }, now);
        addSecret(db, { service, endpointId: id, text }, sealer, now);
        record(db, { mode, service, change: 'created', endpointId: id });
      });
      desk.changed(mode, service);
      return { ...(await this.find(id)), secret: text };
    },

    async update(endpointId, change) {
      if (change.url !== undefined) refuseUrl(change.url);
      await onEndpoint(
        endpointId,
        async (db, row, mode) => {
          const { contract } = desk.publisherIn(row.service, mode);
          const fields = changedFields(row, change, contract);
          if (fields.url !== row.url) refuseTwin(await listEndpoints(db, row.service), fields.url, row.id);
          changeEndpoint(db, row, fields, clock.now());
          record(db, { mode, service: row.service, change: 'updated', endpointId });
        },
        renewed(endpointId),
      );
      return this.find(endpointId);
    },

    async enable(endpointId) {
      await onEndpoint(
        endpointId,
        async (db, row, mode) => {
          if (row.enabled) return;
          enableEndpoint(db, endpointId, clock.now());
          record(db, { mode, service: row.service, change: 'enabled', endpointId });
        },
        desk.changed,
      );
      return this.find(endpointId);
    },

    async disable(endpointId) {
      await onEndpoint(
        endpointId,
        async (db, row, mode) => {
          if (!row.enabled) return;
          const now = clock.now();
          disableEndpoint(db, endpointId, row.health, 'manual', now);
          record(db, { mode, service: row.service, change: 'disabled', endpointId });
          await cancelPending(db, endpointId, now);
        },
        silenced(endpointId),
      );
      return this.find(endpointId);
    },

    async remove(endpointId) {
      await onEndpoint(
        endpointId,
        async (db, row, mode) => {
          await cancelPending(db, endpointId, clock.now());
          deleteSecrets(db, endpointId);
          deleteEndpoint(db, endpointId);
          record(db, { mode, service: row.service, change: 'removed', endpointId });
        },
        silenced(endpointId),
      );
    },

    async rotateSecret(endpointId, rotation) {
      const text = await onEndpoint(
        endpointId,
        async (db, row, mode) => {
          const { dialect } = desk.publisherIn(row.service, mode);
          const fresh = newSecretText(rotation.secret, dialect.secretFormat);
          const now = clock.now();
          rotateSecrets(db, await secretsOf(db, [endpointId], now), rotation, now);
          addSecret(db, { service: row.service, endpointId, text: fresh }, sealer, now);
          record(db, { mode, service: row.service, change: 'secret_rotated', endpointId });
          return fresh;
        },
        renewed(endpointId),
      );
      return { ...(await this.find(endpointId)), secret: text };
    },

    async revokeSecret(endpointId, secretId) {
      await onEndpoint(
        endpointId,
        async (db, row, mode) => {
          const now = clock.now();
          endOverlap(db, await secretsOf(db, [endpointId], now), secretId, now);
          record(db, { mode, service: row.service, change: 'secret_revoked', endpointId });
        },
        renewed(endpointId),
      );
      return this.find(endpointId);
    },
  };
}

interface Fields {
  readonly url: string;
  readonly events: readonly string[];
  readonly subject: string | null;
  readonly description: string | null;
}

function changedFields(row: EndpointRow, change: WebhookEndpointChange, contract: Publisher['contract']): Fields {
  return {
    url: change.url ?? row.url,
    events: change.events === undefined ? row.events : readEvents(change.events, contract),
    subject: change.subject === undefined ? row.subject : readSubject(change.subject, contract),
    description: change.description === undefined ? row.description : readDescription(change.description),
  };
}

function refuseSurplus(rows: readonly EndpointRow[], url: string, { contract }: Publisher): void {
  const most = contract.webhooks?.maxEndpoints ?? 0;
  if (rows.length >= most) {
    throw refuse('conflict', `A workspace has at most ${most} endpoints for each mode of a service; remove one first.`);
  }
  refuseTwin(rows, url, null);
}

/** Two endpoints at one URL, however it is written, would be sent everything twice. */
function refuseTwin(rows: readonly EndpointRow[], url: string, self: string | null): void {
  const { href } = new URL(url);
  const twin = rows.find((row) => row.id !== self && new URL(row.url).href === href);
  if (twin === undefined) return;
  throw refuse('conflict', `The endpoint ${twin.id} has this URL already; change its events instead.`, {
    param: 'url',
  });
}

function disabledOf({ disabledReason, disabledAt }: EndpointRow): WebhookEndpoint['disabled'] {
  if (disabledReason === null || disabledAt === null) return null;
  return { reason: disabledReason, at: disabledAt.getTime(), message: disableMessage(disabledReason) };
}

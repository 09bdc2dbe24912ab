import {
  type Channel,
  type ChannelDesk,
  type ChannelView,
  channels,
  type MessageView,
  type MessageWithPayload,
} from '../../core/channels.ts';
import { committed } from '../../core/db/committed.ts';
import type { Database } from '../../core/db/database.ts';
import type { Db, Transaction } from '../../core/db/transaction.ts';
import { refuse } from '../../core/errors.ts';
import { newRequestId } from '../../core/ids.ts';
import { type Mode, modes } from '../../core/mode.ts';
import type { Sealer } from '../../core/sealing.ts';
import type { ServiceContract } from '../../core/service.ts';
import type { Clock } from '../../core/sources.ts';
import { decideDisposition, emit } from '../emit.ts';
import { readPlace, writePlace } from '../webhooks/cursor.ts';
import { slackRecipient } from './channel-transport.ts';
import { channelTargetId, newDeliveryId } from './queue-message.ts';
import {
  type ChannelRow,
  findChannelMessage,
  listChannelMessages,
  listChannels,
  lockChannel,
  type MessageRow,
  queueAgain,
  removeChannel,
  storeChannel,
} from './repository.ts';
import { type ChannelEgress, channelProblem, channelTitles, decideSettings, viewSettings } from './settings.ts';

/** What somebody has done to a channel of a workspace. */
export interface ChannelDeed {
  readonly mode: Mode;
  readonly workspaceId: string;
  readonly service: string;
  readonly channel: Channel;
  readonly deed: 'connected' | 'disconnected' | 'test_sent' | 'sent_again';
  readonly personId: string;
  readonly at: number;
  readonly requestId: string;
  /** The effect that stayed, where one did. */
  readonly suppressed: string | null;
}

export interface ChannelDeskOptions {
  readonly database: Pick<Database, 'transaction'>;
  readonly contracts: readonly ServiceContract[];
  readonly clock: Clock;
  readonly sealer: Sealer;
  readonly egress: ChannelEgress;
  readonly due: (mode: Mode, at: number) => void;
  readonly record: (db: Pick<Db, 'defer'>, deed: ChannelDeed) => void;
}

/** What a workspace has connected a channel with; nothing where it has not. */
export async function readChannelSettings(
  { database, sealer }: Pick<ChannelDeskOptions, 'database' | 'sealer'>,
  workspaceId: string,
  targetId: string,
): Promise<Record<string, string>> {
  const rows = await committed(database.transaction('live', workspaceId), listChannels);
  return openSettings(
    sealer,
    rows.find(({ id }) => id === targetId),
  );
}

function openSettings(sealer: Sealer, row: ChannelRow | undefined): Record<string, string> {
  if (row?.sealed == null) return {};
  return JSON.parse(sealer.open(row.sealed, `${row.id}/${row.version}`)) as Record<string, string>;
}

/** A channel of a service with the effects that go through it. */
interface Outlet {
  readonly contract: ServiceContract;
  readonly channel: Channel;
  readonly effects: readonly string[];
}

/** Opens the desk of one workspace, on behalf of one person. */
export function openChannelDesk(options: ChannelDeskOptions, workspaceId: string, personId: string): ChannelDesk {
  const { database, clock, sealer, egress } = options;
  const outlets = outletsOf(options.contracts);
  const within = <T>(mode: Mode, work: (db: Transaction) => Promise<T>): Promise<T> =>
    committed(database.transaction(mode, workspaceId), work);
  const record = (db: Db, deed: Omit<ChannelDeed, 'workspaceId' | 'personId' | 'at' | 'requestId' | 'suppressed'>) =>
    options.record(db, {
      ...deed,
      workspaceId,
      personId,
      at: clock.now(),
      requestId: newRequestId(),
      suppressed: null,
    });
  const settingsOf = (row: ChannelRow | undefined) => openSettings(sealer, row);
  const view = ({ contract, channel, effects }: Outlet, row: ChannelRow | undefined): ChannelView => {
    const settings = settingsOf(row);
    const [effect = ''] = effects;
    return {
      service: contract.name,
      channel,
      title: channelTitles[channel],
      modes: {
        live: decideDisposition(contract, 'live', effect),
        test: decideDisposition(contract, 'test', effect),
      },
      connected: row !== undefined,
      ...viewSettings(channel, settings),
      problem: channelProblem(channel, settings),
      updatedAt: row?.updatedAt.getTime() ?? null,
    };
  };
  const messageOf = (mode: Mode, row: MessageRow): MessageView => {
    const { contract, channel } = outletOfMessage(outlets, row);
    return {
      id: row.id,
      service: contract.name,
      channel,
      mode,
      kind: textOf(row.payload.kind),
      recipient: textOf(row.payload.to) ?? slackRecipient(row.payload.to) ?? textOf(row.payload.stripe_customer_id),
      status: row.status,
      reason: row.status === 'suppressed' ? `${mode}_mode` : row.status === 'failed' ? row.failure : null,
      attempts: row.attempts,
      nextAttemptAt: row.dueAt?.getTime() ?? null,
      lastStatusCode: row.lastStatusCode,
      providerMessageId: row.status === 'sent' ? row.providerId : null,
      answer: row.answer,
      requestId: row.requestId,
      createdAt: row.createdAt.getTime(),
      finishedAt: row.status === 'suppressed' ? row.createdAt.getTime() : (row.finalizedAt?.getTime() ?? null),
    };
  };
  const foundIn = async (mode: Mode, id: string): Promise<MessageRow | undefined> => {
    const row = await within(mode, (db) => findChannelMessage(db, id));
    return row !== undefined && isMessage(outlets, row) ? row : undefined;
  };
  const find = async (id: string): Promise<{ mode: Mode; row: MessageRow }> => {
    for (const mode of modes) {
      const row = await foundIn(mode, id);
      if (row !== undefined) return { mode, row };
    }
    throw refuse('not_found', `There is no message "${id.slice(0, 64)}" in this workspace.`, { param: 'messageId' });
  };

  return {
    async list() {
      const rows = await within('live', listChannels);
      return outlets.map((outlet) =>
        view(
          outlet,
          rows.find(({ id }) => id === targetIdOf(outlet)),
        ),
      );
    },

    async connect(service, channel, change) {
      const outlet = outletOf(outlets, service, channel);
      const id = targetIdOf(outlet);
      await within('live', async (db) => {
        const row = await lockChannel(db, id);
        const settings = decideSettings(channel, settingsOf(row), change, egress);
        const version = (row?.version ?? 0) + 1;
        const sealed = sealer.seal(JSON.stringify(settings), `${id}/${version}`);
        const owner = { id, service: outlet.contract.name, channel };
        storeChannel(db, owner, version, sealed, Object.keys(settings), clock.now());
        record(db, { mode: 'live', service: outlet.contract.name, channel, deed: 'connected' });
      });
      const rows = await within('live', listChannels);
      return view(
        outlet,
        rows.find((row) => row.id === id),
      );
    },

    async disconnect(service, channel) {
      const outlet = outletOf(outlets, service, channel);
      await within('live', async (db) => {
        if ((await removeChannel(db, targetIdOf(outlet))) === 0) return;
        record(db, { mode: 'live', service: outlet.contract.name, channel, deed: 'disconnected' });
      });
    },

    async sendTest(service, channel, mode, recipient) {
      const outlet = outletOf(outlets, service, channel);
      const { contract, effects } = outlet;
      const [effect = ''] = effects;
      const requestId = newRequestId();
      const at = clock.now();
      const id = await within(mode, async (db) => {
        const emitted = emit(
          contract,
          mode,
          db,
          {
            service: contract.name,
            name: effect,
            payload: testPayload(channel, recipient),
            subject: null,
            workspaceId,
            requestId,
            keyId: null,
            at,
          },
          { mayListen: () => false },
          sealer,
        );
        const suppressed = emitted.state === 'suppressed' ? effect : null;
        options.record(db, {
          mode,
          workspaceId,
          service: contract.name,
          channel,
          deed: 'test_sent',
          personId,
          at,
          requestId,
          suppressed,
        });
        return 'effectId' in emitted && emitted.effectId !== null ? emitted.effectId : '';
      });
      options.due(mode, at);
      const { row } = await find(id);
      return messageOf(mode, row);
    },

    async messages({ mode, channel, status }, { limit, cursor }) {
      const after = readPlace(cursor);
      const asked = outlets.filter((outlet) => channel === null || outlet.channel === channel);
      const pairs = asked.flatMap(({ contract, effects }) => effects.map((effect) => [contract.name, effect] as const));
      const rows = await within(mode, (db) =>
        listChannelMessages(db, {
          services: pairs.map(([service]) => service),
          effects: pairs.map(([, effect]) => effect),
          status,
          after: after === null ? null : { at: new Date(after.at), id: after.id },
          limit: limit + 1,
        }),
      );
      const shown = rows.slice(0, limit);
      const last = shown.at(-1);
      return {
        rows: shown.map((row) => messageOf(mode, row)),
        cursor:
          rows.length > limit && last !== undefined ? writePlace({ at: last.createdAt.getTime(), id: last.id }) : null,
      };
    },

    async message(id): Promise<MessageWithPayload> {
      const { mode, row } = await find(id);
      return { ...messageOf(mode, row), payload: row.payload };
    },

    async sendAgain(id) {
      const { mode, row } = await find(id);
      const { contract, channel } = outletOfMessage(outlets, row);
      await within(mode, async (db) => {
        // Held, so that two who ask at once send once.
        await lockChannel(db, channelTargetId(contract.name, channel));
        const present = await findChannelMessage(db, id);
        if (present?.status !== 'failed' || present.deliveryId === null) {
          const why =
            present?.status === 'suppressed'
              ? `It was caused in ${mode} mode, from which nothing leaves; it will not be sent.`
              : `Only what has failed can be sent again; this message is ${present?.status ?? 'gone'}.`;
          throw refuse('conflict', why);
        }
        queueAgain(db, present.deliveryId, newDeliveryId(clock.now()), clock.now());
        record(db, { mode, service: contract.name, channel, deed: 'sent_again' });
      });
      options.due(mode, clock.now());
      return messageOf(mode, (await find(id)).row);
    },
  };
}

function outletsOf(contracts: readonly ServiceContract[]): Outlet[] {
  return contracts.flatMap((contract) =>
    channels.flatMap((channel) => {
      const effects = Object.entries(contract.messages ?? {}).filter(([, by]) => by === channel);
      return effects.length === 0 ? [] : [{ contract, channel, effects: effects.map(([effect]) => effect) }];
    }),
  );
}

function outletOf(outlets: readonly Outlet[], service: string | null, channel: Channel): Outlet {
  const found = outlets.filter(
    (outlet) => outlet.channel === channel && (service === null || outlet.contract.name === service),
  );
  const [outlet] = found;
  if (outlet === undefined) {
    throw refuse(
      'invalid_input',
      `No service sends by ${channelTitles[channel]}${service === null ? '' : ` under the name "${service}"`}.`,
      {
        param: 'service',
      },
    );
  }
  if (found.length > 1) {
    const names = found.map(({ contract }) => contract.name).join(', ');
    throw refuse('invalid_input', `Say for which service: ${names}.`, { param: 'service' });
  }
  return outlet;
}

function isMessage(outlets: readonly Outlet[], { service, name }: Pick<MessageRow, 'service' | 'name'>): boolean {
  return outlets.some(({ contract, effects }) => contract.name === service && effects.includes(name));
}

function outletOfMessage(outlets: readonly Outlet[], row: Pick<MessageRow, 'service' | 'name'>): Outlet {
  const outlet = outlets.find(({ contract, effects }) => contract.name === row.service && effects.includes(row.name));
  if (outlet === undefined) throw new Error(`"${row.name}" of ${row.service} is no message of any channel`);
  return outlet;
}

function targetIdOf({ contract, channel }: Outlet): string {
  return channelTargetId(contract.name, channel);
}

function testPayload(channel: Channel, recipient: string | null): Readonly<Record<string, unknown>> {
  const text = 'This is a test message; nothing has happened.';
  switch (channel) {
    case 'slack':
      return { kind: 'test', to: recipient === null ? null : { channel: recipient }, text };
    case 'email':
      return { kind: 'test', to: recipient, subject: 'Test message', text };
    case 'stripe':
      return { kind: 'test', stripe_customer_id: recipient };
  }
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

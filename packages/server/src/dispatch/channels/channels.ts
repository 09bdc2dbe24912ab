import type { AuditLog } from '../../core/audit/audit.ts';
import { type Channel, type ChannelDesk, channels } from '../../core/channels.ts';
import { type Mode, modes } from '../../core/mode.ts';
import type { ServiceContract } from '../../core/service.ts';
import type { Courier } from '../couriers.ts';
import { decideDisposition } from '../emit.ts';
import type { ChannelTransport } from './channel-transport.ts';
import { messageCourier } from './courier.ts';
import { type ChannelDeskOptions, openChannelDesk, readChannelSettings } from './desk.ts';
import { channelTargetId } from './queue-message.ts';

export interface ChannelsOptions extends Omit<ChannelDeskOptions, 'record'> {
  readonly transports: Readonly<Record<Channel, ChannelTransport>>;
  readonly audit: Pick<AuditLog, 'record'>;
  /** What waits between attempts are multiplied by. */
  readonly retryScale: number;
}

/** The messages of all services: what is connected, and how they are sent. */
export interface Channels {
  /** By service, mode and channel. What a contract suppresses in a mode has none, and so nothing that could send it. */
  readonly couriers: ReadonlyMap<string, Courier>;
  desk(workspaceId: string, personId: string): ChannelDesk;
  /** What Stripe signs the events of a mode with; `null` where nothing is connected. */
  stripeSecret(service: string, workspaceId: string, mode: Mode): Promise<string | null>;
  close(): Promise<void>;
}

export function createChannels(options: ChannelsOptions): Channels {
  const { contracts, transports, clock, retryScale } = options;
  const couriers = new Map<string, Courier>();
  for (const contract of contracts) {
    for (const mode of modes) {
      for (const channel of channels) {
        if (!leaves(contract, mode, channel)) continue;
        const courier = messageCourier(channel, transports[channel], clock, retryScale);
        couriers.set(`${contract.name} ${mode} ${channel}`, courier);
      }
    }
  }
  const deskOptions: ChannelDeskOptions = {
    ...options,
    record: (db, { mode, workspaceId, service, channel, deed, personId, at, requestId, suppressed }) =>
      options.audit.record(db, {
        workspaceId,
        mode,
        at,
        service,
        operation: `integrations.${deed}`,
        method: 'CONSOLE',
        route: `/integrations/${channel}`,
        status: 200,
        code: null,
        durationUs: 0,
        requestId,
        caller: 'person',
        keyId: null,
        actor: personId,
        address: '',
        suppressed: suppressed === null ? null : [{ name: suppressed }],
      }),
  };
  return {
    couriers,
    desk: (workspaceId, personId) => openChannelDesk(deskOptions, workspaceId, personId),
    async stripeSecret(service, workspaceId, mode) {
      const settings = await readChannelSettings(deskOptions, workspaceId, channelTargetId(service, 'stripe'));
      return settings[mode === 'live' ? 'webhookSecret' : 'webhookSecretTest'] ?? null;
    },
    async close() {
      await Promise.all(channels.map((channel) => transports[channel].close()));
    },
  };
}

function leaves(contract: ServiceContract, mode: Mode, channel: Channel): boolean {
  return Object.entries(contract.messages ?? {}).some(
    ([effect, by]) => by === channel && decideDisposition(contract, mode, effect) === 'deliver',
  );
}

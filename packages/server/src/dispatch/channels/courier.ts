import type { Channel } from '../../core/channels.ts';
import type { Clock } from '../../core/sources.ts';
import type { ClassifyRules } from '../classify.ts';
import type { MessageCourier } from '../couriers.ts';
import type { RetryPolicy } from '../retry.ts';
import type { ChannelTransport } from './channel-transport.ts';
import { channelProblem } from './settings.ts';

/** A refusal stays one until somebody mends the settings, and then the message is sent again by hand. */
const messageRules: ClassifyRules = { refusals: 'terminal', goneDisables: false, retryHeader: null };

/** 5 s, 30 s, 3 min, 18 min, 108 min, and every 6 h after that: 26 h in all. */
function retriesOf(scale: number): RetryPolicy {
  return {
    strategy: 'exponential',
    maxAttempts: 10,
    baseMs: 5_000 * scale,
    factor: 6,
    maxMs: 6 * 3_600_000 * scale,
  };
}

/**
 * How the messages of a channel are sent. Without what it takes to log in nothing is tried: the message is put down as
 * failed with that reason, and can be sent again once the channel is connected.
 *
 * @param scale what waits between attempts are multiplied by
 */
export function messageCourier(
  channel: Channel,
  transport: ChannelTransport,
  clock: Clock,
  scale: number,
): MessageCourier {
  const policy = retriesOf(scale);
  return {
    rules: null,
    classify: messageRules,
    policyOf: () => policy,
    async send({ idempotencyKey }, { headers: settings, body }) {
      const problem = channelProblem(channel, settings);
      if (problem !== null) {
        const completedAt = clock.now();
        return {
          type: 'failure',
          error: 'not_configured',
          message: problem,
          said: problem,
          firedAt: null,
          completedAt,
        };
      }
      const payload = JSON.parse(body ?? '{}') as Record<string, unknown>;
      // A vendor's library that fails in a way of its own must not take the dispatcher with it.
      return transport.send({ settings, payload, idempotencyKey }).catch((error: unknown) => ({
        type: 'failure' as const,
        error: 'protocol' as const,
        message: error instanceof Error ? error.message : String(error),
        firedAt: null,
        completedAt: clock.now(),
      }));
    },
  };
}

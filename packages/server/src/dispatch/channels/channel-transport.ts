import type { TransportResult } from '../transport.ts';

/** One attempt to hand a message to its channel. */
export interface OutgoingMessage {
  /** What the workspace has connected the channel with. */
  readonly settings: Readonly<Record<string, string>>;
  readonly payload: Readonly<Record<string, unknown>>;
  /** The same for every attempt, for receivers that tell copies apart. */
  readonly idempotencyKey: string;
}

/** A message for Slack is to `{ user }`, to `{ channel }`, or to `null`: to whatever channel the workspace has set. */
export function slackRecipient(to: unknown): string | null {
  const { user, channel } = (to ?? {}) as { user?: unknown; channel?: unknown };
  if (typeof user === 'string') return user;
  return typeof channel === 'string' ? channel : null;
}

/** What carries the messages of one channel out. */
export interface ChannelTransport {
  /** Never rejects: whatever happens to a message is a result. */
  send(message: OutgoingMessage): Promise<TransportResult>;
  /** Aborts what is in flight and closes every connection. */
  close(): Promise<void>;
}

import { fragment } from './db/sql.ts';
import type { Mode } from './mode.ts';

/*
 * Ways to reach people and systems that speak a protocol of their own. A contract says which of its effects are messages
 * of which channel; the console and the dispatcher say to each other what a workspace has connected. Times are Unix
 * milliseconds.
 */

export const channels = ['slack', 'email', 'stripe'] as const;

export type Channel = (typeof channels)[number];

/** Tells deliveries of messages from others; spelled as their indexes are. */
export const isMessage = fragment`kind in ('slack', 'email', 'stripe')`;

/** What a person gives to connect a channel: one text for each field; `null` takes one away. */
export type ChannelChange = Readonly<Record<string, string | null | undefined>>;

/** One thing that a channel can be told. */
export interface ChannelField {
  readonly secret: boolean;
  /** What it must be, as the end of a sentence. */
  readonly must: string;
  /** What it may be, where that is a closed list. */
  readonly choices: readonly string[] | null;
}

/** A channel of one service as its owner sees it; no secret can be read from it. */
export interface ChannelView {
  readonly service: string;
  readonly channel: Channel;
  readonly title: string;
  /** What becomes of its messages, by the contract. */
  readonly modes: Readonly<Record<Mode, 'deliver' | 'suppress' | 'refuse'>>;
  readonly connected: boolean;
  /** What it can be told, by name. */
  readonly fields: Readonly<Record<string, ChannelField>>;
  /** What is set, without secrets. */
  readonly settings: Readonly<Record<string, string>>;
  /** The last four characters of each secret that is set. */
  readonly secrets: Readonly<Record<string, string>>;
  /** What keeps it from sending, as a sentence; `null` when nothing does. */
  readonly problem: string | null;
  readonly updatedAt: number | null;
}

export const messageStatuses = ['pending', 'sent', 'failed', 'suppressed'] as const;

export type MessageStatus = (typeof messageStatuses)[number];

/** One message of a channel, whether it left or not. */
export interface MessageView {
  /** The id of the effect. */
  readonly id: string;
  readonly service: string;
  readonly channel: Channel;
  readonly mode: Mode;
  readonly kind: string | null;
  readonly recipient: string | null;
  readonly status: MessageStatus;
  /** Why it did not leave, in one word, such as `test_mode` or `not_configured`. */
  readonly reason: string | null;
  readonly attempts: number;
  readonly nextAttemptAt: number | null;
  readonly lastStatusCode: number | null;
  /** What the other side calls it. */
  readonly providerMessageId: string | null;
  /** What the other side said to the last attempt, where it refused. */
  readonly answer: string | null;
  readonly requestId: string;
  readonly createdAt: number;
  readonly finishedAt: number | null;
}

/** With all that left or would have left. */
export interface MessageWithPayload extends MessageView {
  readonly payload: Readonly<Record<string, unknown>>;
}

export interface MessageFilter {
  readonly mode: Mode;
  readonly channel: Channel | null;
  readonly status: MessageStatus | null;
}

/** The channels of one workspace, on behalf of one person. */
export interface ChannelDesk {
  list(): Promise<ChannelView[]>;
  connect(service: string | null, channel: Channel, change: ChannelChange): Promise<ChannelView>;
  disconnect(service: string | null, channel: Channel): Promise<void>;
  /** Causes a message that says that it is a test, with whatever becomes of one in this mode. */
  sendTest(service: string | null, channel: Channel, mode: Mode, recipient: string | null): Promise<MessageView>;
  messages(
    filter: MessageFilter,
    place: { readonly limit: number; readonly cursor: string | null },
  ): Promise<{ readonly rows: readonly MessageView[]; readonly cursor: string | null }>;
  message(id: string): Promise<MessageWithPayload>;
  /** Sends again what has failed, such as for want of a credential. */
  sendAgain(id: string): Promise<MessageView>;
}

/** What another system sends to a workspace, proven to be from it. */
export interface InboundEvent {
  readonly id: string;
  readonly type: string;
  /** Unix milliseconds. */
  readonly createdAt: number;
  readonly object: Readonly<Record<string, unknown>>;
}

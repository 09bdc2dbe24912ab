import { LogLevel, WebAPIPlatformError, WebClient } from '@slack/web-api';
import type { Clock } from '../core/sources.ts';
import { type ChannelTransport, slackRecipient } from '../dispatch/channels/channel-transport.ts';
import type { Transport } from '../dispatch/transport.ts';
import { callVendor, type VendorFetch } from './vendor-call.ts';

const slackUrl = 'https://slack.com/api/';
/** Ids of channels, direct messages, groups and people, and names of channels. */
const destination = /^(?:[CDGUW][A-Z0-9]{6,}|#[\w-]{1,80})$/;
/** What Slack says of itself rather than of the message. */
const passing = new Set([
  'ratelimited',
  'rate_limited',
  'service_unavailable',
  'internal_error',
  'fatal_error',
  'request_timeout',
  'team_added_to_org',
]);

/** Says nothing: what goes wrong is recorded with the attempt, and a token has no place in a log. */
const silent = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  setLevel() {},
  getLevel: () => LogLevel.ERROR,
  setName() {},
};

/**
 * Posts messages by `chat.postMessage`. A recipient that is no destination of Slack, such as somebody whom only this
 * server knows, gets it in the workspace's default channel.
 */
export function createSlackTransport(http: Transport, clock: Clock): ChannelTransport {
  return {
    send: ({ settings, payload }) =>
      callVendor(http, clock, async (fetch) => {
        const recipient = slackRecipient(payload.to);
        const channel = recipient !== null && destination.test(recipient) ? recipient : settings.defaultChannel;
        if (channel === undefined) {
          const said = 'The message names no destination of Slack, and "defaultChannel" is not set.';
          return { type: 'refused', said, isForGood: true };
        }
        try {
          const { ts } = await clientOf(settings, fetch).chat.postMessage({
            channel,
            text: String(payload.text ?? ''),
          });
          return { type: 'taken', id: ts ?? null };
        } catch (error) {
          if (!(error instanceof WebAPIPlatformError)) throw error;
          const code = error.data.error;
          return { type: 'refused', said: code, isForGood: !passing.has(code) };
        }
      }),
    close: () => Promise.resolve(),
  };
}

/** The dispatcher tries again and waits where Slack asks for it, so the client does neither. */
function clientOf(settings: Readonly<Record<string, string>>, fetch: VendorFetch): WebClient {
  const { token, baseUrl } = settings;
  return new WebClient(token, {
    slackApiUrl: withSlash(baseUrl ?? slackUrl),
    fetch: (url, init) => fetch(url, init as RequestInit),
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    allowAbsoluteUrls: false,
    logger: silent,
  });
}

function withSlash(url: string): string {
  return url.endsWith('/') ? url : `${url}/`;
}

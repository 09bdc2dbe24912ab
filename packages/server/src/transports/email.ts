import type { Clock } from '../core/sources.ts';
import type { ChannelTransport } from '../dispatch/channels/channel-transport.ts';
import type { EgressPolicy } from '../dispatch/egress.ts';
import type { Transport, TransportResult } from '../dispatch/transport.ts';
import { sendByResend } from './resend.ts';
import type { Resolve } from './resolve.ts';
import { sendBySmtp } from './smtp.ts';
import { callVendor } from './vendor-call.ts';

/** A mail as it is handed over. */
export interface Mail {
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** Sends mail as the workspace has chosen: by Resend, or by a mail server of its own. */
export function createEmailTransport(
  http: Transport,
  parts: { readonly clock: Clock; readonly policy: EgressPolicy; readonly resolve?: Resolve },
): ChannelTransport {
  const { clock } = parts;
  const closing = new AbortController();
  return {
    send(message) {
      const { settings, payload, idempotencyKey } = message;
      const to = typeof payload.to === 'string' && payload.to !== '' ? payload.to : settings.fallbackTo;
      if (to === undefined) return Promise.resolve(withoutRecipient(clock));
      const mail = {
        from: settings.from ?? '',
        to,
        subject: String(payload.subject ?? ''),
        text: String(payload.text ?? ''),
      };
      return settings.provider === 'smtp'
        ? sendBySmtp({ ...parts, signal: closing.signal }, settings, mail, idempotencyKey)
        : callVendor(http, clock, (fetch) => sendByResend(message, mail, fetch));
    },
    close() {
      closing.abort();
      return Promise.resolve();
    },
  };
}

function withoutRecipient(clock: Clock): TransportResult {
  const said = 'There is nobody to write to: the customer has no primary contact, and "fallbackTo" is not set.';
  return { type: 'failure', error: 'invalid_message', message: said, said, firedAt: null, completedAt: clock.now() };
}

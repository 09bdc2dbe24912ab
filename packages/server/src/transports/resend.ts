import { Resend, type Response as ResendAnswer } from 'resend';
import type { OutgoingMessage } from '../dispatch/channels/channel-transport.ts';
import type { Mail } from './email.ts';
import type { VendorFetch, Verdict } from './vendor-call.ts';

const resendUrl = 'https://api.resend.com';

/** Sends one mail by Resend's API. */
export async function sendByResend(
  { settings, idempotencyKey }: Pick<OutgoingMessage, 'settings' | 'idempotencyKey'>,
  { from, to, subject, text }: Mail,
  fetch: VendorFetch,
): Promise<Verdict> {
  const resend = new GuardedResend(settings.apiKey, settings.baseUrl ?? resendUrl, fetch);
  const { data, error } = await resend.emails.send({ from, to, subject, text }, { idempotencyKey });
  if (error !== null) return { type: 'refused', said: `${error.name}: ${error.message}`, isForGood: true };
  return { type: 'taken', id: data.id };
}

/** The library words the request; where it would call the global `fetch` it is given ours. */
class GuardedResend extends Resend {
  readonly #fetch: VendorFetch;

  constructor(key: string | undefined, baseUrl: string, fetch: VendorFetch) {
    super(key, { baseUrl: baseUrl.replace(/\/+$/, '') });
    this.#fetch = fetch;
  }

  override async fetchRequest<T>(path: string, options: RequestInit = {}): Promise<ResendAnswer<T>> {
    const response = await this.#fetch(`${this.baseUrl}${path}`, options);
    const headers = Object.fromEntries(response.headers);
    if (response.ok) return { data: (await response.json()) as T, error: null, headers };
    // What it says stands in the record of the attempt, with the status.
    const error = { name: 'application_error' as const, message: '', statusCode: response.status };
    return { data: null, error, headers };
  }
}

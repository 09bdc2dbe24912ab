import { type OnBug, reply, wordingRefusals } from './answer-outside-line.ts';
import type { SystemRoute } from './app.ts';
import type { Line } from './core/call.ts';
import type { InboundEvent } from './core/channels.ts';
import type { ServiceRuntime } from './core/context.ts';
import { sql } from './core/db/sql.ts';
import { refuse } from './core/errors.ts';
import type { Incoming, Reply } from './core/incoming.ts';
import type { BadKeys } from './core/keys/bad-keys.ts';
import type { Mode } from './core/mode.ts';
import type { Context } from './core/service.ts';
import type { Clock } from './core/sources.ts';

/** Larger than any event that Stripe sends. */
const maxBodyBytes = 1024 * 1024;

const insertEvent = sql`
  insert into inbound_events (service, channel, id, at) values ($1, $2, $3, $4) on conflict do nothing`;

export interface InboundParts {
  readonly runtimes: readonly ServiceRuntime[];
  readonly line: Pick<Line, 'taken'>;
  readonly clock: Clock;
  /** What events of a mode are signed with for a workspace; `null` where nothing is connected. */
  readonly stripeSecret: (service: string, workspaceId: string, mode: Mode) => Promise<string | null>;
  /** `null` for what is not signed so. */
  readonly verifyStripe: (body: Buffer, signature: string, secret: string, now: number) => Promise<InboundEvent | null>;
  /** Signatures that are wrong, counted for each address. */
  readonly badSignatures: BadKeys;
  readonly onBug: OnBug;
}

/**
 * Where other systems report to a workspace. They have no key: the signature over the bytes of the body is what proves who
 * sends, and its mode is that of the account it comes from. Whatever is wrong with it is one answer, so that nobody learns
 * which workspaces there are.
 */
export function inboundRoutes(parts: InboundParts): SystemRoute[] {
  return parts.runtimes.flatMap((runtime): SystemRoute[] => {
    const { contract, inbound } = runtime.service;
    const handler = inbound?.stripe;
    if (handler === undefined) return [];
    const route = `${contract.basePath}/integrations/stripe/:workspace`;
    return [
      {
        method: 'POST',
        path: route,
        handle: (incoming) =>
          wordingRefusals(parts.onBug, runtime, route, () => takeIn(parts, runtime, route, incoming, handler)),
      },
    ];
  });
}

async function takeIn(
  parts: InboundParts,
  runtime: ServiceRuntime,
  route: string,
  incoming: Incoming,
  handler: (ctx: Context, event: InboundEvent) => Promise<void>,
): Promise<Reply> {
  const { badSignatures, clock } = parts;
  const service = runtime.service.contract.name;
  const workspaceId = incoming.params.workspace ?? '';
  badSignatures.check(incoming.address);
  const body = await incoming.readBody(maxBodyBytes);
  const signature = incoming.headers['stripe-signature'];
  const mode = modeOf(body);
  const secret =
    typeof signature === 'string' && mode !== null && /^[\w-]{1,64}$/.test(workspaceId)
      ? await parts.stripeSecret(service, workspaceId, mode)
      : null;
  const event = secret === null ? null : await parts.verifyStripe(body, String(signature), secret, clock.now());
  if (event === null || mode === null) {
    badSignatures.record(incoming.address);
    throw refuse(
      'invalid_input',
      'The event is not signed with the secret that this workspace has set for its mode, or was signed more than five minutes ago.',
      { param: 'Stripe-Signature' },
    );
  }
  const { result, requestId } = await parts.line.taken(
    runtime,
    incoming,
    { mode, workspaceId, actor: 'stripe', route },
    async (ctx) => {
      // Who sends the same event at the same moment waits here until this one has been taken in.
      const isNew = (await ctx.db.run(insertEvent, [service, 'stripe', event.id, new Date(ctx.now())])) === 1;
      if (isNew) await handler(ctx, event);
      return isNew;
    },
  );
  return reply(200, requestId, JSON.stringify({ received: true, duplicate: !result }), {
    'interlock-mode': mode,
  });
}

/** What an unproven body says of its mode; it is believed only under the secret of that mode. */
function modeOf(body: Buffer): Mode | null {
  try {
    const { livemode } = JSON.parse(body.toString('utf8')) as { livemode?: unknown };
    return typeof livemode === 'boolean' ? (livemode ? 'live' : 'test') : null;
  } catch {
    return null;
  }
}

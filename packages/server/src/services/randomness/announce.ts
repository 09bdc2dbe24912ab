import type { Ctx } from './contract.ts';
import type { Outcome } from './outcome.ts';
import { isPassword } from './tool-meta.ts';

/**
 * Emits the event in the shape of specification 7.4, which is deliberately not the API's.
 *
 * Of a password it says that it was drawn, and nothing from which it could be read or computed once the seed is revealed:
 * the result is shown in the first answer to who drew it and nowhere else (specification 2.3), and an event is kept in
 * the outbox and the delivery log and stands in the logs of whoever receives it.
 */
export function announce(ctx: Ctx, outcome: Outcome, path: string): void {
  if (ctx.caller.type === 'anonymous') return;
  ctx.emit('outcome.created', isPassword(outcome.toolMeta) ? redactedEvent(outcome, path) : eventOf(outcome, path));
}

function eventOf(outcome: Outcome, path: string): Record<string, unknown> {
  const event: Record<string, unknown> = {
    endpoint: path,
    outcomeId: `${outcome.clientSeed}:${outcome.cursor}:${outcome.nonce}`,
    serverSeedHash: outcome.serverHash,
    values: outcome.outcome,
    createdAt: new Date(outcome.created).toISOString(),
  };
  for (const [name, value] of Object.entries(outcome)) if (!reworded.has(name)) event[name] = value;
  return event;
}

/** Fields that the event names otherwise, or leaves out. */
const reworded = new Set(['outcome', 'serverHash', 'endpoint', 'created', 'serverSeed', 'algorithm', 'receipt']);

function redactedEvent({ serverHash, mode, shortId, permalink, toolMeta }: Outcome, path: string) {
  return {
    endpoint: path,
    outcomeId: null,
    serverSeedHash: serverHash,
    values: null,
    createdAt: null,
    clientSeed: null,
    nonce: null,
    cursor: null,
    count: null,
    min: null,
    max: null,
    mode,
    shortId,
    permalink,
    toolMeta,
    redacted: true,
  };
}

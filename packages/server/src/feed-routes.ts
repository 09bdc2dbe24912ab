import { type OnBug, reply, wordingRefusals } from './answer-outside-line.ts';
import type { SystemRoute } from './app.ts';
import type { Line } from './core/call.ts';
import type { ServiceRuntime } from './core/context.ts';
import { refuse } from './core/errors.ts';
import { readFeedSecret } from './core/feeds.ts';
import type { Incoming, Reply } from './core/incoming.ts';
import type { BadKeys } from './core/keys/bad-keys.ts';
import type { Sealer } from './core/sealing.ts';
import type { Feed } from './core/service.ts';

export interface FeedParts {
  readonly runtimes: readonly ServiceRuntime[];
  readonly line: Pick<Line, 'taken'>;
  readonly sealer: Sealer;
  /** Addresses that are none, counted for each caller. */
  readonly badSecrets: BadKeys;
  readonly onBug: OnBug;
}

/**
 * What programs read that cannot send a header, such as calendars: the address is the secret. It says the workspace and the
 * mode, so a feed passes the same gates as a call with a key of that mode, and has its row in the log.
 */
export function feedRoutes(parts: FeedParts): SystemRoute[] {
  return parts.runtimes.flatMap((runtime) =>
    (runtime.service.feeds ?? []).map((feed): SystemRoute => {
      const route = `${runtime.service.contract.basePath}${feed.path}`;
      return {
        method: 'GET',
        path: route,
        handle: (incoming) =>
          wordingRefusals(parts.onBug, runtime, route, () => read(parts, runtime, route, incoming, feed)),
      };
    }),
  );
}

async function read(
  { badSecrets, sealer, line }: FeedParts,
  runtime: ServiceRuntime,
  route: string,
  incoming: Incoming,
  feed: Feed,
): Promise<Reply> {
  badSecrets.check(incoming.address);
  const address = readFeedSecret(sealer, incoming.params['secret'] ?? '');
  if (address === null || address.service !== runtime.service.contract.name) {
    badSecrets.record(incoming.address);
    throw refuse('route_not_found', 'There is no feed at this address; make one and subscribe to its whole url.');
  }
  const { mode, workspaceId, feedId } = address;
  const { result, requestId } = await line.taken(
    runtime,
    incoming,
    { mode, workspaceId, actor: feed.name, route },
    (ctx) => feed.run(ctx, feedId),
  );
  return reply(200, requestId, result, {
    'content-type': feed.contentType,
    'interlock-mode': mode,
    'cache-control': 'private, max-age=300',
    'x-content-type-options': 'nosniff',
  });
}

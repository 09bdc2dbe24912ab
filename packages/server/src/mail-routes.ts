import { type OnBug, reply, wordingRefusals } from './answer-outside-line.ts';
import type { SystemRoute } from './app.ts';
import type { Line } from './core/call.ts';
import type { ServiceRuntime } from './core/context.ts';
import { refuse } from './core/errors.ts';
import type { Incoming, Reply } from './core/incoming.ts';
import { authoriseService, type ServiceKeys } from './core/keys/service-keys.ts';
import { modes } from './core/mode.ts';
import { readQuery } from './core/read-query.ts';
import type { MailIntake } from './core/service.ts';

export interface MailParts {
  readonly runtimes: readonly ServiceRuntime[];
  readonly line: Pick<Line, 'taken' | 'within'>;
  readonly serviceKeys: ServiceKeys;
  readonly onBug: OnBug;
}

/**
 * Where a mail server hands messages in, one for each recipient. It has a service key; whose the message is, and of which
 * mode, is said by the mailbox that it was sent to and by nothing in the message.
 */
export function mailRoutes(parts: MailParts): SystemRoute[] {
  return parts.runtimes.flatMap((runtime): SystemRoute[] => {
    const { contract, inbound } = runtime.service;
    const mail = inbound?.mail;
    if (mail === undefined) return [];
    const route = `${contract.basePath}/integrations/mail`;
    return [
      {
        method: 'POST',
        path: route,
        handle: (incoming) =>
          wordingRefusals(parts.onBug, runtime, route, () => takeIn(parts, runtime, route, incoming, mail)),
      },
    ];
  });
}

async function takeIn(
  { line, serviceKeys }: MailParts,
  runtime: ServiceRuntime,
  route: string,
  incoming: Incoming,
  mail: MailIntake,
): Promise<Reply> {
  const { name } = runtime.service.contract;
  const permitted = authoriseService(serviceKeys, incoming.headers.authorization);
  if (permitted !== '*' && permitted !== name) {
    throw refuse('scope_missing', `This service key acts for "${permitted}" only.`);
  }
  const { to } = readQuery(incoming.query);
  if (typeof to !== 'string') {
    throw refuse('invalid_input', 'Say in the query, once, to whom the envelope is addressed: ?to=…', { param: 'to' });
  }
  const message = await incoming.readBody(mail.maxBytes(runtime.settings));
  for (const mode of modes) {
    const found = await line.within(runtime, mode, 'system', 'mail', (ctx) => mail.find(ctx, to));
    if (found === null) continue;
    const { workspaceId, mailbox } = found;
    const { result, requestId } = await line.taken(
      runtime,
      incoming,
      { mode, workspaceId, actor: 'mail', route },
      (ctx) => mail.run(ctx, mailbox, message),
    );
    return reply(200, requestId, JSON.stringify({ mode, ...result }), { 'interlock-mode': mode });
  }
  throw refuse('not_found', 'There is no mailbox of this address.', { param: 'to' });
}

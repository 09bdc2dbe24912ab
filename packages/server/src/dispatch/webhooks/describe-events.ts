import type { DescribedEvent } from '../../core/openapi.ts';
import type { Mode, Service } from '../../core/service.ts';
import type { Settings, SettingValues } from '../../core/settings.ts';
import { dialectOf, type WebhookDialect } from './dialects.ts';
import { eventIdOf } from './event-id.ts';

/**
 * What a service sends to endpoints, event by event, as its OpenAPI document shows it: in the words of the dialect that
 * makes the real ones.
 *
 * @param settings the operator's; the defaults when left out
 */
export function describeEvents(
  { contract, eventPayloads = {} }: Pick<Service, 'contract' | 'eventPayloads'>,
  settings: SettingValues<Settings> = defaultsOf(contract.settings),
): DescribedEvent[] {
  const dialect = dialectOf(contract, settings);
  if (dialect === null) return [];
  const mode: Mode = contract.modes.data.test === 'pure' ? 'live' : 'test';
  const eventId = eventIdOf(contract, mode, '8JcPq0VfE2mXyR4sT1uKwZ');
  return Object.entries(contract.webhooks?.events ?? {}).flatMap(([type, when]) => {
    const payload = Object.hasOwn(eventPayloads, type) ? eventPayloads[type] : undefined;
    if (payload === undefined) return [];
    const { schema: data, sample, subjectOf = () => null } = payload;
    const body = dialect.body({
      id: eventId,
      type,
      mode,
      workspaceId: 'ws_8JcPq0VfE2mXyR4sT1uKwZ',
      subject: subjectOf(sample),
      occurredAt,
      createdAt: occurredAt,
      // Where an event names its mode, a sample names that in which somebody makes it up.
      data: 'mode' in sample ? { ...sample, mode } : sample,
    });
    const subject = contract.webhooks?.subject;
    return {
      type,
      when,
      schema: dialect.schema({ type, data, ...(subject === undefined ? {} : { subject }) }),
      example: JSON.parse(body.toString()) as unknown,
      headers: headersOf(dialect, { id: eventId, type, mode }),
    };
  });
}

const occurredAt = Date.UTC(2026, 0, 20, 8);

/** The headers that the dialect sends, with what each says; those that say how the body is written are the document's own. */
function headersOf(
  dialect: WebhookDialect,
  event: { readonly id: string; readonly type: string; readonly mode: Mode },
): Record<string, string> {
  const sent = dialect.headers({
    deliveryId: 'dlv_1',
    attempt: 1,
    timestamp: occurredAt,
    event,
    path: '/',
    body: Buffer.from('{}'),
    // Nobody’s: what signs is an endpoint’s own.
    secrets: [`whsec_${Buffer.alloc(32).toString('base64')}`],
  });
  const names = Object.keys(sent).filter((name) => !/^(?:content-type|user-agent)$/i.test(name));
  return Object.fromEntries(names.map((name) => [name, meaningOf(name)]));
}

function meaningOf(name: string): string {
  const [, meaning = ''] = meanings.find(([ending]) => ending.test(name)) ?? [];
  if (meaning === '') throw new Error(`nobody says what the header ${name} of webhooks means`);
  return meaning;
}

const meanings: readonly (readonly [RegExp, string])[] = [
  [
    /-signature$/i,
    'Signs the bytes of the body with the secret of the endpoint; verify it before anything parses them.',
  ],
  [/-timestamp$/i, 'When this attempt was sent, in Unix seconds.'],
  [/-delivery(?:-id)?$/i, 'Names the delivery: the same in every attempt, another one for each endpoint.'],
  [/-event(?:-type)?$/i, 'What happened.'],
  [/-attempt$/i, 'Which attempt this is, from 1.'],
  [/-mode$/i, 'The mode in which it happened.'],
  [/-id$/i, 'Names the event: tell copies by it.'],
];

function defaultsOf(settings: Settings): SettingValues<Settings> {
  return Object.fromEntries(
    Object.entries(settings).flatMap(([name, setting]) => (setting.kind === 'secret' ? [] : [[name, setting.default]])),
  );
}

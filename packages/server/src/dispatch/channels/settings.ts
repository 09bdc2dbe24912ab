import type { Channel, ChannelChange, ChannelField } from '../../core/channels.ts';
import { refuse } from '../../core/errors.ts';

/** One thing that a channel needs to know of a workspace. */
interface Field extends ChannelField {
  readonly maxLength: number;
  readonly pattern: RegExp;
  /** A URL that requests go to. */
  readonly isTarget?: boolean;
}

const text = (must: string, pattern: RegExp, maxLength = 256): Field => ({
  secret: false,
  maxLength,
  pattern,
  must,
  choices: null,
});
const secret = (must: string, pattern: RegExp): Field => ({ ...text(must, pattern, 512), secret: true });
const choice = (must: string, choices: readonly string[]): Field => ({
  ...text(must, new RegExp(`^(?:${choices.join('|')})$`)),
  choices,
});
const baseUrl: Field = { ...text('be a URL', /^https?:\/\/\S+$/, 2_048), isTarget: true };
/** One address, bare or with a name before it; a line break would begin another header. */
const mailbox = /^(?:[^<>\r\n]{1,200} )?<?[^\s<>@]{1,64}@[^\s<>@]{1,253}>?$/;

/** What each channel can be told, in the order in which faults are reported. */
const channelFields = {
  slack: {
    token: secret('be a token of Slack, such as xoxb-…', /^xox[a-z][-.][\w-]{6,}$/),
    defaultChannel: text('be the id or the name of a Slack channel, such as C024BE91L', /^#?[\w-]{1,80}$/),
    baseUrl,
  },
  email: {
    provider: choice('be resend or smtp', ['resend', 'smtp']),
    from: text('be an e-mail address, such as Interlock <hello@example.com>', mailbox),
    fallbackTo: text('be an e-mail address', mailbox),
    apiKey: secret('be an API key of Resend, such as re_…', /^[\x21-\x7e]{4,}$/),
    baseUrl,
    host: text('be the name of a mail server', /^[A-Za-z0-9.:-]+$/, 253),
    port: text('be a port', /^[1-9]\d{0,4}$/),
    security: choice('be tls, starttls or none', ['tls', 'starttls', 'none']),
    user: text('be a user name', /^[^\r\n]+$/),
    password: secret('be a password', /^[^\r\n]+$/),
  },
  stripe: {
    secretKey: secret('be a secret or restricted key of Stripe, such as rk_live_…', /^[sr]k_[\w]{4,}$/),
    webhookSecret: secret('be the signing secret of a webhook endpoint of Stripe, such as whsec_…', /^whsec_\S{8,}$/),
    webhookSecretTest: secret('be the signing secret of an endpoint of Stripe in test mode', /^whsec_\S{8,}$/),
    baseUrl,
  },
} as const satisfies Record<Channel, Readonly<Record<string, Field>>>;

export const channelTitles: Readonly<Record<Channel, string>> = { slack: 'Slack', email: 'E-mail', stripe: 'Stripe' };

/** What keeps a channel from sending with these settings, as a sentence; `null` when nothing does. */
export function channelProblem(channel: Channel, settings: Readonly<Record<string, string>>): string | null {
  const missing = requiredFields(channel, settings).filter((name) => settings[name] === undefined);
  if (missing.length === 0) return null;
  const title = channelTitles[channel];
  return Object.keys(settings).length === 0
    ? `${title} is not connected to this workspace.`
    : `${title} lacks ${missing.map((name) => `"${name}"`).join(' and ')}.`;
}

function requiredFields(channel: Channel, { provider, user }: Readonly<Record<string, string>>): readonly string[] {
  switch (channel) {
    case 'slack':
      return ['token'];
    case 'email':
      if (provider === 'smtp') return ['from', 'host', ...(user === undefined ? [] : ['password'])];
      return ['provider', 'from', 'apiKey'];
    case 'stripe':
      return ['secretKey'];
  }
}

/** What may be connected to. */
export interface ChannelEgress {
  targetProblem(url: string): string | null;
  mailServerProblem(host: string, port: number, isEncrypted: boolean): string | null;
}

/**
 * The settings after a change: fields that are given replace, `null` takes away, the rest stays.
 *
 * @throws `invalid_input` that names the field
 */
export function decideSettings(
  channel: Channel,
  present: Readonly<Record<string, string>>,
  change: ChannelChange,
  egress: ChannelEgress,
): Record<string, string> {
  const fields: Readonly<Record<string, Field>> = channelFields[channel];
  const settings: Record<string, string> = { ...present };
  for (const [name, value] of Object.entries(change)) {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (field === undefined) {
      throw refuse(
        'invalid_input',
        `${channelTitles[channel]} has no "${name}"; it has: ${Object.keys(fields).join(', ')}.`,
        {
          param: name,
        },
      );
    }
    if (value === undefined) continue;
    if (value === null) {
      delete settings[name];
      continue;
    }
    const trimmed = field.secret ? value : value.trim();
    if (trimmed.length > field.maxLength || !field.pattern.test(trimmed)) {
      throw refuse('invalid_input', `"${name}" must ${field.must}.`, { param: name });
    }
    const problem = field.isTarget === true ? egress.targetProblem(trimmed) : null;
    if (problem !== null) throw refuse('invalid_input', problem, { param: name });
    settings[name] = trimmed;
  }
  refuseMovedSecrets(fields, present, change, settings);
  const { host } = settings;
  if (channel === 'email' && host !== undefined) {
    const problem = egress.mailServerProblem(host, mailPortOf(settings), settings.security !== 'none');
    if (problem !== null) throw refuse('invalid_input', problem, { param: 'host' });
  }
  return settings;
}

/** Whoever may change where a secret is sent must know it: otherwise he could have it sent to a server of his own. */
function refuseMovedSecrets(
  fields: Readonly<Record<string, Field>>,
  present: Readonly<Record<string, string>>,
  change: ChannelChange,
  settings: Readonly<Record<string, string>>,
): void {
  const moved = ['baseUrl', 'host', 'port', 'security'].find((name) => present[name] !== settings[name]);
  if (moved === undefined) return;
  const kept = Object.keys(settings).find((name) => fields[name]?.secret === true && typeof change[name] !== 'string');
  if (kept === undefined) return;
  throw refuse('invalid_input', `Give "${kept}" again: with another "${moved}" it would be sent to another place.`, {
    param: kept,
  });
}

/** 465 is the port of implicit TLS, 587 that of submission (RFC 8314, section 3). */
export function mailPortOf({ port, security }: Readonly<Record<string, string>>): number {
  return port === undefined ? (security === 'tls' ? 465 : 587) : Number(port);
}

/** What may be shown: secrets are their last four characters. */
export function viewSettings(
  channel: Channel,
  settings: Readonly<Record<string, string>>,
): {
  readonly fields: Record<string, ChannelField>;
  readonly settings: Record<string, string>;
  readonly secrets: Record<string, string>;
} {
  const fields: Readonly<Record<string, Field>> = channelFields[channel];
  const entries = Object.entries(settings);
  return {
    fields: Object.fromEntries(
      Object.entries(fields).map(([name, { secret: isSecret, must, choices }]) => [
        name,
        { secret: isSecret, must, choices },
      ]),
    ),
    settings: Object.fromEntries(entries.filter(([name]) => fields[name]?.secret === false)),
    secrets: Object.fromEntries(
      entries.filter(([name]) => fields[name]?.secret === true).map(([name, value]) => [name, value.slice(-4)]),
    ),
  };
}

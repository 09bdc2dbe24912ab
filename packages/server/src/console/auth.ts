import { betterAuth } from 'better-auth';
import { organization } from 'better-auth/plugins';
import type { Logger } from 'pino';
import type { Database } from '../core/db/database.ts';
import { newId } from '../core/ids.ts';

/** Carries the caller's address, as the trusted proxies tell it, to the limits on sign-in attempts. */
export const addressHeader = 'x-interlock-address';
/** Where the handler of better-auth answers. */
export const authBasePath = '/auth/session';

export const passwordLength = { minimum: 10, maximum: 128 } as const;
const invitationDays = 7;

const idPrefixes: Readonly<Record<string, string>> = {
  user: 'usr',
  session: 'ses',
  account: 'acc',
  verification: 'ver',
  organization: 'ws',
  member: 'mem',
  invitation: 'inv',
};

export type Auth = ReturnType<typeof createAuth>;

export interface AuthParts {
  readonly database: Database;
  readonly secret: Buffer;
  readonly log: Logger;
}

/** People, passwords, sessions, members and invitations by better-auth, on our tables. */
export function createAuth(parts: AuthParts, publicUrl: string) {
  return betterAuth({
    appName: 'Interlock',
    baseURL: publicUrl,
    basePath: authBasePath,
    secret: parts.secret.toString('hex'),
    database: parts.database.pools.console,
    telemetry: { enabled: false },
    logger: {
      level: 'warn',
      // A failed sign-in is a warning to better-auth and everyday life to a server; its details never hold a password.
      log: (level, message) => {
        if (level === 'error') parts.log.error({ part: 'auth' }, message);
        else parts.log.debug({ part: 'auth' }, message);
      },
    },
    emailAndPassword: {
      enabled: true,
      minPasswordLength: passwordLength.minimum,
      maxPasswordLength: passwordLength.maximum,
    },
    user: { modelName: 'people' },
    session: { modelName: 'sessions' },
    account: { modelName: 'accounts' },
    verification: { modelName: 'verifications' },
    rateLimit: {
      enabled: true,
      storage: 'memory',
      window: 60,
      max: 300,
      customRules: {
        '/sign-in/email': { window: 60, max: 10 },
        '/sign-up/email': { window: 60, max: 20 },
        '/change-password': { window: 60, max: 10 },
      },
    },
    advanced: {
      cookiePrefix: 'interlock',
      useSecureCookies: publicUrl.startsWith('https:'),
      defaultCookieAttributes: { httpOnly: true, sameSite: 'lax', path: '/' },
      ipAddress: { ipAddressHeaders: [addressHeader] },
      disableCSRFCheck: false,
      disableOriginCheck: false,
      database: {
        generateId: ({ model }) => newId(idPrefixes[model] ?? 'id'),
        validateSchema: false,
      },
    },
    plugins: [
      organization({
        schema: {
          organization: { modelName: 'workspaces' },
          member: { modelName: 'members' },
          invitation: { modelName: 'invitations' },
        },
        invitationExpiresIn: invitationDays * 86_400,
        membershipLimit: 1_000,
        // Addresses cannot be verified without mail. What proves an invitation is its id, which only its link carries.
        requireEmailVerificationOnInvitation: false,
        // Mail: `sendInvitationEmail` belongs here once there is a transport; until then the inviter passes the link on.
      }),
    ],
  });
}

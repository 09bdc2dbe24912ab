import { ApiError } from '../errors.ts';

/** SQLSTATE of a failed statement, or the code of a failed socket. */
export function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : undefined;
}

const socketCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'ETIMEDOUT',
  'EPIPE',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
]);
const driverMessages = [
  'Connection terminated',
  'timeout exceeded when trying to connect',
  'Client has encountered a connection error',
  'Cannot use a pool after calling end',
  'Client was closed and is not queryable',
];

/** Whether the database was lost, is starting, stopping or full of connections, rather than unhappy with a statement. */
export function isConnectionFailure(error: unknown): boolean {
  const code = codeOf(error);
  // 08: connection exceptions. 57P01 to 57P03: shutting down or starting. 53300: too many connections.
  if (code !== undefined && (socketCodes.has(code) || /^(08|57P0|53300)/.test(code))) return true;
  const message = error instanceof Error ? error.message : '';
  return driverMessages.some((text) => message.includes(text));
}

/** Whether work may have been committed all the same: nobody knows of a commit that was not answered. */
export function mayHaveHappened(error: unknown): boolean {
  return error instanceof ApiError && error.code === 'unavailable';
}

/**
 * One sentence for a database that cannot be used at start-up. It never holds the password: the URL is shown without it.
 *
 * @param where host and database as they may be shown
 * @param variable the one that holds the URL
 */
export function explainStartFailure(error: unknown, where: string, variable = 'DATABASE_URL'): string {
  switch (codeOf(error)) {
    case '28P01':
    case '28000':
      return `The PostgreSQL at ${where} refused the user name or password in ${variable}; check both and start again.`;
    case '3D000':
      return `The PostgreSQL at ${where} has no such database; create it first (createdb) and start again.`;
    case '42501':
      return `The role in ${variable} lacks a permission on ${where} (${(error as Error).message}): it must be able to create roles and schemas. Grant it CREATEROLE and CREATE on the database; or have an administrator run what "npx interlock doctor --sql" prints, and set INTERLOCK_LIVE_URL and the other role URLs.`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `The host name in ${variable} (${where}) cannot be resolved; check its spelling.`;
    default:
      if (isConnectionFailure(error)) {
        return `No PostgreSQL answers at ${where} (${(error as Error).message}); start it, or unset DATABASE_URL to use the embedded one.`;
      }
      return `The PostgreSQL at ${where} failed: ${(error as Error).message}`;
  }
}

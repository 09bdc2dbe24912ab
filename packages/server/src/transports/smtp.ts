import { connect, isIP, type LookupFunction, type Socket } from 'node:net';
import { createTransport } from 'nodemailer';
import type { Clock } from '../core/sources.ts';
import { mailPortOf } from '../dispatch/channels/settings.ts';
import { checkAddress, type EgressPolicy, mailServerProblem } from '../dispatch/egress.ts';
import type { TransportError, TransportResult } from '../dispatch/transport.ts';
import { ConnectRefusal } from './connect.ts';
import type { Mail } from './email.ts';
import { createNameServerResolve, type Resolve, systemResolve } from './resolve.ts';

export interface SmtpParts {
  readonly clock: Clock;
  readonly policy: EgressPolicy;
  readonly resolve?: Resolve;
  /** Aborted when the server stops. */
  readonly signal: AbortSignal;
}

const connectMs = 10_000;
/** A server may think about the end of a message for long; RFC 5321 would give it ten minutes. */
const answerMs = 30_000;

/**
 * Hands one mail to a mail server, over a connection of its own whose address was checked. Unless the settings say
 * `none`, which only a server for development accepts, nothing is said before TLS stands, and its certificate must be
 * good.
 */
export async function sendBySmtp(
  parts: SmtpParts,
  settings: Readonly<Record<string, string>>,
  mail: Mail,
  idempotencyKey: string,
): Promise<TransportResult> {
  const { clock, policy, signal } = parts;
  const { host = '', security, user, password } = settings;
  const port = mailPortOf(settings);
  const encrypted = security !== 'none';
  const problem = mailServerProblem(host, port, encrypted, policy);
  if (problem !== null) return failure('url_blocked', problem, null, clock);
  let firedAt: number | null = null;
  let socket: Socket;
  try {
    socket = await connectChecked(host, port, parts);
  } catch (error) {
    if (signal.aborted) return { type: 'aborted', firedAt, completedAt: clock.now() };
    return refusalOf(error as Error, firedAt, clock);
  }
  const cut = (): void => void socket.destroy();
  signal.addEventListener('abort', cut, { once: true });
  const transport = createTransport({
    host,
    port,
    secure: security === 'tls',
    requireTLS: encrypted,
    ignoreTLS: !encrypted,
    tls: { rejectUnauthorized: true, ...(isIP(host) === 0 ? { servername: host } : {}) },
    greetingTimeout: connectMs,
    socketTimeout: answerMs,
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(user === undefined ? {} : { auth: { user, pass: password ?? '' } }),
    getSocket: (_: unknown, done: (error: Error | null, connection: object) => void) =>
      done(null, { connection: socket }),
  });
  try {
    firedAt = clock.now();
    // The same for every attempt, so that a mail program shows one of two copies.
    const messageId = `<${idempotencyKey}@${domainOf(mail.from)}>`;
    const { response } = await transport.sendMail({ ...mail, messageId });
    return {
      type: 'response',
      status: Number(/^\d{3}/.exec(response)?.[0] ?? 250),
      headers: { 'message-id': messageId },
      body: null,
      firedAt,
      completedAt: clock.now(),
    };
  } catch (error) {
    if (signal.aborted) return { type: 'aborted', firedAt, completedAt: clock.now() };
    return refusalOf(error as Error, firedAt, clock);
  } finally {
    signal.removeEventListener('abort', cut);
    transport.close();
    socket.destroy();
  }
}

/** Every address that the name has is looked at, and the socket is given these and no later ones. */
async function connectChecked(host: string, port: number, { policy, resolve, signal }: SmtpParts): Promise<Socket> {
  const find = resolve ?? (policy.allowPrivateTargets ? systemResolve : createNameServerResolve());
  const addresses =
    isIP(host) === 0
      ? await find(host).catch((cause: unknown) => {
          throw new ConnectRefusal('dns', 'The name of the mail server could not be resolved.', cause);
        })
      : [host];
  for (const address of addresses) {
    const refusal = checkAddress(address, port, policy);
    if (refusal !== null) throw new ConnectRefusal('url_blocked', refusal.message);
  }
  const lookup: LookupFunction = (_, __, callback) =>
    callback(
      null,
      addresses.map((address) => ({ address, family: isIP(address) })),
    );
  return new Promise((done, fail) => {
    const socket = connect({ host, port, lookup, autoSelectFamily: true, timeout: connectMs });
    const refused = (error: Error): void => {
      socket.destroy();
      fail(error);
    };
    const cut = (): void => refused(new Error('aborted'));
    signal.addEventListener('abort', cut, { once: true });
    socket.once('timeout', () => refused(new ConnectRefusal('timeout', `No connection within ${connectMs / 1000} s.`)));
    socket.once('error', refused);
    socket.once('connect', () => {
      signal.removeEventListener('abort', cut);
      socket.removeListener('error', refused);
      socket.removeAllListeners('timeout');
      socket.setTimeout(0);
      done(socket);
    });
  });
}

/** What nodemailer throws: the server's word in `responseCode`, or what became of the connection in `code`. */
interface SmtpError extends Error {
  readonly code?: string;
  readonly responseCode?: number;
  readonly response?: string;
}

function refusalOf(error: SmtpError, firedAt: number | null, clock: Clock): TransportResult {
  if (error instanceof ConnectRefusal) return failure(error.error, error.message, firedAt, clock);
  const { code = '', responseCode, response } = error;
  if (responseCode !== undefined) {
    // 421, 45x: try later (RFC 5321, section 4.2.1).
    const kind = responseCode >= 400 && responseCode < 500 ? 'postponed' : 'refused';
    return failure(kind, response ?? error.message, firedAt, clock);
  }
  return failure(smtpErrors[code] ?? (firedAt === null ? 'connect' : 'reset'), error.message, firedAt, clock);
}

const smtpErrors: Readonly<Record<string, TransportError>> = {
  ETIMEDOUT: 'timeout',
  EDNS: 'dns',
  ETLS: 'tls',
  EAUTH: 'refused',
  ENOAUTH: 'refused',
  EENVELOPE: 'invalid_message',
  EMESSAGE: 'invalid_message',
  EPROTOCOL: 'protocol',
  ECONNREFUSED: 'connect',
};

function failure(error: TransportError, message: string, firedAt: number | null, clock: Clock): TransportResult {
  return { type: 'failure', error, message, said: message.slice(0, 1_024), firedAt, completedAt: clock.now() };
}

function domainOf(from: string): string {
  return /@([^\s<>@]+)>?$/.exec(from)?.[1] ?? 'localhost';
}

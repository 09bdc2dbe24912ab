import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

/** A mail as somebody else's server got it. */
export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly user: string | undefined;
  readonly secure: boolean;
  readonly text: string;
}

/** A real SMTP server on a loopback port that notes what it is handed. */
export interface MailServer {
  readonly port: number;
  readonly received: ReceivedMail[];
  /** Connections so far, whatever came of them. */
  readonly connections: () => number;
  /** What the next recipients are answered with in place of yes. */
  refuse: { code: number; message: string } | null;
  close(): Promise<void>;
}

export async function startMailServer(options: SMTPServerOptions = {}): Promise<MailServer> {
  const received: ReceivedMail[] = [];
  let connections = 0;
  const server = new SMTPServer({
    authOptional: true,
    allowInsecureAuth: true,
    disabledCommands: ['STARTTLS'],
    onConnect(_, done) {
      connections++;
      done();
    },
    onAuth({ username, password }, _, done) {
      if (password === 'right') done(null, { user: username });
      else done(Object.assign(new Error('Wrong user name or password'), { responseCode: 535 }));
    },
    onRcptTo(_, __, done) {
      if (mail.refuse === null) done();
      else done(Object.assign(new Error(mail.refuse.message), { responseCode: mail.refuse.code }));
    },
    onData(stream, session, done) {
      let text = '';
      stream.setEncoding('utf8');
      stream.on('data', (chunk: string) => {
        text += chunk;
      });
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        received.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          user: session.user,
          secure: session.secure,
          text,
        });
        done();
      });
    },
    ...options,
  });
  // A client that goes away is no failure of a test.
  server.on('error', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const mail: MailServer = {
    port: (server.server.address() as AddressInfo).port,
    received,
    connections: () => connections,
    refuse: null,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
  return mail;
}

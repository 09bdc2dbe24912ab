import type { Logger } from 'pino';
import type { SystemRoute } from '../app.ts';
import type { Config } from '../config.ts';
import type { FindPerson } from '../core/authenticate.ts';
import type { Call } from '../core/call.ts';
import type { Database } from '../core/db/database.ts';
import type { FileStore } from '../core/files/file-store.ts';
import type { Operation, Service } from '../core/service.ts';
import type { Clock } from '../core/sources.ts';
import { accountRoutes } from './account.ts';
import { type Auth, createAuth } from './auth.ts';
import { showEffect } from './effects.ts';
import { consoleError } from './errors.ts';
import { exportAudit } from './export.ts';
import { figures } from './figures.ts';
import * as integrations from './integrations.ts';
import * as invitations from './invitations.ts';
import * as keys from './keys.ts';
import * as logs from './logs.ts';
import * as members from './members.ts';
import { answering, type ConsoleParts, consoleBasePath } from './operation.ts';
import { personRoutes } from './person-routes.ts';
import { decideOrigin } from './same-origin.ts';
import { type Seeded, seedDemo } from './seed.ts';
import { readSession } from './session.ts';
import { signInRoutes } from './sign-in.ts';
import * as deliveries from './webhook-deliveries.ts';
import * as webhooks from './webhooks.ts';
import * as workspaces from './workspaces.ts';

/** People and their sessions, and the routes of the dashboard's own API. */
export interface Console {
  readonly findPerson: FindPerson;
  readonly routes: readonly SystemRoute[];
  /** The operations of a service as a signed-in person calls them; see `personRoutes`. */
  routesOf(service: Service, callOf: (operation: Operation) => Call): SystemRoute[];
  /** Makes the demo workspace of a development installation; see `seedDemo`. */
  seedDemo(known: Seeded): Promise<Seeded | null>;
}

export function createConsole(options: {
  readonly config: Config;
  readonly database: Database;
  readonly services: readonly Service[];
  readonly files: FileStore;
  readonly clock: Clock;
  readonly log: Logger;
  readonly webhooks: ConsoleParts['webhooks'];
  readonly channelsOf: ConsoleParts['channelsOf'];
  /** Known for certain only once the server listens. */
  readonly publicUrl: () => string;
}): Console {
  const { config, database, services, clock, log, publicUrl } = options;
  const secret = config.secrets.SESSION_SECRET;
  if (secret === undefined) throw new Error('SESSION_SECRET is missing');
  let made: { auth: Auth; url: string } | undefined;
  const parts: ConsoleParts = {
    config,
    database,
    services,
    contracts: services.map(({ contract }) => contract),
    files: options.files,
    clock,
    webhooks: options.webhooks,
    channelsOf: options.channelsOf,
    publicUrl,
    auth() {
      const url = publicUrl();
      if (made?.url !== url) made = { url, auth: createAuth({ database, secret, log }, url) };
      return made.auth;
    },
    onBug: (error, about) => log.error({ err: error, ...about }, 'a request to the console failed'),
  };

  return {
    async findPerson(headers) {
      // A service's operations take sessions too: a page of another origin has none there either.
      if (decideOrigin(headers, publicUrl()) === 'other') return null;
      const session = await readSession(parts.auth(), database, headers, false);
      if (session?.active == null) return null;
      const { workspaceId, role } = session.active;
      return { personId: session.person.id, workspaceId, role };
    },
    routes: [
      ...signInRoutes(parts),
      ...accountRoutes(parts),
      ...operations.map((operation) => operation(parts)),
      ...(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const).map((method) =>
        answering(parts, method, `${consoleBasePath}/*`, async ({ path }) => {
          throw consoleError('route_not_found', `Nothing answers at ${method} ${path.slice(0, 200)}.`);
        }),
      ),
    ],
    routesOf: (service, callOf) => personRoutes(parts, service, callOf),
    seedDemo: (known) => seedDemo(parts, known),
  };
}

const operations = [
  workspaces.me,
  workspaces.createWorkspace,
  workspaces.showWorkspace,
  workspaces.renameWorkspace,
  workspaces.switchWorkspace,
  workspaces.listServices,
  keys.listKeys,
  keys.createKey,
  keys.showKey,
  keys.updateKey,
  keys.rotateKey,
  keys.revokeKey,
  keys.keyActivity,
  members.listMembers,
  members.changeMember,
  members.removeMember,
  invitations.listInvitations,
  invitations.invite,
  invitations.showInvitation,
  invitations.cancelInvitation,
  invitations.acceptInvitation,
  invitations.rejectInvitation,
  logs.audit,
  logs.effects,
  exportAudit,
  showEffect,
  figures,
  webhooks.listWebhooks,
  webhooks.createWebhook,
  webhooks.showWebhook,
  webhooks.updateWebhook,
  webhooks.removeWebhook,
  webhooks.enableWebhook,
  webhooks.disableWebhook,
  webhooks.rotateSecret,
  webhooks.revokeSecret,
  deliveries.sendTest,
  deliveries.listDeliveries,
  deliveries.showDelivery,
  deliveries.listAttempts,
  deliveries.redeliver,
  deliveries.recover,
  integrations.listIntegrations,
  integrations.connectIntegration,
  integrations.disconnectIntegration,
  integrations.testIntegration,
  integrations.listMessages,
  integrations.showMessage,
  integrations.sendMessageAgain,
];

import type { Client } from 'pg';
import { readDatabaseConfig, readPlainSettings } from '../../server/src/config.ts';
import { type Database, openDatabase } from '../../server/src/core/db/database.ts';
import type { FileStore } from '../../server/src/core/files/file-store.ts';
import { openFiles } from '../../server/src/core/files/open-files.ts';
import { setLimits } from '../../server/src/core/limits/set-limits.ts';
import type { Service, ServiceContract } from '../../server/src/core/service.ts';
import { loadServices } from '../../server/src/load-services.ts';
import { type Reached, type ReachOptions, withDatabase } from './reach.ts';
import type { Terminal } from './terminal.ts';

/** An installation whose schema is up to date, as commands work on it. */
export interface Installation {
  readonly database: Database;
  readonly services: readonly Service[];
  readonly contracts: readonly ServiceContract[];
  readonly files: FileStore;
  /** Connected as the owner, who sees every workspace. */
  readonly owner: Client;
}

/** Opens the installation that the environment names, for the duration of the work. */
export async function withInstallation<T>(
  terminal: Terminal,
  work: (installation: Installation) => Promise<T>,
  reach?: ReachOptions,
): Promise<T> {
  const config = readDatabaseConfig(terminal.env);
  const services = await loadServices(terminal.env);
  const use = async ({ owner, client }: Reached): Promise<T> => {
    const database = await openDatabase({
      owner,
      rolePrefix: config.rolePrefix,
      ...(config.roleUrls === null ? {} : { roleUrls: config.roleUrls }),
      services,
      poolSize: 1,
    });
    const files = await openFiles(config);
    try {
      // A key is held to less than the server's own environment allows, when the command has the same.
      const contracts = services.map(({ contract }) => ({
        ...contract,
        modes: {
          ...contract.modes,
          limits: setLimits(contract.modes.limits, readPlainSettings(terminal.env, contract)),
        },
      }));
      return await work({ database, services, contracts, files, owner: client });
    } finally {
      await files.close();
      await database.close();
    }
  };
  return withDatabase(config, use, reach);
}

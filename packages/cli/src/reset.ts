import { createAuditLog } from '../../server/src/core/audit/audit.ts';
import { committed } from '../../server/src/core/db/committed.ts';
import { fileKey } from '../../server/src/core/files/file-store.ts';
import { newRequestId } from '../../server/src/core/ids.ts';
import type { ServiceContract } from '../../server/src/core/service.ts';
import { chooseWorkspace, contractOf } from './choose.ts';
import { withInstallation } from './installation.ts';
import { eraseTestRows, listTestFiles } from './reset-repository.ts';
import { type Outcome, type Terminal, UsageError } from './terminal.ts';
import { textTable } from './text-table.ts';

export interface ResetOptions {
  readonly service: string;
  readonly workspace?: string;
  readonly dryRun: boolean;
  readonly yes: boolean;
}

/**
 * Erases the test data of one service in one workspace, as the role of test mode: it can reach neither live rows nor
 * those of another workspace. Stored files go with their rows. Keys, webhook endpoints, the audit log, recorded effects and
 * what the service itself says outlives it stay.
 */
export async function resetTestData(terminal: Terminal, options: ResetOptions): Promise<Outcome> {
  return withInstallation(terminal, async (installation) => {
    const contract = contractOf(installation, options.service);
    refuseUnlessIsolated(contract);
    const { id: workspaceId, name } = await chooseWorkspace(installation, options.workspace);
    if (!options.dryRun && !options.yes) {
      throw new UsageError(
        `This erases the test data of ${contract.name} in "${name}"; say --yes, or look first with --dry-run.`,
      );
    }
    const at = terminal.clock.now();
    const requestId = newRequestId();
    const kept = new Set(contract.resetKeeps);
    const tables = Object.keys(contract.tables).filter(
      (table) => contract.tables[table] === 'workspace' && !kept.has(table),
    );
    const transaction = installation.database.transaction('test', workspaceId);
    const audit = createAuditLog(installation.database);
    let files: string[] = [];
    const work = async () => {
      if (contract.files !== undefined) files = await listTestFiles(transaction, contract.files.table);
      const erased = await eraseTestRows(transaction, contract.name, tables);
      if (options.dryRun) await transaction.rollback();
      return erased;
    };
    const rows = options.dryRun
      ? await work()
      : await committed(transaction, async (db) => {
          const erased = await work();
          audit.record(db, {
            workspaceId,
            mode: 'test',
            at,
            service: contract.name,
            operation: null,
            method: 'DELETE',
            route: 'interlock reset',
            status: 200,
            code: null,
            durationUs: 0,
            requestId,
            caller: 'system',
            keyId: null,
            actor: 'interlock reset',
            address: '',
            suppressed: null,
          });
          return erased;
        });
    await audit.close();
    if (!options.dryRun) for (const id of files) await installation.files.remove(fileKey(workspaceId, 'test', id));
    const total = Object.values(rows).reduce((sum, count) => sum + count, 0);
    return {
      json: {
        service: contract.name,
        mode: 'test',
        workspaceId,
        dryRun: options.dryRun,
        at,
        requestId: options.dryRun ? null : requestId,
        rows,
        total,
      },
      text: `${textTable(
        ['TABLE', 'ROWS'],
        Object.entries(rows).map(([table, count]) => [table, String(count)]),
      )}${
        options.dryRun
          ? `${total} rows would be erased.\n`
          : `${total} rows of test data of ${contract.name} in "${name}" are erased; the receipt is ${requestId} in the audit log.\n`
      }`,
    };
  });
}

function refuseUnlessIsolated({ name, modes }: ServiceContract): void {
  switch (modes.data.test) {
    case 'isolated':
      return;
    case 'pure':
      throw new UsageError(`${name} keeps nothing in test mode, so there is nothing to reset.`);
    case 'shared':
      throw new UsageError(
        `${name} keeps one set of rows for both modes, so there is no test data apart from live data to erase.`,
      );
  }
}

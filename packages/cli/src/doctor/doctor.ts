import { readDatabaseConfig } from '../../../server/src/config.ts';
import { type Outcome, type Terminal, UsageError } from '../terminal.ts';
import { textChecks } from './check.ts';
import { examine } from './examine.ts';
import { preparation } from './preparation.ts';

export async function runDoctor(terminal: Terminal, options: { fix?: boolean; sql?: boolean }): Promise<Outcome> {
  if (options.sql === true) {
    const config = readDatabaseConfig(terminal.env);
    if (config.databaseUrl === null) {
      throw new UsageError(
        'Set DATABASE_URL to the database that is to be prepared; the embedded one needs no preparation.',
      );
    }
    const sql = preparation(config.databaseUrl, config);
    return { json: { sql }, text: sql };
  }
  const checks = await examine(terminal, { fix: options.fix === true });
  const ok = checks.every(({ status }) => status === 'ok');
  return { ok, json: { ok, checks }, text: textChecks(checks) };
}

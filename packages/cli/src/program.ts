import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { ConfigError } from '../../server/src/config.ts';
import { ApiError } from '../../server/src/core/errors.ts';
import { modes } from '../../server/src/core/mode.ts';
import { runDoctor } from './doctor/doctor.ts';
import {
  type CreateOptions,
  createKey,
  type ListOptions,
  listKeys,
  type RotateOptions,
  revokeKey,
  rotateKey,
} from './keys.ts';
import { readExpiry } from './read-expiry.ts';
import { type Outcome, type Terminal, UsageError } from './terminal.ts';
import { createWorkspace, listWorkspaces } from './workspaces.ts';

/** What the shell is told. */
const exitCodes = { ok: 0, failed: 1, usage: 2 } as const;

const synopsis = `
Configuration comes from the environment, as for the server: DATABASE_URL, or else the embedded PostgreSQL in
INTERLOCK_HOME (default .interlock), which is started for the command when no server runs there.

Exit codes: 0 done, 1 failed, 2 asked for in a way that cannot be.`;

/**
 * Runs one command line and answers its exit code. With `--json`, standard output holds one JSON document and nothing
 * else, whatever happens.
 */
export async function runProgram(args: readonly string[], terminal: Terminal): Promise<number> {
  const json = wantsJson(args);
  let outcome: Outcome | undefined;
  const program = createProgram(terminal, (made) => {
    outcome = made;
  });
  try {
    await program.parseAsync([...args], { from: 'user' });
    if (outcome !== undefined) terminal.print(json ? `${JSON.stringify(outcome.json, null, 2)}\n` : outcome.text);
    return outcome?.ok === false ? exitCodes.failed : exitCodes.ok;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return exitCodes.ok;
    const failure = describe(error);
    if (json) terminal.print(`${JSON.stringify({ error: failure.error }, null, 2)}\n`);
    if (failure.error.message !== '') terminal.complain(`${failure.error.message}\n`);
    if (error instanceof CommanderError) terminal.complain(`How it is used: ${helpFor(program, args)}\n`);
    return failure.exitCode;
  }
}

/** What follows `--` is never an option. */
function wantsJson(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return (end === -1 ? args : args.slice(0, end)).includes('--json');
}

/** The command line that shows the help of the command that was meant. */
function helpFor(program: Command, args: readonly string[]): string {
  const words = ['npx interlock'];
  let command: Command | undefined = program;
  for (const arg of args) {
    command = command?.commands.find((candidate) => candidate.name() === arg);
    if (command === undefined) break;
    words.push(arg);
  }
  return `${words.join(' ')} --help`;
}

interface Failure {
  readonly exitCode: number;
  readonly error: { readonly code: string; readonly message: string; readonly param?: string };
}

function describe(error: unknown): Failure {
  if (error instanceof CommanderError) {
    // Without a command the help has been shown already.
    const message = error.code === 'commander.help' ? '' : error.message.replace(/^error: /, '');
    return { exitCode: exitCodes.usage, error: { code: 'usage', message } };
  }
  if (error instanceof UsageError)
    return { exitCode: exitCodes.usage, error: { code: 'usage', message: error.message } };
  if (error instanceof ApiError) {
    const { param } = error.details;
    return {
      exitCode: error.code === 'invalid_input' ? exitCodes.usage : exitCodes.failed,
      error: { code: error.code, message: error.message, ...(param === undefined ? {} : { param }) },
    };
  }
  const message = error instanceof Error ? error.message : String(error);
  return {
    exitCode: exitCodes.failed,
    error: { code: error instanceof ConfigError ? 'configuration' : 'failed', message },
  };
}

/** The commands, which also describe themselves. */
export function createProgram(terminal: Terminal, done: (outcome: Outcome) => void): Command {
  const program = new Command('interlock')
    .description('Workspaces, keys and the state of an Interlock installation.')
    .addHelpText('after', synopsis)
    .addOption(jsonOption())
    .exitOverride()
    .configureOutput({ writeOut: terminal.print, writeErr: terminal.complain, outputError: () => {} });

  const keys = program.command('keys').description('the keys of a workspace').addOption(jsonOption());
  command(keys, 'create', 'make a key and show it, this once', [
    'keys create --service randomness --mode test --name "CI"',
    'keys create --service randomness --mode live --name "Web" --scope draw --expires 90d',
    'keys create --service randomness --mode live --name "Office" --allow-ip 203.0.113.0/24 --json',
  ])
    .requiredOption('--service <name>', 'the service that the key is for')
    .addOption(new Option('--mode <mode>', 'live or test').choices(modes).makeOptionMandatory())
    .requiredOption('--name <name>', 'what the key is called')
    .option('--scope <scope>', 'a scope, once for each; all of the service when left out', gather)
    .option('--workspace <workspace>', 'its id, or its name; needed when there are several')
    .option('--expires <when>', 'a time (2027-01-31, 2027-01-31T12:00:00Z) or a span (90d, 12h, 30m)', (text) =>
      checked(readExpiry(text, terminal.clock.now())),
    )
    .option('--allow-ip <range>', 'an address or CIDR range that may use the key, once for each', gather)
    .option('--allow-referer <origin>', 'an origin whose pages may use the key, once for each', gather)
    .action(async (options: CreateOptions) => done(await createKey(terminal, options)));
  command(keys, 'list', 'the keys of a workspace', ['keys list', 'keys list --service randomness --mode live --json'])
    .option('--service <name>', 'only those of one service')
    .addOption(new Option('--mode <mode>', 'only those of one mode').choices(modes))
    .option('--workspace <workspace>', 'its id, or its name; needed when there are several')
    .action(async (options: ListOptions) => done(await listKeys(terminal, options)));
  command(keys, 'rotate <id>', 'give a key a new text and show it, this once', [
    'keys rotate key_8JcPq0VfE2mXyR4sT1uKwZ',
    'keys rotate key_8JcPq0VfE2mXyR4sT1uKwZ --overlap 3600',
  ])
    .option('--overlap <seconds>', 'how long the old text still works', readOverlap, 0)
    .option('--workspace <workspace>', 'the workspace that the key must be in')
    .action(async (id: string, options: RotateOptions) => done(await rotateKey(terminal, id, options)));
  command(keys, 'revoke <id>', 'stop a key from working, on every server within a second', [
    'keys revoke key_8JcPq0VfE2mXyR4sT1uKwZ',
  ])
    .option('--workspace <workspace>', 'the workspace that the key must be in')
    .action(async (id: string, options: { workspace?: string }) => done(await revokeKey(terminal, id, options)));

  const workspaces = program
    .command('workspaces')
    .description('the workspaces of this installation')
    .addOption(jsonOption());
  command(workspaces, 'create', 'make a workspace', [
    'workspaces create --name "Acme"',
    'workspaces create --name "Acme" --owner ada@example.com',
  ])
    .requiredOption('--name <name>', 'what it is called')
    .option('--owner <email>', 'a person who has signed up, to be its owner')
    .action(async (options: { name: string; owner?: string }) => done(await createWorkspace(terminal, options)));
  command(workspaces, 'list', 'all workspaces', ['workspaces list', 'workspaces list --json']).action(async () =>
    done(await listWorkspaces(terminal)),
  );

  command(program, 'doctor', 'check the runtime, the configuration, the database and who may do what in it', [
    'doctor',
    'doctor --fix',
    'doctor --sql | psql "$ADMIN_URL"',
  ])
    .option('--fix', 'run what is missing of the migrations, put roles, grants and row policies back, then check')
    .addOption(
      new Option('--sql', 'print what an administrator runs where DATABASE_URL may not create roles').conflicts('fix'),
    )
    .action(async (options: { fix?: boolean; sql?: boolean }) => done(await runDoctor(terminal, options)));
  return program;
}

function command(parent: Command, name: string, description: string, examples: readonly string[]): Command {
  const lines = examples.map((example) => `  npx interlock ${example}`);
  return parent
    .command(name)
    .description(description)
    .addOption(jsonOption())
    .allowExcessArguments(false)
    .addHelpText('after', `\nExamples:\n${lines.join('\n')}`);
}

function jsonOption(): Option {
  return new Option('--json', 'one JSON document on standard output');
}

function gather(text: string, before: string[] = []): string[] {
  return [...before, ...text.split(',').map((part) => part.trim())];
}

function readOverlap(text: string): number {
  if (!/^\d{1,7}$/.test(text)) throw new InvalidArgumentError('Give a whole number of seconds, such as 3600.');
  return Number(text);
}

function checked<T>(reading: { ok: true; value: T } | { ok: false; message: string }): T {
  if (!reading.ok) throw new InvalidArgumentError(reading.message);
  return reading.value;
}

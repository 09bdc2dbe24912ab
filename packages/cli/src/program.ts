import { Argument, Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { InterlockError, ModeError, ApiError as RemoteError } from '../../client/src/errors.ts';
import { ConfigError } from '../../server/src/config.ts';
import { ApiError, coarseRefusal } from '../../server/src/core/errors.ts';
import type { KeyRateLimit } from '../../server/src/core/limits/key-rate-limit.ts';
import { modes } from '../../server/src/core/mode.ts';
import manifest from '../package.json' with { type: 'json' };
import type { CallOptions } from './call.ts';
import { completionScript, shells } from './completion.ts';
import type { CreateOptions, ListOptions, RotateOptions } from './keys.ts';
import type { ListenOptions } from './listen.ts';
import type { EffectsOptions, TailOptions } from './logs.ts';
import type { McpOptions } from './mcp.ts';
import { plans } from './plans.ts';
import { readExpiry } from './read-expiry.ts';
import { readRateLimit } from './read-rate-limit.ts';
import type { ResetOptions } from './reset.ts';
import { type Outcome, type Terminal, UsageError } from './terminal.ts';
import type { TriggerOptions } from './trigger.ts';
import type { CreateWorkspaceOptions } from './workspaces.ts';

/** What the shell is told. */
const exitCodes = { ok: 0, failed: 1, usage: 2, refused: 3, missing: 4 } as const;

const synopsis = `
Configuration comes from the environment, as for the server: DATABASE_URL, or else the embedded PostgreSQL in
INTERLOCK_HOME (default .interlock), which is started for the command when no server runs there.

Commands that call an API take its key from the environment, or from INTERLOCK_HOME/dev.env.

Exit codes: 0 done, 1 failed, 2 asked for in a way that cannot be, 3 the key was refused, 4 there is no such thing.`;

/**
 * Runs one command line and answers its exit code. With `--json`, standard output holds one JSON document and nothing
 * else, whatever happens; a command that lasts writes one on each line.
 */
export async function runProgram(args: readonly string[], terminal: Terminal): Promise<number> {
  const json = wantsJson(args);
  let outcome: Outcome | undefined;
  // What the parser of the command line shows by itself: its help, its version.
  let shown = '';
  const show = (text: string): void => {
    shown += text;
  };
  const program = createProgram(
    terminal,
    (made) => {
      outcome = made;
    },
    json ? show : terminal.print,
  );
  try {
    await program.parseAsync([...args], { from: 'user' });
    if (outcome !== undefined) terminal.print(json ? `${JSON.stringify(outcome.json, null, 2)}\n` : outcome.text);
    return outcome?.ok === false ? exitCodes.failed : exitCodes.ok;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) {
      if (json) terminal.print(`${JSON.stringify({ text: shown }, null, 2)}\n`);
      return exitCodes.ok;
    }
    const failure = describe(error);
    if (json) terminal.print(`${JSON.stringify({ error: failure.error }, null, 2)}\n`);
    terminal.complain(`${failure.error.message}\n`);
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

const localCodes: Readonly<Record<string, number>> = { invalid_input: exitCodes.usage, not_found: exitCodes.missing };

interface Failure {
  readonly exitCode: number;
  readonly error: { readonly code: string; readonly message: string; readonly param?: string };
}

function describe(error: unknown): Failure {
  if (error instanceof CommanderError) {
    const message = error.code === 'commander.help' ? 'Say which command.' : error.message.replace(/^error: /, '');
    return { exitCode: exitCodes.usage, error: { code: 'usage', message } };
  }
  if (error instanceof UsageError)
    return { exitCode: exitCodes.usage, error: { code: 'usage', message: error.message } };
  if (error instanceof RemoteError) {
    const { status, code, param, message } = error;
    const exitCode =
      status === 401 || status === 403 ? exitCodes.refused : status === 404 ? exitCodes.missing : exitCodes.failed;
    return { exitCode, error: { code, message, ...(param === null ? {} : { param }) } };
  }
  if (error instanceof ModeError) {
    return { exitCode: exitCodes.refused, error: { code: 'key_refused', message: error.message } };
  }
  if (error instanceof InterlockError) {
    return { exitCode: exitCodes.failed, error: { code: 'failed', message: error.message } };
  }
  if (error instanceof ApiError) {
    const { param } = error.details;
    return {
      exitCode: localCodes[coarseRefusal(error.code)] ?? exitCodes.failed,
      error: { code: error.code, message: error.message, ...(param === undefined ? {} : { param }) },
    };
  }
  const message = error instanceof Error ? error.message : String(error);
  return {
    exitCode: exitCodes.failed,
    error: { code: error instanceof ConfigError ? 'configuration' : 'failed', message },
  };
}

/** The commands, which also describe themselves. What a command works with is loaded when it runs: all of it takes a second. */
export function createProgram(
  terminal: Terminal,
  done: (outcome: Outcome) => void,
  show: (text: string) => void = terminal.print,
): Command {
  const program = new Command('interlock')
    .description('Workspaces, keys and the state of an Interlock installation.')
    .addHelpText('after', synopsis)
    .addOption(jsonOption())
    .exitOverride()
    .version(manifest.version, '--version', 'which version this is')
    .configureOutput({ writeOut: show, writeErr: terminal.complain, outputError: () => {} });

  const keys = program.command('keys').description('the keys of a workspace').addOption(jsonOption());
  command(keys, 'create', 'make a key and show it, this once', [
    'keys create --service randomness --mode test --name "CI"',
    'keys create --service randomness --mode live --name "Web" --scope draw --expires 90d',
    'keys create --service randomness --mode live --name "Office" --allow-ip 203.0.113.0/24 --json',
    'keys create --service invoices --mode live --name "Nightly" --rate-limit 30/minute --rate-limit 500/hour',
    'keys create --service invoices --mode test --name "Baltic Timber" --bound-to cl_test_8JcPq0VfE2mXyR4sT1uKwZ',
  ])
    .requiredOption('--service <name>', 'the service that the key is for')
    .addOption(new Option('--mode <mode>', 'live or test').choices(modes).makeOptionMandatory())
    .requiredOption('--name <name>', 'what the key is called')
    .option('--scope <scope>', 'a scope, once for each; all of the service when left out', gather)
    .option('--bound-to <id>', 'what the key acts for alone, where the service has such keys: a client of its mode')
    .option('--workspace <workspace>', 'its id, or its name; needed when there are several')
    .option('--expires <when>', 'a time (2027-01-31, 2027-01-31T12:00:00Z) or a span (90d, 12h, 30m)', (text) =>
      checked(readExpiry(text, terminal.clock.now())),
    )
    .option('--allow-ip <range>', 'an address or CIDR range that may use the key, once for each', gather)
    .option('--allow-referer <origin>', 'an origin whose pages may use the key, once for each', gather)
    .option(
      '--rate-limit <limit>',
      'less than the plan allows, such as 30/minute or 500/hour, once for each',
      (text, before?: Partial<KeyRateLimit>) => ({ ...before, ...checked(readRateLimit(text)) }),
    )
    .action(async (options: CreateOptions) => done(await (await import('./keys.ts')).createKey(terminal, options)));
  command(keys, 'list', 'the keys of a workspace', ['keys list', 'keys list --service randomness --mode live --json'])
    .option('--service <name>', 'only those of one service')
    .addOption(new Option('--mode <mode>', 'only those of one mode').choices(modes))
    .option('--workspace <workspace>', 'its id, or its name; needed when there are several')
    .action(async (options: ListOptions) => done(await (await import('./keys.ts')).listKeys(terminal, options)));
  command(keys, 'rotate <id>', 'give a key a new text and show it, this once', [
    'keys rotate key_8JcPq0VfE2mXyR4sT1uKwZ',
    'keys rotate key_8JcPq0VfE2mXyR4sT1uKwZ --overlap 3600',
  ])
    .option('--overlap <seconds>', 'how long the old text still works', readOverlap, 0)
    .option('--workspace <workspace>', 'the workspace that the key must be in')
    .action(async (id: string, options: RotateOptions) =>
      done(await (await import('./keys.ts')).rotateKey(terminal, id, options)),
    );
  command(keys, 'revoke <id>', 'stop a key from working, on every server within a second', [
    'keys revoke key_8JcPq0VfE2mXyR4sT1uKwZ',
  ])
    .option('--workspace <workspace>', 'the workspace that the key must be in')
    .action(async (id: string, options: { workspace?: string }) =>
      done(await (await import('./keys.ts')).revokeKey(terminal, id, options)),
    );

  const workspaces = program
    .command('workspaces')
    .description('the workspaces of this installation')
    .addOption(jsonOption());
  command(workspaces, 'create', 'make a workspace', [
    'workspaces create --name "Acme"',
    'workspaces create --name "Acme" --owner ada@example.com',
    'workspaces create --demo',
  ])
    .option('--name <name>', 'what it is called; a demo is called "Demo" unless it is said')
    .option('--owner <email>', 'a person who has signed up, to be its owner')
    .option('--demo', 'with sample customers, and a live and a test key that are shown this once')
    .action(async (options: CreateWorkspaceOptions) =>
      done(await (await import('./workspaces.ts')).createWorkspace(terminal, options)),
    );
  command(workspaces, 'list', 'all workspaces', ['workspaces list', 'workspaces list --json']).action(async () =>
    done(await (await import('./workspaces.ts')).listWorkspaces(terminal)),
  );

  command(workspaces, 'plan', 'put a workspace on a plan, which decides about the limits of its keys', [
    'workspaces plan paid --workspace "Acme"',
    'workspaces plan standard --workspace ws_8JcPq0VfE2mXyR4sT1uKwZ',
  ])
    .addArgument(new Argument('<plan>', 'the plan').choices(plans))
    .option('--workspace <workspace>', 'its id, or its name; needed when there are several')
    .action(async (plan: string, options: { workspace?: string }) =>
      done(await (await import('./workspaces.ts')).setWorkspacePlan(terminal, plan, options)),
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
    .action(async (options: { fix?: boolean; sql?: boolean }) =>
      done(await (await import('./doctor/doctor.ts')).runDoctor(terminal, options)),
    );

  command(
    program,
    'operate [action] [values...]',
    'do to a workspace what its own people cannot; without a name, list it',
    [
      'operate',
      'operate invoices.account --workspace "Acme"',
      'operate invoices.credits grant=500 --workspace "Acme" --json',
      'operate invoices.plan plan=enterprise --workspace "Acme"',
    ],
  )
    .option('--workspace <workspace>', 'its id, or its name; needed when there are several')
    .action(async (action: string | undefined, values: string[], options: { workspace?: string }) =>
      done(await (await import('./operate.ts')).operate(terminal, action, values, options)),
    );

  addCalls(program, done, terminal);
  addLogs(program, done, terminal);
  command(program, 'completion', 'a script that completes this command in a shell, where it is called interlock', [
    'completion bash > ~/.local/share/bash-completion/completions/interlock',
    'completion zsh > ~/.zfunc/_interlock',
    'completion fish > ~/.config/fish/completions/interlock.fish',
  ])
    .addArgument(new Argument('<shell>', 'the shell').choices(shells))
    .addHelpText('after', "\nAs in: alias interlock='npx interlock'")
    .action((shell: string) => {
      const script = completionScript(program, shell);
      done({ json: { shell, script }, text: script });
    });
  return program;
}

type Done = (outcome: Outcome) => void;

/** Commands that call an API with a key. */
function addCalls(program: Command, done: Done, terminal: Terminal): void {
  const call = (parent: Command, name: string, description: string, examples: readonly string[]): Command =>
    command(parent, name, description, examples)
      .addOption(new Option('--mode <mode>', 'the mode that the key must have').choices(modes).default('test'))
      .option('--idempotency-key <key>', 'makes a repeated call give the first answer again; made for each by default');

  call(
    program,
    'call <operation> [values...]',
    'call any operation of any service; values are path=value, files field=@path',
    [
      'call scheduler.schedules.list limit=5',
      'call randomness.shuffle items:=["a","b","c"] clientSeed=loot',
      'call scheduler.schedules.create endpoint=https://example.com/hook delay=2h metadata.order=17 --json',
    ],
  )
    .option('--data <json>', 'the input as one JSON object, which the values are put into')
    .action(async (id: string, values: string[], options) =>
      done(await (await import('./call.ts')).callOperation(terminal, id, values, options)),
    );
  command(program, 'operations', 'the operations that "call" can call', [
    'operations',
    'operations --service scheduler --json',
  ])
    .option('--service <name>', 'only those of one service')
    .action(async (options: { service?: string }) =>
      done(await (await import('./call.ts')).listOperations(terminal, options.service)),
    );
  command(program, 'client', 'write the typed client of a service, such as one of your own', [
    'client --service scheduler --out scheduler-client.ts',
  ])
    .requiredOption('--service <name>', 'whose client')
    .option('--out <file>', 'where to; standard output when left out')
    .action(async (options: { service: string; out?: string }) =>
      done(await (await import('./write-client.ts')).writeClient(terminal, options)),
    );

  const schedules = program.command('schedules').description('schedules of the scheduler').addOption(jsonOption());
  const ask = (id: string) => async (values: string[], options: CallOptions) =>
    done(await (await import('./call.ts')).callOperation(terminal, `scheduler.schedules.${id}`, values, options));
  call(schedules, 'create [values...]', 'schedule a request', [
    'schedules create endpoint=https://example.com/hook delay=30s',
    'schedules create endpoint=https://example.com/hook "cron=30 9 * * *" timezone=Europe/Paris --mode live',
  ]).action(ask('create'));
  call(schedules, 'preview [values...]', 'say when something would run, without storing it', [
    'schedules preview "cron=30 2 * * *" timezone=Europe/Paris',
  ]).action(ask('preview'));
  call(schedules, 'list [values...]', 'schedules, newest first', ['schedules list state=active limit=5 --json']).action(
    ask('list'),
  );
  for (const [name, description] of [
    ['get', 'one schedule'],
    ['pause', 'let a schedule skip its occurrences until it is resumed'],
    ['resume', 'let a paused schedule go on'],
    ['cancel', 'end a schedule'],
  ] as const) {
    call(schedules, `${name} <id>`, description, [`schedules ${name} sch_01KX0SD8M2Q7Z4T6W9R5N3V1BC`]).action(
      async (id: string, options: CallOptions) =>
        done(await (await import('./call.ts')).send(terminal, `scheduler.schedules.${name}`, { id }, options)),
    );
  }
  const invoices = program.command('invoices').description('documents of the invoices service').addOption(jsonOption());
  call(invoices, 'upload <file> [values...]', 'upload a PDF, a picture or an XML invoice to be read', [
    'invoices upload invoice.pdf',
    'invoices upload invoice.pdf clientId=cl_test_8JcPq0VfE2mXyR4sT1uKwZ --json',
  ]).action(async (file: string, values: string[], options: CallOptions) =>
    done(await (await import('./upload-invoice.ts')).uploadInvoice(terminal, file, values, options)),
  );
  command(program, 'mcp', 'an MCP server on standard input and output, for agents that start a program', [
    'mcp --service scheduler',
    'mcp --service onboarding --mode live',
  ])
    .requiredOption('--service <name>', 'whose operations are tools')
    .addOption(new Option('--mode <mode>', 'the mode of the key that it speaks for').choices(modes).default('test'))
    .action(async (options: McpOptions) => (await import('./mcp.ts')).serveMcp(terminal, options));
  call(program, 'draw <generator> [values...]', 'draw random values that can be checked', [
    'draw ints count=3 min=1 max=6 clientSeed=dice',
    'draw pick items:=["red","black"] --mode live --json',
  ]).action(async (generator: string, values: string[], options: CallOptions) =>
    done(await (await import('./call.ts')).callOperation(terminal, `randomness.${generator}`, values, options)),
  );
}

/** Commands about what a workspace did, sent and keeps. */
function addLogs(program: Command, done: Done, terminal: Terminal): void {
  const workspace = ['--workspace <workspace>', 'its id, or its name; needed when there are several'] as const;
  const mode = (text: string) => new Option('--mode <mode>', text).choices(modes);

  command(program, 'listen', 'forward what a workspace sends, or is kept from sending, to a local address', [
    'listen --forward 3000/hooks',
    'listen --forward http://127.0.0.1:3000/hooks --service randomness --event outcome.created',
    'listen --forward 3000 --once --json',
  ])
    .requiredOption('--forward <address>', 'where to: a URL, or a port and path of this machine')
    .addOption(mode('live or test').default('test'))
    .option('--service <name>', 'only what one service sends')
    .option('--event <name>', 'only these events, once for each', gather)
    .option(...workspace)
    .option('--name <name>', 'whose place is kept; listeners that run at once need names of their own', 'default')
    .option('--once', 'end when everything there is has been forwarded', false)
    .action(async (_: unknown, made: Command) =>
      (await import('./listen.ts')).listen(terminal, made.optsWithGlobals<ListenOptions>()),
    );
  command(program, 'trigger <event>', 'let an event happen in test mode, with data of your own', [
    'trigger outcome.created --set clientSeed=loot --set values:=[1,2,3]',
    'trigger link.visited --service shortlinks --set code=launch --set visits=7 --json',
  ])
    .option(
      '--set <path=value>',
      'puts a value into the data, once for each',
      (text: string, before: string[]) => [...before, text],
      [],
    )
    .option(
      '--data <json>',
      'the data as one JSON object; when left out, what the newest such event of test mode said, or else a sample',
    )
    .option('--subject <subject>', 'whom it is about, where endpoints choose by that')
    .option('--service <name>', 'whose event, where several have one of this name')
    .option(...workspace)
    .action(async (name: string, options: TriggerOptions) =>
      done(await (await import('./trigger.ts')).triggerEvent(terminal, name, options)),
    );
  command(program, 'reset', 'erase the test data of a service in one workspace', [
    'reset --service scheduler --dry-run',
    'reset --service scheduler --yes --json',
  ])
    .requiredOption('--service <name>', 'whose test data')
    .option('--dry-run', 'only count what would be erased', false)
    .option('--yes', 'erase it', false)
    .option(...workspace)
    .action(async (options: ResetOptions) => done(await (await import('./reset.ts')).resetTestData(terminal, options)));
  command(program, 'effects', 'what a workspace sent or would have sent, newest first', [
    'effects --mode test',
    'effects --service randomness --limit 5 --json',
  ])
    .option('--service <name>', 'only those of one service')
    .addOption(mode('only those of one mode'))
    .option('--limit <count>', 'how many', readCount(1), 20)
    .option(...workspace)
    .action(async (options: EffectsOptions) => done(await (await import('./logs.ts')).showEffects(terminal, options)));
  command(program, 'tail', 'print requests as they are answered', [
    'tail',
    'tail --mode live --service scheduler --json',
    'tail --last 50 --no-follow',
  ])
    .option('--service <name>', 'only those of one service')
    .addOption(mode('only those of one mode'))
    .option('--last <count>', 'how many of those before to begin with', readCount(0), 10)
    .option('--no-follow', 'end after those')
    .option(...workspace)
    .action(async (_: unknown, made: Command) =>
      (await import('./logs.ts')).tailLog(terminal, made.optsWithGlobals<TailOptions>()),
    );
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

function readCount(least: number): (text: string) => number {
  return (text) => {
    if (!/^\d{1,3}$/.test(text) || Number(text) < least || Number(text) > 200) {
      throw new InvalidArgumentError(`Give a number from ${least} to 200.`);
    }
    return Number(text);
  };
}

function readOverlap(text: string): number {
  if (!/^\d{1,7}$/.test(text)) throw new InvalidArgumentError('Give a whole number of seconds, such as 3600.');
  return Number(text);
}

function checked<T>(reading: { ok: true; value: T } | { ok: false; message: string }): T {
  if (!reading.ok) throw new InvalidArgumentError(reading.message);
  return reading.value;
}

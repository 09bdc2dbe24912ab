import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ConfigError, readServiceFiles } from './config.ts';
import { variables } from './config-variables.ts';
import { contractProblems } from './core/contract-problems.ts';
import type { Service } from './core/service.ts';
import { services as ownServices } from './services/index.ts';

/**
 * The services of this installation: those that ship with it, and those of the files that the environment names.
 *
 * @throws ConfigError that says what is wrong with a file, or which two services are in each other's way
 */
export async function loadServices(env: Readonly<Record<string, string | undefined>>): Promise<readonly Service[]> {
  const tried = await Promise.all(readServiceFiles(env).map(loadService));
  const loaded = tried.filter((each) => typeof each !== 'string');
  const services = [...ownServices, ...loaded];
  const problems = [
    ...tried.filter((each) => typeof each === 'string'),
    ...findClashes(services.map(({ contract }) => contract)),
    ...loaded.flatMap(contractProblems),
  ];
  if (problems.length > 0) throw new ConfigError(problems);
  return services;
}

/** The service, or what is wrong with its file. */
async function loadService(file: string): Promise<Service | string> {
  const named = `${variables.services.env} names ${file}`;
  const path = resolve(file);
  let module: { service?: unknown };
  try {
    module = (await import(pathToFileURL(path).href)) as { service?: unknown };
  } catch (error) {
    return `${named}, which cannot be loaded: ${whyNot(path, error as Error)}`;
  }
  const { service } = module;
  if (typeof service !== 'object' || service === null || !('contract' in service) || !('operations' in service)) {
    return `${named}, which has to export "service", as service({ … }) makes it`;
  }
  const lacking = lackingIn((service as Service).contract);
  if (lacking.length > 0) {
    return `${named}, whose contract lacks ${lacking.join(', ')}; the guide to a service of your own shows a whole one`;
  }
  // What `author(contract).service` makes; what its parts say of each other is looked at below.
  return service as Service;
}

/** With the line that it is about, which the message of a thrown error lacks, and what to do where the platform is not found. */
function whyNot(path: string, { message, stack = '' }: Error): string {
  if (message.includes("'@interlock/server'")) {
    return `${message}; a service lies in the clone, or beside a link to the clone's node_modules`;
  }
  const [, behind] = stack.split(`${path}:`);
  const line = Number.parseInt(behind ?? '', 10);
  return Number.isNaN(line) ? message : `${message} (line ${line})`;
}

/** What a contract has to have before anything can be said of it. */
function lackingIn(contract: Partial<Service['contract']> | undefined): string[] {
  const { name, basePath, keys, modes: rules, tables } = contract ?? {};
  const has = {
    name: typeof name === 'string',
    basePath: typeof basePath === 'string',
    keys: typeof keys?.prefix?.live === 'string' && typeof keys.prefix.test === 'string',
    modes: typeof rules === 'object',
    tables: typeof tables === 'object' && tables !== null,
  };
  return Object.entries(has).flatMap(([part, is]) => (is ? [] : [`"${part}"`]));
}

/** Names, paths, prefixes and tables by which two services would answer for each other. */
function findClashes(contracts: readonly Service['contract'][]): string[] {
  const problems: string[] = [];
  const seen = new Map<string, string>();
  for (const { name, basePath, keys, tables } of contracts) {
    if (!/^[a-z][a-z0-9_]{1,30}$/.test(name)) {
      problems.push(`the service "${name}" needs a name of lower-case letters, digits and underscores`);
    }
    if (keys.length < 40 || keys.length > 48) problems.push(`the keys of "${name}" need 40 to 48 characters`);
    if (keys.prefix.live === keys.prefix.test) problems.push(`the keys of "${name}" need a prefix for each mode`);
    const claims = [
      ['name', name],
      ['base path', basePath],
      ['key prefix', keys.prefix.live],
      ['key prefix', keys.prefix.test],
      ['variable', keys.env],
      ...Object.keys(tables).map((table) => ['table', table]),
    ];
    for (const [what = '', value = ''] of claims) {
      const other = seen.get(`${what} ${value}`);
      if (other !== undefined && other !== name)
        problems.push(`"${name}" and "${other}" have the same ${what} ${value}`);
      else if (other === name && what === 'name') problems.push(`there are two services "${name}"`);
      seen.set(`${what} ${value}`, name);
    }
  }
  return problems;
}

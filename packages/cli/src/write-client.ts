import { writeFile } from 'node:fs/promises';
import { openApiOf } from '../../server/src/core/openapi.ts';
import { describeEvents } from '../../server/src/dispatch/webhooks/describe-events.ts';
import { loadServices } from '../../server/src/load-services.ts';
import { contractOf } from './choose.ts';
import { clientFile, packageBase } from './client-file.ts';
import { type Outcome, type Terminal, UsageError } from './terminal.ts';

/** Writes the typed client of a service, such as one of your own. */
export async function writeClient(
  terminal: Terminal,
  options: { readonly service: string; readonly out?: string },
): Promise<Outcome> {
  const services = await loadServices(terminal.env);
  const { name } = contractOf({ contracts: services.map(({ contract }) => contract) }, options.service);
  const service = services.find(({ contract }) => contract.name === name);
  if (service === undefined) throw new Error(`${name} has a contract and no service`);
  const url = terminal.env.INTERLOCK_URL ?? 'http://127.0.0.1:4000';
  const text = clientFile(openApiOf(service, url, describeEvents(service)), packageBase);
  if (options.out === undefined) return { json: { service: name, client: text }, text };
  await writeFile(options.out, text).catch((error: Error) => {
    throw new UsageError(`${options.out} cannot be written: ${error.message}`);
  });
  return { json: { service: name, file: options.out }, text: `The client of ${name} is in ${options.out}.\n` };
}

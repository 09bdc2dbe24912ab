import { platformRefusals } from '../../packages/server/src/core/errors.ts';
import type { ServiceContract } from '../../packages/server/src/core/service.ts';
import { code, table } from './table.ts';

/** Every error code of every service, and what each service calls the refusals of the platform. */
export function errorsPage(contracts: readonly ServiceContract[]): string {
  return `# Error codes

A code says what happened and never changes its meaning; the status follows from it, and the sentence beside it is for
people. [Errors](../concepts/errors.md) shows one. Each service has its own catalogue; what the platform itself refuses is worded
by the service that was called.

${contracts.map(catalogue).join('\n\n')}

## Refusals of the platform

The line refuses these before or around a handler; each service gives them a code of its own.

${table(
  ['refusal', 'given when', ...contracts.map(({ name }) => name)],
  Object.entries(platformRefusals).map(([name, when]) => [
    code(name),
    when,
    ...contracts.map(({ dialect }) => code(dialect.codes[name as keyof typeof platformRefusals])),
  ]),
)}
`;
}

function catalogue({ name, title, errors }: ServiceContract): string {
  const rows = Object.entries(errors).map(([error, { status, also, when }]) => [
    code(error),
    also === undefined ? String(status) : `${status} or ${also}`,
    when,
  ]);
  return `## ${title} (\`${name}\`)\n\n${table(['code', 'status', 'given when'], rows)}`;
}

import { platformSecrets, variables } from '../../packages/server/src/config-variables.ts';
import type { ServiceContract } from '../../packages/server/src/core/service.ts';
import type { Setting } from '../../packages/server/src/core/settings.ts';
import { code, table } from './table.ts';

const head = ['variable', 'default', 'meaning'];
const secretHead = ['variable', 'meaning'];

/** Every environment variable that the server reads. */
export function configurationPage(contracts: readonly ServiceContract[]): string {
  return `# Configuration

The server reads its environment once, when it starts, and names every bad variable in one message. Secrets are 32 bytes
as 64 hexadecimal characters, no two alike; \`openssl rand -hex 32\` makes one. In development missing secrets are
generated and kept in \`.interlock/secrets.env\`; in production a missing secret keeps the server from starting.

## Server

${table(
  head,
  Object.values(variables).map(({ env, default: value, description }) => [code(env), code(value), description]),
)}

### Secrets

${table(
  secretHead,
  Object.values(platformSecrets).map(({ env, description }) => [code(env), description]),
)}

${contracts.map(serviceSettings).join('\n\n')}
`;
}

function serviceSettings({ name, title, settings }: ServiceContract): string {
  const all = Object.values(settings);
  const plain = all.filter((setting) => setting.kind !== 'secret');
  const secret = all.filter((setting) => setting.kind === 'secret');
  const parts = [`## ${title} (\`${name}\`)`];
  if (plain.length > 0) {
    parts.push(
      table(
        head,
        plain.map((setting) => [code(setting.env), code(String(setting.default)), meaning(setting)]),
      ),
    );
  }
  if (secret.length > 0) {
    parts.push(
      '### Secrets',
      table(
        secretHead,
        secret.map(({ env, description }) => [code(env), description]),
      ),
    );
  }
  return parts.join('\n\n');
}

function meaning(setting: Setting): string {
  if (setting.kind !== 'integer') return setting.description;
  return `${setting.description} From ${setting.minimum} to ${setting.maximum}.`;
}

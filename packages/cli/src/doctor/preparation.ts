import { escapeIdentifier, escapeLiteral } from 'pg';
import type { DatabaseConfig } from '../../../server/src/config.ts';
import {
  roleKinds,
  roleNames,
  rolePurpose,
  roleUrlVariable,
  sessionSettings,
} from '../../../server/src/core/db/roles.ts';

/**
 * The statements with which an administrator prepares a PostgreSQL whose operator may not create roles. They hold no
 * password, since what is printed is kept: a role without one cannot log in until it is given one.
 */
export function preparation(databaseUrl: string, config: Pick<DatabaseConfig, 'rolePrefix' | 'roleUrls'>): string {
  const url = new URL(databaseUrl);
  const operator = decodeURIComponent(url.username);
  const database = decodeURIComponent(url.pathname.slice(1)) || operator;
  const roles = roleNames(config.rolePrefix, config.roleUrls ?? undefined);
  const lines = [
    `-- Run this as an administrator, connected to the database ${oneLine(database)}. It can be run again.`,
    '',
    ...roleKinds.flatMap((kind) => [
      `-- ${rolePurpose[kind]}`,
      'do $$ begin',
      `  if not exists (select from pg_roles where rolname = ${escapeLiteral(roles[kind])}) then`,
      `    create role ${escapeIdentifier(roles[kind])} login noinherit;`,
      '  end if;',
      'end $$;',
      ...sessionSettings(kind).map(
        ([setting, value]) =>
          `alter role ${escapeIdentifier(roles[kind])} in database ${escapeIdentifier(database)} set ${setting} = ${value};`,
      ),
      `grant connect on database ${escapeIdentifier(database)} to ${escapeIdentifier(roles[kind])};`,
      '',
    ]),
    ...(operator === ''
      ? []
      : [
          '-- the operator, who owns the tables',
          `grant connect, create on database ${escapeIdentifier(database)} to ${escapeIdentifier(operator)};`,
          '',
        ]),
    '-- nobody else makes anything here',
    `revoke create, temporary on database ${escapeIdentifier(database)} from public;`,
    'revoke all on schema public from public;',
    '',
    '-- Then give each role a password of its own (in psql: \\password <role>), and set for the server:',
    ...roleKinds.map((kind) => `-- ${roleUrlVariable(kind)}=${oneLine(shownUrl(url, roles[kind]))}`),
    '',
  ];
  return lines.join('\n');
}

function shownUrl(databaseUrl: URL, user: string): string {
  const options = databaseUrl.search;
  return `${databaseUrl.protocol}//${encodeURIComponent(user)}:<password>@${databaseUrl.host}${databaseUrl.pathname}${options}`;
}

/** A name with a line break in it would end its comment. */
function oneLine(text: string): string {
  return text.replaceAll(/[\r\n]/g, ' ');
}

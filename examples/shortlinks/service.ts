import { author, plain, randomBase62, type ServiceContract, sql, Type } from '@interlock/server/service';

const contract = {
  ...plain,
  name: 'shortlinks',
  title: 'Short links',
  description: 'Short codes for long addresses, with a count of visits. A test code never leads anywhere real.',
  basePath: '/links/v1',
  keys: {
    prefix: { live: 'links_live_', test: 'links_test_' },
    env: 'SHORTLINKS_API_KEY',
    length: 40,
    anonymous: 'refuse',
  },
  modes: {
    data: { live: 'isolated', test: 'isolated' },
    foreign: { live: 'not_found', test: 'not_found' },
    effects: {
      'link.created': { live: 'deliver', test: 'suppress' },
      'link.visited': { live: 'deliver', test: 'deliver' },
    },
    entropy: { live: 'csprng', test: 'csprng' },
    limits: plain.limits,
    quota: { live: { perDay: 1_000, unit: 'link' }, test: 'uncounted' },
  },
  webhooks: {
    dialect: 'standard',
    events: { 'link.created': 'a short link was made', 'link.visited': 'somebody followed a short link' },
    maxEndpoints: 5,
  },
  tables: { shortlinks_links: 'workspace' },
  scopes: { write: 'make links and count visits', read: 'look links up' },
  errors: { ...plain.errors, code_taken: { status: 409, when: 'another link of this mode has the code' } },
} as const satisfies ServiceContract;

const { operation, service: define, error } = author(contract);

const migrations = {
  '0001_links.sql': `
    create table shortlinks_links (
      workspace_id text not null default current_setting('app.workspace'),
      code text not null,
      url text not null,
      visits bigint not null default 0,
      created_at timestamptz not null,
      primary key (workspace_id, code)
    );`,
};

interface LinkRow {
  code: string;
  url: string;
  visits: number;
  created_at: Date;
}

const insertLink = sql`
  insert into shortlinks_links (code, url, created_at) values ($1, $2, $3) on conflict do nothing returning *`;
const findLink = sql`select * from shortlinks_links where code = $1`;
const listLinks = sql`select * from shortlinks_links where code > $1 order by code limit $2`;
const countVisit = sql`update shortlinks_links set visits = visits + 1 where code = $1 returning *`;

const code = Type.String({ pattern: '^[A-Za-z0-9_-]{3,40}$', description: 'What stands for the address.' });
const url = Type.String({ pattern: '^https?://', maxLength: 2_000, description: 'Where it leads.' });
const link = Type.Object(
  {
    code,
    url,
    visits: Type.Integer({ minimum: 0, description: 'How often it was followed.' }),
    createdAt: Type.Integer({ description: 'Unix milliseconds.' }),
  },
  { title: 'Link', description: 'A short link.' },
);

const shown = (row: LinkRow) => ({
  code: row.code,
  url: row.url,
  visits: row.visits,
  createdAt: row.created_at.getTime(),
});

const create = operation({
  id: 'shortlinks.links.create',
  summary: 'Make a short link',
  tag: 'Links',
  method: 'POST',
  path: '/links',
  scope: 'write',
  input: Type.Object({ url, code: Type.Optional(code) }, { additionalProperties: false }),
  output: link,
  status: 201,
  writes: true,
  idempotent: true,
  errors: ['code_taken'],
  async run(ctx, wanted) {
    await ctx.quota.take();
    const made = wanted.code ?? randomBase62(7);
    const row = await ctx.db.row<LinkRow>(insertLink, [made, wanted.url, new Date(ctx.now())]);
    if (row === undefined) throw error('code_taken', `"${made}" is taken; choose another code.`, { param: 'code' });
    ctx.emit('link.created', { code: row.code, url: row.url });
    return shown(row);
  },
});

const visit = operation({
  id: 'shortlinks.links.visit',
  summary: 'Count a visit and learn where it leads',
  tag: 'Links',
  method: 'POST',
  path: '/links/:code/visits',
  scope: 'write',
  input: Type.Object({ code }, { additionalProperties: false }),
  output: link,
  writes: true,
  errors: ['not_found'],
  async run(ctx, wanted) {
    const row = await ctx.db.row<LinkRow>(countVisit, [wanted.code]);
    if (row === undefined) throw unknown(wanted.code);
    ctx.emit('link.visited', { code: row.code, visits: row.visits });
    return shown(row);
  },
});

const get = operation({
  id: 'shortlinks.links.get',
  summary: 'One link',
  tag: 'Links',
  method: 'GET',
  path: '/links/:code',
  scope: 'read',
  input: Type.Object({ code }),
  output: link,
  errors: ['not_found'],
  async run(ctx, wanted) {
    const row = await ctx.db.row<LinkRow>(findLink, [wanted.code]);
    if (row === undefined) throw unknown(wanted.code);
    return shown(row);
  },
});

const list = operation({
  id: 'shortlinks.links.list',
  summary: 'Your links by code',
  tag: 'Links',
  method: 'GET',
  path: '/links',
  scope: 'read',
  input: Type.Object({
    limit: Type.Integer({ minimum: 1, maximum: 100, default: 20, description: 'How many on a page.' }),
    cursor: Type.Optional(Type.String({ maxLength: 40, description: '`nextCursor` of the page before.' })),
  }),
  output: Type.Object({
    links: Type.Array(link, { description: 'A page of them.' }),
    nextCursor: Type.Union([Type.String(), Type.Null()], { description: '`null` on the last page.' }),
  }),
  async run(ctx, { limit, cursor }) {
    const rows = await ctx.db.rows<LinkRow>(listLinks, [cursor ?? '', limit + 1]);
    const page = rows.slice(0, limit);
    return { links: page.map(shown), nextCursor: rows.length > limit ? (page.at(-1)?.code ?? null) : null };
  },
});

function unknown(text: string) {
  return error('not_found', `There is no link "${text}" in this mode.`, { param: 'code' });
}

export const service = define({
  operations: [create, visit, get, list],
  loops: [],
  migrations,
  eventPayloads: {
    'link.created': {
      schema: Type.Object({ code, url }),
      sample: { code: 'launch', url: 'https://example.com/launch' },
    },
    'link.visited': {
      schema: Type.Object({ code, visits: Type.Integer({ minimum: 1, description: 'How often it was followed.' }) }),
      sample: { code: 'launch', visits: 1 },
    },
  },
});

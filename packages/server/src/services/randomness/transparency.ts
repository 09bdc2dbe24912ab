import { Type } from 'typebox';
import { type Ctx, error, operation } from './contract.ts';
import { DayLog } from './day-log.ts';
import { type DayRow, findDay, findLeaves, findShortIdByTriple, listAllDays, listDays } from './days-repository.ts';
import { buildDayTree, canonicalLeaf, type DayTree, leafHash, outcomeIdOf } from './merkle.ts';
import { publishedDay } from './publish-days.ts';
import { findByShortId } from './repository.ts';
import { millisSchema } from './schemas.ts';
import { isPassword } from './tool-meta.ts';

const dayMs = 86_400_000;
const dateSchema = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$', description: 'A UTC day, `YYYY-MM-DD`.' });

const dayInput = Type.String({ description: 'A UTC day, `YYYY-MM-DD`.' });
const nodeSchema = Type.String({ pattern: '^[0-9a-f]{64}$', description: 'SHA-256 of a node or a leaf.' });

const dayFields = {
  date: dateSchema,
  root: Type.String({ description: 'Empty for a day without outcomes.' }),
  leafCount: Type.Integer({ minimum: 0, description: 'Outcomes of the day.' }),
  treeHeight: Type.Integer({ minimum: 0, description: "Levels of the day's tree above its leaves." }),
  publishedAt: millisSchema,
  logSize: Type.Integer({ minimum: 1, description: 'Days in the log, this one included.' }),
  logRoot: nodeSchema,
  signature: Type.String({ description: 'Ed25519 over the day and the log, 128 hexadecimal characters.' }),
  publicKey: Type.String({ pattern: '^[0-9a-f]{64}$', description: 'The Ed25519 key that signed it.' }),
};
const daySchema = Type.Object(dayFields, {
  title: 'PublishedDay',
  description: 'A day of the transparency log, signed.',
});

export const listRoots = operation({
  id: 'randomness.merkle.list',
  summary: 'The published days, newest first',
  tag: 'Transparency log',
  method: 'GET',
  path: '/merkle',
  scope: null,
  limited: false,
  input: Type.Object({
    limit: Type.Integer({ minimum: 1, maximum: 90, default: 30, description: 'The most days to answer.' }),
  }),
  output: Type.Object({ roots: Type.Array(daySchema, { description: 'Newest first.' }) }),
  run: async (ctx, { limit }) => ({ roots: ctx.mode === 'test' ? [] : (await listDays(ctx.db, limit)).map(answerOf) }),
});

export const findRoot = operation({
  id: 'randomness.merkle.find',
  summary: 'One published day',
  tag: 'Transparency log',
  method: 'GET',
  path: '/merkle/:date',
  scope: null,
  limited: false,
  input: Type.Object({ date: dayInput }),
  output: daySchema,
  errors: ['not_found'],
  run: async (ctx, { date }) => answerOf(await publishedOn(ctx, date, 'date')),
});

export const proveConsistency = operation({
  id: 'randomness.merkle.consistency',
  summary: 'Proof that the log only grew between two days (RFC 6962, section 2.1.2)',
  tag: 'Transparency log',
  method: 'GET',
  path: '/merkle/consistency',
  scope: null,
  limited: false,
  input: Type.Object({ from: dayInput, to: dayInput }),
  output: Type.Object({
    from: daySchema,
    to: daySchema,
    proof: Type.Array(nodeSchema, { description: 'The nodes of the proof, in order.' }),
  }),
  errors: ['not_found'],
  run: async (ctx, input) => {
    const from = await publishedOn(ctx, input.from, 'from');
    const to = await publishedOn(ctx, input.to, 'to');
    if (from.log_size > to.log_size) {
      throw error('invalid_request', '"from" must not be after "to".', { param: 'from' });
    }
    const log = new DayLog((await listAllDays(ctx.db)).map(publishedDay));
    return { from: answerOf(from), to: answerOf(to), proof: log.consistencyProof(from.log_size, to.log_size) };
  },
});

export const proveInclusion = operation({
  id: 'randomness.merkle.proof',
  summary: "Proof that an outcome is in its day's tree",
  tag: 'Transparency log',
  method: 'GET',
  path: '/merkle/:date/proof/:outcomeId',
  scope: null,
  limited: false,
  input: Type.Object({
    date: dayInput,
    outcomeId: Type.String({ minLength: 1, description: 'The short id (preferred), or `clientSeed:cursor:nonce`.' }),
  }),
  output: Type.Object({
    date: dateSchema,
    outcomeId: Type.Union([Type.String(), Type.Null()], {
      description: '`clientSeed:cursor:nonce`; `null` for a password.',
    }),
    leaf: Type.Object(
      { hash: nodeSchema },
      { additionalProperties: true, description: 'What was hashed; for a password its hash alone.' },
    ),
    index: Type.Integer({ minimum: 0, description: 'Which leaf of the day it is.' }),
    leafCount: Type.Integer({ minimum: 1, description: 'Outcomes of the day.' }),
    treeHeight: Type.Integer({ minimum: 0, description: "Levels of the day's tree above its leaves." }),
    root: nodeSchema,
    publishedAt: millisSchema,
    siblings: Type.Array(
      Type.Object({
        position: Type.Union([Type.Literal('left'), Type.Literal('right')], {
          description: 'On which side of the path it stands.',
        }),
        hash: nodeSchema,
      }),
      { description: 'From the leaf up to the root.' },
    ),
    redacted: Type.Optional(Type.Literal(true, { description: 'The leaf is a password.' })),
  }),
  errors: ['not_found'],
  run: async (ctx, input) => {
    const day = await publishedOn(ctx, input.date, 'date');
    const shortId = await shortIdOf(ctx, day, input.outcomeId);
    const row = shortId === undefined ? undefined : await findByShortId(ctx.db, shortId);
    if (row === undefined) throw notInTree(input.date);
    const record = {
      clientSeed: row.client_seed,
      cursor: row.cursor,
      nonce: row.nonce,
      shortId: row.short_id,
      serverHash: row.server_hash,
      created: row.created_ms,
    };
    const canonical = canonicalLeaf(record);
    const hash = leafHash(canonical);
    const { tree, hashes } = await treeOf(ctx, day);
    const index = indexOfLeaf(hashes, hash);
    if (index === -1) throw notInTree(input.date);
    const secret = isPassword(row.tool_meta);
    return {
      date: day.day,
      outcomeId: secret ? null : outcomeIdOf(record),
      // The coordinates of a password would give it away as soon as its seed is revealed.
      leaf: secret
        ? { hash, serverHash: row.server_hash }
        : {
            outcomeId: outcomeIdOf(record),
            serverHash: row.server_hash,
            clientSeed: row.client_seed,
            timestamp: row.created_ms,
            canonical,
            hash,
          },
      index,
      leafCount: day.leaf_count,
      treeHeight: day.tree_height,
      root: day.root,
      publishedAt: day.published_ms,
      siblings: tree.siblings(index),
      ...(secret ? { redacted: true as const } : {}),
    };
  },
});

function answerOf(row: DayRow) {
  return {
    ...publishedDay(row),
    logSize: row.log_size,
    logRoot: row.log_root,
    signature: row.signature,
    publicKey: row.public_key,
  };
}

async function publishedOn(ctx: Ctx, date: string, param: string): Promise<DayRow> {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date) || new Date(`${date}T00:00:00Z`).toJSON()?.slice(0, 10) !== date) {
    throw error('invalid_request', `"${param}" must be a day such as 2026-05-24.`, { param });
  }
  const row = ctx.mode === 'test' ? undefined : await findDay(ctx.db, date);
  if (row === undefined)
    throw error('not_found', `${date} is not published; a day is published after it ends.`, { param });
  return row;
}

async function shortIdOf(ctx: Ctx, day: DayRow, outcomeId: string): Promise<string | undefined> {
  const triple = /^(.+):(\d{1,16}):(\d{1,16})$/s.exec(outcomeId);
  if (triple?.[1] === undefined) return /^[0-9A-Za-z]{4,32}$/.test(outcomeId) ? outcomeId : undefined;
  const at = { clientSeed: triple[1], cursor: Number(triple[2]), nonce: Number(triple[3]) };
  if (!Number.isSafeInteger(at.cursor) || !Number.isSafeInteger(at.nonce)) return undefined;
  const from = Date.parse(day.day);
  return findShortIdByTriple(ctx.db, at, from, from + dayMs);
}

function notInTree(date: string) {
  return error('not_found', `This outcome is not a leaf of ${date}.`, { param: 'outcomeId' });
}

/** A published day never changes, so the trees that were last asked for are kept. */
const trees = new Map<string, { root: string; tree: DayTree; hashes: Buffer }>();
const maxTrees = 4;

async function treeOf(ctx: Ctx, day: DayRow): Promise<{ tree: DayTree; hashes: Buffer }> {
  const known = trees.get(day.day);
  if (known?.root === day.root) return known;
  const hashes = (await findLeaves(ctx.db, day.day)) ?? Buffer.alloc(0);
  const leaves: string[] = [];
  for (let at = 0; at < hashes.length; at += 32) leaves.push(hashes.toString('hex', at, at + 32));
  const made = { root: day.root, tree: buildDayTree(leaves), hashes };
  const oldest = trees.keys().next().value;
  if (trees.size >= maxTrees && oldest !== undefined) trees.delete(oldest);
  trees.set(day.day, made);
  return made;
}

function indexOfLeaf(hashes: Buffer, hash: string): number {
  const wanted = Buffer.from(hash, 'hex');
  for (let at = hashes.indexOf(wanted); at !== -1; at = hashes.indexOf(wanted, at + 1)) {
    if (at % 32 === 0) return at / 32;
  }
  return -1;
}

import { hash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { type Mode, modes } from '../core/mode.ts';
import { lineOf } from './leak-rows.ts';
import type { Reply } from './leak-server.ts';
import type { Step } from './leak-steps.ts';
import type { Rows, Seer, ServiceName, World } from './leak-world.ts';

/** A request, and what must be true of its answer. */
export interface Call extends Seer {
  readonly service: ServiceName;
  readonly method: string;
  readonly url: string;
  readonly body?: unknown;
  readonly once?: string;
  /** What must not change before it is answered. */
  readonly reads?: string;
  /** What nobody else may read or change before it is answered. */
  readonly changes?: string;
  /** A list is judged when the other answers are known that it may have seen the work of. */
  readonly last?: true;
  /** Holds the answer against the model, and takes what it says into the model. @throws when it does not hold */
  readonly judge: (reply: Reply) => void;
}

/** What a step asks, and what it must be answered. */
export function callOf(world: World, step: Step): Call {
  switch (step.kind) {
    case 'note.list':
      return listNotes(world, step);
    case 'note.create':
      return createNote(world, step);
    case 'note.create.once':
      return once(world, step, createNote(world, step), step.mode);
    case 'note.child':
      return childNote(world, step);
    case 'note.find':
    case 'note.edit':
    case 'note.remove':
      return reachNote(world, step);
    case 'note.fail':
      return { ...send(step, 'notes', 'POST', '/failures', { text: 'undone' }), judge: refused(world, 409) };
    case 'note.inject':
      return injectNotes(world, step);
    case 'memo.list':
      return listMemos(world, step);
    case 'memo.create':
      return createMemo(world, step, []);
    case 'memo.create.once':
      return once(world, step, createMemo(world, step, []), world.keyOf(step, 'memos').id);
    case 'memo.about':
      return createMemo(world, step, [world.memos.anyId(step.pick)]);
    case 'memo.find':
      return findMemo(world, step);
    case 'ledger.list':
      return listEntries(world, step);
    case 'ledger.post':
      return post(world, step);
    case 'ledger.post.once':
      return once(world, step, post(world, step), '');
    case 'ledger.find':
    case 'ledger.print':
      return reachEntry(world, step);
    case 'ledger.inject':
      return injectLedger(world, step);
    case 'draw.list':
      return listDraws(world, step, seedOf(step));
    case 'draw':
      return draw(world, step);
    case 'draw.once':
      return once(world, step, draw(world, step), world.keyOf(step, 'randomness').id);
  }
}

/** Every list that this pair of keys can ask for. */
export function listsOf(world: World, seer: Seer): Call[] {
  const draws = clientSeeds.map((clientSeed) => listDraws(world, seer, clientSeed));
  return [listNotes(world, seer), listMemos(world, seer), listEntries(world, seer), ...draws, exportDraws(world, seer)];
}

// notes: isolated, what is foreign does not exist

function listNotes(world: World, seer: Seer): Call {
  return list(world, seer, send(seer, 'notes', 'GET', '/notes'), world.notes, (body: { notes: { id: string }[] }) =>
    body.notes.map((note) => ({ id: note.id, shown: note })),
  );
}

function createNote(world: World, step: Step, parentId: string | null = null): Call {
  const text = `note ${step.value % 5}`;
  return {
    ...send(step, 'notes', 'POST', '/notes', parentId === null ? { text } : { text, parentId }),
    judge(reply) {
      const { id } = expectStatus<{ id: string }>(world, reply, 201);
      world.require(id.startsWith(`note_${step.mode}_`), () => `a ${step.mode} note has the id ${id}`);
      expectBody(world, reply, { id, text, parentId });
      world.notes.add(step, id, { id, text, parentId }, noteLine(world, step, id, text, parentId));
      world.effect(step, 'notes', 'note.added', reply, id);
    },
  };
}

function childNote(world: World, step: Step): Call {
  const parentId = world.notes.anyId(step.pick);
  const call = createNote(world, step, parentId);
  return world.notes.find(parentId, step) === undefined
    ? { ...call, judge: refused(world, 404) }
    : { ...call, reads: parentId };
}

function reachNote(world: World, step: Step): Call {
  const id = world.notes.anyId(step.pick);
  const note = world.notes.find(id, step);
  const url = `/notes/${id}`;
  const text = `edit ${step.value % 5}`;
  const call =
    step.kind === 'note.find'
      ? send(step, 'notes', 'GET', url)
      : step.kind === 'note.edit'
        ? send(step, 'notes', 'PATCH', url, { text })
        : send(step, 'notes', 'DELETE', url);
  if (note === undefined) return { ...call, judge: refused(world, 404) };
  const shown = JSON.parse(note.shown) as { parentId: string | null };
  switch (step.kind) {
    case 'note.find':
      return { ...call, reads: id, judge: (reply) => expectBody(world, reply, shown) };
    case 'note.edit':
      return {
        ...call,
        changes: id,
        judge(reply) {
          expectBody(world, reply, { ...shown, text });
          world.notes.edit(
            note,
            { id, text, parentId: shown.parentId },
            noteLine(world, step, id, text, shown.parentId),
          );
        },
      };
    default:
      return {
        ...call,
        changes: id,
        judge(reply) {
          world.require(reply.status === 204 && reply.text === '', () => `a removal: ${reply.status} ${reply.text}`);
          world.notes.remove(note);
        },
      };
  }
}

function noteLine(world: World, seer: Seer, id: string, text: string, parentId: string | null): string {
  return lineOf(`${seer.mode}.notes_items`, world.workspaceOf(seer), id, text, parentId);
}

/** A caller's text runs as SQL, and says that it belongs to the other workspace. */
function injectNotes(world: World, step: Step): Call {
  const there: Mode = modes[step.value % 2] ?? 'live';
  const victim = world.workspaceOf({ workspace: step.workspace === 0 ? 1 : 0 });
  const means = [
    [],
    [`select set_config('app.workspace', '${victim}', true)`],
    [`select set_config('app.seat', '', true)`],
    [`select set_config('search_path', '${there}', false)`],
  ];
  const which = step.pick % means.length;
  const call = send(step, 'notes', 'POST', '/sql', {
    first: means[which],
    text: `select id, text, parent_id as "parentId" from ${there}.notes_items where $1 <> ''`,
    values: [victim],
  });
  if (there !== step.mode) return { ...call, judge: refused(world, 403) };
  if (which === 2) return { ...call, judge: (reply) => expectBody(world, reply, { rows: [] }) };
  return list(world, step, call, world.notes, (body: { rows: { id: string }[] }) =>
    body.rows.map((note) => ({ id: note.id, shown: note })),
  );
}

// memos: isolated, an id of the other mode is a mismatch

function listMemos(world: World, seer: Seer): Call {
  return list(world, seer, send(seer, 'memos', 'GET', '/memos'), world.memos, (body: { memos: { id: string }[] }) =>
    body.memos.map((memo) => ({ id: memo.id, shown: memo })),
  );
}

function createMemo(world: World, step: Step, about: string[]): Call {
  const text = `memo ${step.value % 5}`;
  const call = send(step, 'memos', 'POST', '/memos', { text, about });
  const refusal = about.map((id) => memoRefusal(world, step, id)).find((status) => status !== null);
  if (refusal !== undefined && refusal !== null) return { ...call, judge: refused(world, refusal) };
  return {
    ...call,
    judge(reply) {
      const { id } = expectStatus<{ id: string }>(world, reply, 201);
      expectBody(world, reply, { id, text, about });
      const line = lineOf(`${step.mode}.memos_items`, world.workspaceOf(step), id, text, about.join(','));
      world.memos.add(step, id, { id, text, about }, line);
      world.effect(step, 'memos', 'memo.filed', reply, id);
    },
  };
}

function findMemo(world: World, step: Step): Call {
  const id = world.memos.anyId(step.pick);
  const call = send(step, 'memos', 'GET', `/memos/${id}`);
  const refusal = memoRefusal(world, step, id);
  if (refusal !== null) return { ...call, judge: refused(world, refusal) };
  const memo: unknown = JSON.parse(world.memos.find(id, step)?.shown ?? 'null');
  return { ...call, judge: (reply) => expectBody(world, reply, memo) };
}

function memoRefusal(world: World, step: Step, id: string): 400 | 404 | null {
  if (id.startsWith(`memo_${step.mode === 'live' ? 'test' : 'live'}_`)) return 400;
  return world.memos.find(id, step) === undefined ? 404 : null;
}

// ledger: shared, suppressed in test

function listEntries(world: World, seer: Seer): Call {
  const call = send(seer, 'ledger', 'GET', '/entries');
  return list(world, seer, call, world.entries, (body: { entries: { id: string }[] }) =>
    body.entries.map((entry) => ({ id: entry.id, shown: entry })),
  );
}

function post(world: World, step: Step): Call {
  const amount = step.value % 7;
  const { mode } = step;
  return {
    ...send(step, 'ledger', 'POST', '/entries', { amount }),
    judge(reply) {
      world.counted(step, 'ledger');
      if (amount === 0) return refused(world, 409)(reply);
      const { id } = expectStatus<{ id: string }>(world, reply, 201);
      expectBody(world, reply, { id, mode, amount });
      const line = lineOf('shared.ledger_entries', world.workspaceOf(step), id, mode, amount);
      world.entries.add(step, id, { id, mode, amount }, line);
      world.effect(step, 'ledger', 'entry.posted', reply, id);
    },
  };
}

function reachEntry(world: World, step: Step): Call {
  const id = world.entries.anyId(step.pick);
  const entry = world.entries.find(id, step);
  const printing = step.kind === 'ledger.print';
  const call = printing
    ? send(step, 'ledger', 'POST', `/entries/${id}/print`)
    : send(step, 'ledger', 'GET', `/entries/${id}`);
  if (entry === undefined) return { ...call, judge: refused(world, 404) };
  if (!printing) return { ...call, judge: (reply) => expectBody(world, reply, JSON.parse(entry.shown)) };
  if (step.mode === 'test') return { ...call, judge: refused(world, 403) };
  return {
    ...call,
    judge(reply) {
      expectBody(world, reply, { printing: id });
      world.effect(step, 'ledger', 'entry.printed', reply, id);
    },
  };
}

/** Writes an intention past `emit`, one that would leave. */
function injectLedger(world: World, step: Step): Call {
  const effect = step.pick % 2 === 0 ? 'entry.posted' : 'entry.printed';
  const call = send(step, 'ledger', 'POST', '/sql', {
    text: `insert into effects (workspace_id, id, service, name, disposition, payload, state, request_id, created_at)
      values ($1, gen_random_uuid()::text, 'ledger', $2, 'deliver', '{}', 'pending', 'injected', now())`,
    values: [world.workspaceOf(step), effect],
  });
  if (step.mode === 'test') return { ...call, judge: refused(world, 403) };
  return {
    ...call,
    judge(reply) {
      expectBody(world, reply, { rows: [] });
      world.stored('live', 'effects', step, 'ledger', effect, 'pending', 'injected');
    },
  };
}

// randomness: isolated in live, pure in test

const clientSeeds = ['seed-0', 'seed-1', 'seed-2'];

function seedOf(step: Step): string {
  return clientSeeds[step.value % clientSeeds.length] ?? '';
}

interface Drawn {
  readonly shortId: string;
  readonly outcome: readonly number[];
  readonly nonce: number;
  readonly mode: Mode;
}

const drawnOf = ({ shortId, nonce, outcome }: Drawn) => ({ shortId, nonce, outcome });

function listDraws(world: World, seer: Seer, clientSeed: string): Call {
  const call = send(seer, 'randomness', 'GET', `/listOutcomes?clientSeed=${clientSeed}`);
  const read = (body: Drawn[]) => body.map((drawn) => ({ id: drawn.shortId, shown: drawnOf(drawn) }));
  return list(world, seer, call, world.draws, read, clientSeed);
}

/** All chains at once. Seldom asked: it reads a whole month, of which others have had their part. */
function exportDraws(world: World, seer: Seer): Call {
  return {
    ...send(seer, 'randomness', 'GET', '/account/outcomes.json'),
    last: true,
    judge(reply) {
      const byChain = Map.groupBy(
        expectStatus<(Drawn & { clientSeed: string })[]>(world, reply, 200),
        (drawn) => drawn.clientSeed,
      );
      for (const [clientSeed, found] of byChain) {
        const shown = found.map((drawn) => ({ id: drawn.shortId, shown: drawnOf(drawn) }));
        expectSight(world, world.draws.problemOf(shown, seer, clientSeed), 'the export');
      }
      const all = clientSeeds.filter((clientSeed) => !byChain.has(clientSeed));
      for (const clientSeed of all) expectSight(world, world.draws.problemOf([], seer, clientSeed), 'the export');
    },
  };
}

function draw(world: World, step: Step): Call {
  const clientSeed = seedOf(step);
  return {
    ...send(step, 'randomness', 'POST', '/ints', { clientSeed, count: 2, min: 1, max: 1_000_000 }),
    judge(reply) {
      const drawn = expectStatus<Drawn>(world, reply, 200);
      world.require(drawn.mode === step.mode, () => `a ${step.mode} key drew in ${drawn.mode}`);
      if (step.mode === 'test') {
        const chain = `${step.workspace} ${clientSeed}`;
        const now = JSON.stringify(drawnOf(drawn));
        const known = world.fixtures.get(chain) ?? now;
        world.fixtures.set(chain, known);
        world.require(known === now, () => `the fixture ${chain} is ${now}, and was ${known}`);
        return world.suppressed(reply, 'outcome.created', drawn.shortId);
      }
      const { shortId, nonce, outcome } = drawn;
      const key = world.keyOf(step, 'randomness').id;
      const workspace = world.workspaceOf(step);
      world.took(step, clientSeed, nonce);
      world.counted(step, 'randomness');
      const line = lineOf(
        'live.randomness_outcomes',
        workspace,
        key,
        clientSeed,
        nonce,
        shortId,
        JSON.stringify(outcome),
      );
      world.draws.add(step, shortId, drawnOf(drawn), line, clientSeed);
      world.effect(step, 'randomness', 'outcome.created', reply, shortId);
    },
  };
}

// means

const bases = { notes: '/notes/v1', memos: '/memos/v1', ledger: '/ledger/v1', randomness: '/api' } as const;

function send({ workspace, mode }: Seer, service: ServiceName, method: string, path: string, body?: unknown) {
  const url = bases[service] + path;
  return { workspace, mode, service, method, url, ...(body === undefined ? {} : { body }) };
}

function list<Body>(
  world: World,
  seer: Seer,
  call: ReturnType<typeof send>,
  rows: Rows,
  read: (body: Body) => { id: string; shown: object }[],
  of = '',
): Call {
  return {
    ...call,
    last: true,
    judge: (reply) =>
      expectSight(
        world,
        rows.problemOf(read(expectStatus<Body>(world, reply, 200)), seer, of),
        `a ${call.service} list`,
      ),
  };
}

/**
 * The same call under one of a few idempotency keys: it runs once, and then is answered from what is stored.
 *
 * @param scope whose keys are told apart below the workspace; empty where the modes share them
 */
function once(world: World, step: Step, call: Call, scope: string): Call {
  const key = `once-${step.pick % 3}`;
  const place = lineOf(call.service, step.workspace, scope === '' ? null : step.mode, key);
  const request = JSON.stringify(call.body);
  return {
    ...call,
    once: key,
    changes: place,
    judge(reply) {
      const stored = world.answers.get(place);
      if (stored === undefined) {
        world.require(!reply.replayed, () => `${place} was replayed before it was used`);
        call.judge(reply);
        if (reply.status >= 300) return;
        world.answers.set(place, { request, status: reply.status, text: reply.text });
        const schema = scope === '' ? 'shared' : step.mode;
        const digest = hash('md5', reply.text);
        // A mode without tables keeps it in memory.
        if (call.service === 'randomness' && step.mode === 'test') return;
        world.stored(schema, 'idempotency_keys', step, call.service, scope, key, reply.status, digest);
      } else if (stored.request !== request) {
        world.require([409, 422].includes(reply.status), () => `${place}: another body answered ${reply.status}`);
      } else {
        const held = reply.replayed && reply.status === stored.status && reply.text === stored.text;
        world.require(held, () => `${place}: ${reply.status} ${reply.text} instead of ${stored.status} ${stored.text}`);
      }
    },
  };
}

function refused(world: World, status: number): Call['judge'] {
  return (reply) => void expectStatus(world, reply, status);
}

function expectStatus<Body>(world: World, reply: Reply, status: number): Body {
  world.require(reply.status === status, () => `${reply.status} ${reply.text} instead of ${status}`);
  return JSON.parse(reply.text) as Body;
}

function expectBody(world: World, reply: Reply, body: unknown): void {
  const found: unknown = reply.status < 300 ? JSON.parse(reply.text) : undefined;
  world.require(
    isDeepStrictEqual(found, body),
    () => `${reply.status} ${reply.text} instead of ${JSON.stringify(body)}`,
  );
}

function expectSight(world: World, problem: string | null, what: string): void {
  world.require(problem === null, () => `${what} shows ${problem}`);
}

/**
 * What each key may see, as a model that is checked after every step: two workspaces, each with a live and a test key of
 * every service, do random things, also with the ids of the others.
 */
import { isDeepStrictEqual } from 'node:util';
import { type Mode, modes } from '../core/mode.ts';

export interface Reply {
  readonly status: number;
  readonly text: string;
  readonly replayed: boolean;
}

/** What the model needs of a running server. */
export interface LeakServer {
  workspace(): Promise<string>;
  key(workspaceId: string, service: string, mode: Mode): Promise<string>;
  send(key: string, method: string, url: string, body?: unknown, idempotencyKey?: string): Promise<Reply>;
  /** Every outbox row of these workspaces, from outside: `<workspace> <mode> <service> <effect> <state>`. */
  effects(workspaceIds: readonly string[]): Promise<string[]>;
}

/** One step. Numbers choose among what exists at that moment, so that any sequence makes sense and shrinks well. */
export interface Step {
  readonly kind: (typeof kinds)[number];
  readonly workspace: 0 | 1;
  readonly mode: Mode;
  readonly pick: number;
  readonly value: number;
}

export const kinds = [
  'note.create',
  'note.create.once',
  'note.child',
  'note.find',
  'note.edit',
  'note.remove',
  'note.fail',
  'note.inject',
  'memo.create',
  'memo.create.once',
  'memo.about',
  'memo.find',
  'ledger.post',
  'ledger.post.once',
  'ledger.find',
  'ledger.print',
  'ledger.inject',
  'draw',
  'draw.once',
] as const;

const services = ['notes', 'memos', 'ledger', 'randomness'] as const;

interface Row {
  readonly id: string;
  readonly workspace: 0 | 1;
  readonly mode: Mode;
}
interface Stored {
  readonly request: string;
  readonly status: number;
  readonly text: string;
}

/** A world of two workspaces and what is known about it. */
export class LeakModel {
  readonly #server: LeakServer;
  readonly #workspaces: readonly string[];
  readonly #keys: ReadonlyMap<string, string>;
  readonly #notes = new Map<string, Row & { text: string; parentId: string | null }>();
  readonly #memos = new Map<string, Row & { text: string; about: string[] }>();
  readonly #entries = new Map<string, Row & { amount: number }>();
  readonly #draws = new Map<string, Row>();
  readonly #nonces = new Map<string, number>();
  readonly #fixtures = new Map<string, string>();
  readonly #answers = new Map<string, Stored>();
  readonly #effects = new Map<string, number>();
  /** Every id that was ever made, removed ones too. */
  readonly #ids: Record<'note' | 'memo' | 'entry', string[]> = { note: [], memo: [], entry: [] };
  /** Checks that held. */
  checked = 0;

  private constructor(server: LeakServer, workspaces: readonly string[], keys: ReadonlyMap<string, string>) {
    this.#server = server;
    this.#workspaces = workspaces;
    this.#keys = keys;
  }

  static async open(server: LeakServer): Promise<LeakModel> {
    const workspaces = [await server.workspace(), await server.workspace()];
    const keys = new Map<string, string>();
    for (const [index, workspace] of workspaces.entries()) {
      for (const service of services) {
        for (const mode of modes) keys.set(`${index} ${mode} ${service}`, await server.key(workspace, service, mode));
      }
    }
    return new LeakModel(server, workspaces, keys);
  }

  /** @throws when anything is seen, changed or sent that the model does not allow */
  async take(step: Step): Promise<void> {
    switch (step.kind) {
      case 'note.create':
      case 'note.create.once':
        await this.#createNote(step);
        break;
      case 'note.child':
        await this.#childNote(step);
        break;
      case 'note.find':
      case 'note.edit':
      case 'note.remove':
        await this.#reachNote(step);
        break;
      case 'note.fail':
        this.#expect(
          await this.#send(step, 'notes', 'POST', '/notes/v1/failures', { text: 'undone' }),
          [409, undefined],
          'a handler that fails',
        );
        break;
      case 'note.inject':
        await this.#injectNotes(step);
        break;
      case 'memo.create':
      case 'memo.create.once':
        await this.#createMemo(step, []);
        break;
      case 'memo.about':
        await this.#createMemo(step, [this.#anyId('memo', step.pick)]);
        break;
      case 'memo.find':
        await this.#findMemo(step);
        break;
      case 'ledger.post':
      case 'ledger.post.once':
        await this.#post(step);
        break;
      case 'ledger.find':
      case 'ledger.print':
        await this.#reachEntry(step);
        break;
      case 'ledger.inject':
        await this.#injectLedger(step);
        break;
      case 'draw':
      case 'draw.once':
        await this.#draw(step);
        break;
    }
    await this.#checkSight(serviceOf(step.kind));
  }

  /** Everything that each of the keys sees, and everything that may leave. */
  async checkAll(): Promise<void> {
    for (const service of services) await this.#checkSight(service);
  }

  // notes: isolated, what is foreign does not exist

  async #createNote(step: Step): Promise<void> {
    const body = { text: `note ${step.value % 5}` };
    const reply = await this.#write(step, 'notes', `${step.workspace} ${step.mode}`, '/notes/v1/notes', body);
    if (reply === null) return;
    this.#expect(reply, [201], 'a new note');
    const { id } = JSON.parse(reply.text) as { id: string };
    this.#addNote(step, id, body.text, null);
  }

  async #childNote(step: Step): Promise<void> {
    const parentId = this.#anyId('note', step.pick);
    const reply = await this.#send(step, 'notes', 'POST', '/notes/v1/notes', { text: 'child', parentId });
    if (!this.#owns(this.#notes.get(parentId), step)) return this.#expect(reply, [404, undefined], 'a foreign parent');
    this.#expect(reply, [201], 'a child');
    this.#addNote(step, (JSON.parse(reply.text) as { id: string }).id, 'child', parentId);
  }

  #addNote(step: Step, id: string, text: string, parentId: string | null): void {
    this.#require(id.startsWith(`note_${step.mode}_`), `a ${step.mode} note has the id ${id}`);
    this.#notes.set(id, { id, workspace: step.workspace, mode: step.mode, text, parentId });
    this.#ids.note.push(id);
    this.#count(step, 'notes note.added pending');
  }

  async #reachNote(step: Step): Promise<void> {
    const id = this.#anyId('note', step.pick);
    const note = this.#notes.get(id);
    const url = `/notes/v1/notes/${id}`;
    const text = `edit ${step.value % 5}`;
    const mine = this.#owns(note, step);
    if (step.kind === 'note.find') {
      const reply = await this.#send(step, 'notes', 'GET', url);
      if (note !== undefined && mine)
        this.#expect(reply, [200, { id, text: note.text, parentId: note.parentId }], 'a note');
      else this.#expect(reply, [404, undefined], 'a foreign note');
    } else if (step.kind === 'note.edit') {
      const reply = await this.#send(step, 'notes', 'PATCH', url, { text });
      if (note !== undefined && mine) {
        this.#expect(reply, [200, { id, text, parentId: note.parentId }], 'an edit');
        note.text = text;
      } else this.#expect(reply, [404, undefined], 'an edit of a foreign note');
    } else {
      const reply = await this.#send(step, 'notes', 'DELETE', url);
      this.#expect(reply, mine ? [204] : [404, undefined], 'a removal');
      if (mine) this.#notes.delete(id);
    }
  }

  /** A caller's text runs as SQL, and says that it belongs to the other workspace. */
  async #injectNotes(step: Step): Promise<void> {
    const there = modes[step.value % 2] ?? 'live';
    const victim = this.#workspaces[1 - step.workspace] ?? '';
    const first = [
      [],
      [`select set_config('app.workspace', '${victim}', true)`],
      [`select set_config('app.seat', '', true)`],
      [`select set_config('search_path', '${there}', false)`],
    ][step.pick % 4];
    const reply = await this.#send(step, 'notes', 'POST', '/notes/v1/sql', {
      first,
      text: `select id, text from ${there}.notes_items where $1 <> '' order by id collate "C"`,
      values: [victim],
    });
    if (there !== step.mode) return this.#expect(reply, [403, undefined], 'SQL into the other mode');
    const unseated = step.pick % 4 === 2;
    const rows = unseated ? [] : sorted(this.#mine(this.#notes, step)).map(({ id, text }) => ({ id, text }));
    this.#expect(reply, [200, { rows }], 'SQL over all notes');
  }

  // memos: isolated, an id of the other mode is a mismatch

  async #createMemo(step: Step, about: string[]): Promise<void> {
    const body = { text: `memo ${step.value % 5}`, about };
    const reply = await this.#write(step, 'memos', `${step.workspace} ${step.mode}`, '/memos/v1/memos', body);
    if (reply === null) return;
    const refusal = about.map((id) => this.#memoRefusal(step, id)).find((status) => status !== null);
    if (refusal !== undefined && refusal !== null) return this.#expect(reply, [refusal, undefined], 'a foreign memo');
    this.#expect(reply, [201], 'a new memo');
    const { id } = JSON.parse(reply.text) as { id: string };
    this.#memos.set(id, { id, workspace: step.workspace, mode: step.mode, text: body.text, about });
    this.#ids.memo.push(id);
    this.#count(step, 'memos memo.filed pending');
  }

  async #findMemo(step: Step): Promise<void> {
    const id = this.#anyId('memo', step.pick);
    const reply = await this.#send(step, 'memos', 'GET', `/memos/v1/memos/${id}`);
    const refusal = this.#memoRefusal(step, id);
    const memo = this.#memos.get(id);
    if (refusal !== null || memo === undefined)
      return this.#expect(reply, [refusal ?? 404, undefined], 'a foreign memo');
    this.#expect(reply, [200, { id, text: memo.text, about: memo.about }], 'a memo');
  }

  #memoRefusal(step: Step, id: string): 400 | 404 | null {
    if (id.startsWith(`memo_${step.mode === 'live' ? 'test' : 'live'}_`)) return 400;
    return this.#owns(this.#memos.get(id), step) ? null : 404;
  }

  // ledger: shared, suppressed in test

  async #post(step: Step): Promise<void> {
    const amount = step.value % 7;
    const reply = await this.#write(step, 'ledger', `${step.workspace}`, '/ledger/v1/entries', { amount });
    if (reply === null) return;
    if (amount === 0) return this.#expect(reply, [409, undefined], 'an entry of nothing');
    this.#expect(reply, [201], 'a new entry');
    const { id } = JSON.parse(reply.text) as { id: string };
    this.#entries.set(id, { id, workspace: step.workspace, mode: step.mode, amount });
    this.#ids.entry.push(id);
    this.#count(step, `ledger entry.posted ${step.mode === 'live' ? 'pending' : 'suppressed'}`);
  }

  async #reachEntry(step: Step): Promise<void> {
    const id = this.#anyId('entry', step.pick);
    const entry = this.#entries.get(id);
    const mine = entry !== undefined && entry.workspace === step.workspace;
    if (step.kind === 'ledger.find') {
      const reply = await this.#send(step, 'ledger', 'GET', `/ledger/v1/entries/${id}`);
      this.#expect(
        reply,
        mine ? [200, { id, mode: entry.mode, amount: entry.amount }] : [404, undefined],
        'an entry of either mode',
      );
      return;
    }
    const reply = await this.#send(step, 'ledger', 'POST', `/ledger/v1/entries/${id}/print`);
    if (!mine) return this.#expect(reply, [404, undefined], 'printing a foreign entry');
    if (step.mode === 'test') return this.#expect(reply, [403, undefined], 'printing in test');
    this.#expect(reply, [202, { printing: id }], 'printing');
    this.#count(step, 'ledger entry.printed pending');
  }

  /** Writes an intention past `emit`, one that would leave. */
  async #injectLedger(step: Step): Promise<void> {
    const effect = step.pick % 2 === 0 ? 'entry.posted' : 'entry.printed';
    const reply = await this.#send(step, 'ledger', 'POST', '/ledger/v1/sql', {
      text: `insert into effects (workspace_id, id, service, name, disposition, payload, state, request_id, created_at)
        values ($1, $2, 'ledger', $3, 'deliver', '{}', 'pending', 'req', now())`,
      values: [this.#workspaces[step.workspace], `eff_${this.checked}`, effect],
    });
    if (step.mode === 'test') return this.#expect(reply, [403, undefined], 'an intention past the contract');
    this.#expect(reply, [200, { rows: [] }], 'an intention of one’s own');
    this.#count(step, `ledger ${effect} pending`);
  }

  // randomness: isolated in live, pure in test

  async #draw(step: Step): Promise<void> {
    const clientSeed = `seed-${step.value % 3}`;
    const url = '/api/ints';
    const body = { clientSeed, count: 2, min: 1, max: 1_000_000 };
    const key = `${step.workspace} ${step.mode}`;
    const reply = await this.#write(step, 'randomness', key, url, body);
    if (reply === null) return;
    this.#expect(reply, [200], 'a draw');
    const drawn = JSON.parse(reply.text) as { outcome: number[]; nonce: number; mode: Mode; shortId: string | null };
    this.#require(drawn.mode === step.mode, `a ${step.mode} key drew in ${drawn.mode}`);
    const chain = `${step.workspace} ${clientSeed}`;
    if (step.mode === 'test') {
      const { outcome } = drawn;
      const known = this.#fixtures.get(chain);
      this.#require(known === undefined || known === String(outcome), `${chain} drew ${outcome}, and ${known} before`);
      this.#fixtures.set(chain, String(outcome));
      return;
    }
    const nonce = this.#nonces.get(chain) ?? 0;
    this.#require(drawn.nonce === nonce, `${chain} is at ${drawn.nonce} instead of ${nonce}: somebody else drew on it`);
    this.#nonces.set(chain, nonce + 1);
    const id = String(drawn.shortId);
    this.#draws.set(id, { id, workspace: step.workspace, mode: 'live' });
    this.#count(step, 'randomness outcome.created pending');
  }

  // what everybody sees

  async #checkSight(service: (typeof services)[number]): Promise<void> {
    const seers = ([0, 1] as const).flatMap((workspace) => modes.map((mode) => ({ workspace, mode })));
    await Promise.all([...seers.map((seer) => this.#checkList(service, seer)), this.#checkEffects()]);
  }

  async #checkList(service: (typeof services)[number], seer: Pick<Step, 'workspace' | 'mode'>): Promise<void> {
    const get = (url: string) => this.#send(seer, service, 'GET', url);
    switch (service) {
      case 'notes': {
        const notes = sorted(this.#mine(this.#notes, seer)).map(({ id, text, parentId }) => ({ id, text, parentId }));
        return this.#expectRows(await get('/notes/v1/notes'), 'notes', notes);
      }
      case 'memos': {
        const memos = sorted(this.#mine(this.#memos, seer)).map(({ id, text, about }) => ({ id, text, about }));
        return this.#expectRows(await get('/memos/v1/memos'), 'memos', memos);
      }
      case 'ledger': {
        const all = [...this.#entries.values()].filter((entry) => entry.workspace === seer.workspace);
        const entries = sorted(all).map(({ id, mode, amount }) => ({ id, mode, amount }));
        return this.#expectRows(await get('/ledger/v1/entries'), 'entries', entries);
      }
      case 'randomness': {
        const reply = await get('/api/account/outcomes.json');
        const seen = (JSON.parse(reply.text) as { shortId: string }[]).map((outcome) => outcome.shortId).sort();
        const mine = this.#mine(this.#draws, seer).map((draw) => draw.id);
        return this.#require(isDeepStrictEqual(seen, mine.sort()), `outcomes: ${seen} instead of ${mine}`);
      }
    }
  }

  #expectRows(reply: Reply, name: string, rows: readonly { id: string }[]): void {
    const found = (JSON.parse(reply.text) as Record<string, { id: string }[]>)[name];
    this.#require(
      reply.status === 200 && found !== undefined && isDeepStrictEqual(sorted(found), rows),
      `${name}: ${reply.text} instead of ${JSON.stringify(rows)}`,
    );
  }

  async #checkEffects(): Promise<void> {
    const found = new Map<string, number>();
    for (const line of await this.#server.effects(this.#workspaces)) found.set(line, (found.get(line) ?? 0) + 1);
    this.#require(isDeepStrictEqual(found, this.#effects), `effects: ${show(found)} instead of ${show(this.#effects)}`);
    const leaving = [...found.keys()].filter((line) => / (?:test ledger|test randomness) \S+ pending$/.test(line));
    this.#require(leaving.length === 0, `about to leave from a suppressed pair: ${leaving}`);
  }

  // means

  /** A request that may carry an idempotency key; `null` when it was answered from, or refused by, what is stored. */
  async #write(step: Step, service: string, scope: string, url: string, body: object): Promise<Reply | null> {
    if (!step.kind.endsWith('.once')) return this.#send(step, service, 'POST', url, body);
    const idempotencyKey = `once-${step.pick % 3}`;
    const name = `${service} ${scope} ${idempotencyKey}`;
    const request = JSON.stringify(body);
    const stored = this.#answers.get(name);
    const reply = await this.#send(step, service, 'POST', url, body, idempotencyKey);
    if (stored === undefined) {
      this.#require(!reply.replayed, `${name} was replayed before it was used`);
      if (reply.status < 300) this.#answers.set(name, { request, status: reply.status, text: reply.text });
      return reply;
    }
    if (stored.request !== request) {
      this.#require(reply.status === 422 || reply.status === 409, `${name}: another body answered ${reply.status}`);
      return null;
    }
    this.#require(
      reply.replayed && reply.status === stored.status && reply.text === stored.text,
      `${name}: ${reply.status} ${reply.text} instead of ${stored.status} ${stored.text}`,
    );
    return null;
  }

  #send(
    seer: Pick<Step, 'workspace' | 'mode'>,
    service: string,
    method: string,
    url: string,
    body?: unknown,
    idempotencyKey?: string,
  ): Promise<Reply> {
    const key = this.#keys.get(`${seer.workspace} ${seer.mode} ${service}`) ?? '';
    return this.#server.send(key, method, url, body, idempotencyKey);
  }

  #anyId(noun: 'note' | 'memo' | 'entry', pick: number): string {
    const made = this.#ids[noun];
    const invented = [`${noun}_live_0000000000000000000000`, `${noun}_test_0000000000000000000000`];
    const all = [...made, ...invented];
    return all[pick % all.length] ?? '';
  }

  #owns(row: Row | undefined, seer: Pick<Step, 'workspace' | 'mode'>): boolean {
    return row !== undefined && row.workspace === seer.workspace && row.mode === seer.mode;
  }

  #mine<R extends Row>(rows: ReadonlyMap<string, R>, seer: Pick<Step, 'workspace' | 'mode'>): R[] {
    return [...rows.values()].filter((row) => this.#owns(row, seer));
  }

  #count(step: Step, effect: string): void {
    const line = `${this.#workspaces[step.workspace]} ${step.mode} ${effect}`;
    this.#effects.set(line, (this.#effects.get(line) ?? 0) + 1);
  }

  #expect(reply: Reply, [status, ...body]: readonly [number, unknown?], what: string): void {
    this.#require(reply.status === status, `${what}: ${reply.status} ${reply.text} instead of ${status}`);
    const [wanted] = body;
    if (wanted === undefined) return;
    this.#require(
      isDeepStrictEqual(JSON.parse(reply.text), wanted),
      `${what}: ${reply.text} instead of ${JSON.stringify(wanted)}`,
    );
  }

  #require(held: boolean, otherwise: string): void {
    if (!held) throw new Error(otherwise);
    this.checked++;
  }
}

function serviceOf(kind: Step['kind']): (typeof services)[number] {
  switch (kind.split('.')[0]) {
    case 'note':
      return 'notes';
    case 'memo':
      return 'memos';
    case 'ledger':
      return 'ledger';
    default:
      return 'randomness';
  }
}

function sorted<R extends { id: string }>(rows: readonly R[]): R[] {
  return [...rows].sort((a, b) => (a.id < b.id ? -1 : 1));
}

function show(counts: ReadonlyMap<string, number>): string {
  return JSON.stringify([...counts].sort());
}

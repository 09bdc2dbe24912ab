import { type Mode, modes } from '../core/mode.ts';
import { lineOf } from './leak-rows.ts';
import type { LeakServer, Reply } from './leak-server.ts';
import type { Step } from './leak-steps.ts';

export const serviceNames = ['notes', 'memos', 'ledger', 'randomness'] as const;
export type ServiceName = (typeof serviceNames)[number];

/** Who looks: the keys of one mode of one of the two workspaces. */
export type Seer = Pick<Step, 'workspace' | 'mode'>;

interface Row extends Seer {
  readonly id: string;
  /** The list that it stands in, where there are several: a chain. */
  readonly list: string;
  /** As a list answers it. */
  shown: string;
  /** As it stands in the database. */
  stored: string;
  /** What it was when the calls that are under way left; `null` when it was not there. */
  before: string | null;
  changed: boolean;
  gone: boolean;
}

/** Rows of one kind. What calls change that are under way together may be seen as before or as after. */
export class Rows {
  readonly #visible: (row: Seer, seer: Seer) => boolean;
  readonly #rows = new Map<string, Row>();
  readonly #ids: string[];
  #changed: Row[] = [];

  /** @param invented ids that nobody made */
  constructor(visible: (row: Seer, seer: Seer) => boolean, invented: readonly string[]) {
    this.#visible = visible;
    this.#ids = [...invented];
  }

  /** Any id: of either workspace and mode, of a row that is gone, or invented. */
  anyId(pick: number): string {
    return this.#ids[pick % this.#ids.length] ?? '';
  }

  find(id: string, seer: Seer): Row | undefined {
    const row = this.#rows.get(id);
    return row !== undefined && this.#visible(row, seer) ? row : undefined;
  }

  add(seer: Seer, id: string, shown: object, stored: string, list = ''): void {
    const { workspace, mode } = seer;
    const texts = { shown: JSON.stringify(shown), stored, before: null };
    const row: Row = { workspace, mode, id, list, ...texts, changed: true, gone: false };
    this.#rows.set(id, row);
    this.#ids.push(id);
    this.#changed.push(row);
  }

  edit(row: Row, shown: object, stored: string): void {
    this.#change(row);
    row.shown = JSON.stringify(shown);
    row.stored = stored;
  }

  remove(row: Row): void {
    this.#change(row);
    row.gone = true;
  }

  #change(row: Row): void {
    if (row.changed) return;
    row.changed = true;
    row.before = row.shown;
    this.#changed.push(row);
  }

  /** What is wrong with a list, or `null`. */
  problemOf(found: readonly { readonly id: string; readonly shown: object }[], seer: Seer, list = ''): string | null {
    const seen = new Set<string>();
    for (const { id, shown } of found) {
      const row = this.find(id, seer);
      const text = JSON.stringify(shown);
      if (seen.has(id)) return `${text} twice`;
      seen.add(id);
      const held = row !== undefined && row.list === list && (text === row.before || (!row.gone && text === row.shown));
      if (!held) return `${text} instead of ${row?.shown ?? 'nothing'}`;
    }
    for (const row of this.#rows.values()) {
      const expected = row.list === list && !row.gone && !(row.changed && row.before === null);
      if (expected && !seen.has(row.id) && this.#visible(row, seer)) return `nothing instead of ${row.shown}`;
    }
    return null;
  }

  /** The calls that were under way are answered. */
  settle(): void {
    for (const row of this.#changed) {
      row.before = null;
      row.changed = false;
      if (row.gone) this.#rows.delete(row.id);
    }
    this.#changed = [];
  }

  stored(): string[] {
    return [...this.#rows.values()].map((row) => row.stored);
  }
}

const ofMode = (row: Seer, seer: Seer) => row.workspace === seer.workspace && row.mode === seer.mode;
const ofWorkspace = (row: Seer, seer: Seer) => row.workspace === seer.workspace;
const inventedIds = (noun: string) => modes.map((mode) => `${noun}_${mode}_0000000000000000000000`);

/** Two workspaces, each with a live and a test key of every service, and what must be true of them. */
export class World {
  readonly notes = new Rows(ofMode, inventedIds('note'));
  readonly memos = new Rows(ofMode, inventedIds('memo'));
  readonly entries = new Rows(ofWorkspace, inventedIds('entry'));
  readonly draws = new Rows(ofMode, []);
  /** What test draws answered, by chain. */
  readonly fixtures = new Map<string, string>();
  /** What is stored under idempotency keys. */
  readonly answers = new Map<string, { readonly request: string; readonly status: number; readonly text: string }>();
  readonly #workspaces: readonly string[];
  readonly #keys: ReadonlyMap<string, { readonly id: string; readonly key: string }>;
  readonly #chains = new Map<string, { seer: Seer; clientSeed: string; next: number; taken: number[] }>();
  readonly #lines: string[] = [];
  readonly #quotas = new Set<string>();
  readonly #suppressed = new Map<string, readonly (string | null)[]>();
  /** Checks that held. */
  checked = 0;

  private constructor(workspaces: readonly string[], keys: ReadonlyMap<string, { id: string; key: string }>) {
    this.#workspaces = workspaces;
    this.#keys = keys;
  }

  static async open(server: LeakServer): Promise<World> {
    const workspaces = await Promise.all([server.workspace(), server.workspace()]);
    const keys = new Map<string, { id: string; key: string }>();
    for (const [index, workspace] of workspaces.entries()) {
      for (const service of serviceNames) {
        for (const mode of modes) keys.set(`${index} ${mode} ${service}`, await server.key(workspace, service, mode));
      }
    }
    return new World(workspaces, keys);
  }

  get workspaceIds(): readonly string[] {
    return this.#workspaces;
  }

  workspaceOf({ workspace }: Pick<Seer, 'workspace'>): string {
    return this.#workspaces[workspace] ?? '';
  }

  keyOf({ workspace, mode }: Seer, service: ServiceName): { readonly id: string; readonly key: string } {
    return this.#keys.get(`${workspace} ${mode} ${service}`) ?? { id: '', key: '' };
  }

  /** A live draw was answered with this nonce. */
  took(seer: Seer, clientSeed: string, nonce: number): void {
    const name = `${seer.workspace} ${clientSeed}`;
    const chain = this.#chains.get(name) ?? { seer, clientSeed, next: 0, taken: [] };
    this.#chains.set(name, chain);
    chain.taken.push(nonce);
  }

  /** A row that nothing changes any more. */
  stored(schema: Mode | 'shared', table: string, seer: Seer, ...parts: readonly (string | number | null)[]): void {
    this.#lines.push(lineOf(`${schema}.${table}`, this.workspaceOf(seer), ...parts));
  }

  effect(seer: Seer, service: ServiceName, name: string, reply: Reply, id: string): void {
    const state = stateOf(service, seer.mode);
    const key = this.keyOf(seer, service).id;
    this.stored(seer.mode, 'effects', seer, service, name, state, key, reply.requestId, id);
    if (state === 'suppressed') this.suppressed(reply, name, null);
  }

  /** The audit row of this answer names a suppressed effect. */
  suppressed(reply: Reply, name: string, payload: string | null): void {
    this.#suppressed.set(reply.requestId, [name, payload]);
  }

  counted(seer: Seer, service: ServiceName): void {
    if (seer.mode === 'live') this.#quotas.add(lineOf('live.quota_usage', this.workspaceOf(seer), service));
  }

  audited(seer: Seer, service: ServiceName, reply: Reply): void {
    const suppressed = this.#suppressed.get(reply.requestId) ?? [];
    const key = this.keyOf(seer, service).id;
    this.stored(seer.mode, 'audit_log', seer, service, reply.status, key, reply.requestId, ...suppressed);
  }

  /** The calls that were under way are answered: what they took of a chain is what came next, each nonce once. */
  settle(): void {
    for (const rows of [this.notes, this.memos, this.entries, this.draws]) rows.settle();
    for (const [name, chain] of this.#chains) {
      if (chain.taken.length === 0) continue;
      const taken = chain.taken.sort((a, b) => a - b);
      const held = taken.every((nonce, index) => nonce === chain.next + index);
      this.require(held, () => `the chain ${name} gave ${taken} instead of the nonces from ${chain.next} on`);
      chain.next += taken.length;
      chain.taken = [];
    }
  }

  /** Everything that stands in the database, as lines. */
  rows(): string[] {
    const chains = [...this.#chains.values()].map(({ seer, clientSeed, next }) =>
      lineOf('live.randomness_chains', this.workspaceOf(seer), this.keyOf(seer, 'randomness').id, clientSeed, next),
    );
    const kept = [this.notes, this.memos, this.entries, this.draws].flatMap((rows) => rows.stored());
    return [...kept, ...chains, ...this.#lines, ...this.#quotas];
  }

  require(held: boolean, otherwise: () => string): void {
    if (!held) throw new Error(otherwise());
    this.checked++;
  }
}

/** What an effect becomes where no workspace has an endpoint: events of services with webhooks find nobody. */
function stateOf(service: ServiceName, mode: Mode): string {
  if (service === 'ledger' && mode === 'test') return 'suppressed';
  return service === 'notes' || service === 'randomness' ? 'unsubscribed' : 'pending';
}

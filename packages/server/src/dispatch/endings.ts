import type { FindCourier } from './couriers.ts';
import { isWatchedOver } from './held.ts';
import { type Ended, settle } from './settle.ts';
import type { Ending, Lease, Store, TargetName } from './store.ts';

export interface EndingsOptions {
  readonly store: Store;
  readonly node: string;
  readonly courierOf: FindCourier;
  readonly now: () => number;
  /** From 0 up to 1; chance that spreads waits, never secret. */
  readonly random: () => number;
  /** Whether the node ends and nobody waits any longer for what the database does not take. */
  readonly givesUp: () => boolean;
  /** Told of the soonest instant at which something that was written is due again. */
  readonly onDue: (at: number) => void;
  readonly onWritten: () => void;
  readonly onTrouble: (error: unknown, what: string) => void;
}

/** Writes down what has ended in one mode, together with what ended within the same moment. */
export interface Endings {
  /** An attempt was made. */
  attempted(ended: Ended): void;
  /** There will be no attempt. */
  finished(ending: Ending): void;
  /**
   * Writes at once; what the database does not take now is written again when it is back, however long that takes. Whether
   * this node may still record it is decided there.
   */
  flush(): Promise<void>;
  /** Whether this lease has ended here and that is not written yet. */
  has(lease: Lease): boolean;
  /** Whether anything is still to be written. */
  readonly isBusy: boolean;
}

/** Endings are written together: as many as there are, this long after the first. */
const withinMs = 4;
const batch = 128;
/** What the database refused is asked of it again this much later. */
export const troubleMs = 500;

export function createEndings(options: EndingsOptions): Endings {
  return new EndingsOfMode(options);
}

class EndingsOfMode implements Endings {
  readonly #options: EndingsOptions;
  #ended: Ended[] = [];
  #finished: Ending[] = [];
  readonly #unwritten = new Set<string>();
  #writing: Promise<void> | null = null;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: EndingsOptions) {
    this.#options = options;
  }

  get isBusy(): boolean {
    return this.#ended.length > 0 || this.#finished.length > 0 || this.#writing !== null;
  }

  attempted(ended: Ended): void {
    this.#unwritten.add(leaseName(ended.held));
    this.#ended.push(ended);
    this.#flushSoon();
  }

  finished(ending: Ending): void {
    this.#unwritten.add(leaseName(ending.held));
    this.#finished.push(ending);
    this.#flushSoon();
  }

  has(lease: Lease): boolean {
    return this.#unwritten.has(leaseName(lease));
  }

  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = null;
      this.#options.onWritten();
    });
    return this.#writing;
  }

  #flushSoon(): void {
    if (this.#writing !== null || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => void this.flush(), withinMs);
  }

  async #writeAll(): Promise<void> {
    while (this.#ended.length > 0 || this.#finished.length > 0) {
      const ended = this.#ended.splice(0, batch);
      const finished = this.#finished.splice(0, batch);
      try {
        await this.#write(ended, finished);
        for (const { held } of [...ended, ...finished]) this.#unwritten.delete(leaseName(held));
      } catch (error) {
        this.#options.onTrouble(error, 'endings could not be written');
        if (this.#options.givesUp()) break;
        this.#ended.unshift(...ended);
        this.#finished.unshift(...finished);
        await new Promise((resolve) => setTimeout(resolve, troubleMs));
      }
    }
  }

  async #write(ended: readonly Ended[], finished: readonly Ending[]): Promise<void> {
    const { store, node, now, random, courierOf, onDue, onTrouble } = this.#options;
    const plain = ended.filter(({ held }) => !isWatchedOver(held));
    const told: [Ended, Ending][] = plain.map((one) => [one, settle(one, {}, now(), random()).ending]);
    const alone = [...finished, ...told.map(([, ending]) => ending)];
    if (alone.length > 0) await store.end(node, alone);
    const shared = ended.filter(({ held }) => isWatchedOver(held));
    if (shared.length > 0) told.push(...(await this.#writeShared(shared)));
    for (const [one, ending] of told) courierOf(one.held)?.ended?.(one, ending);
    const endings = [...finished, ...told.map(([, ending]) => ending)];
    const freed = freedPlaces(endings);
    if (freed.length > 0) {
      await store.callNext(freed).catch((error: unknown) => onTrouble(error, 'nobody could be called to a free place'));
      onDue(now());
    }
    const soonest = Math.min(...endings.map(({ dueAt }) => dueAt ?? Number.POSITIVE_INFINITY));
    if (soonest !== Number.POSITIVE_INFINITY) onDue(soonest);
  }

  /** What came of attempts at targets whose state the nodes share. */
  #writeShared(shared: readonly Ended[]): Promise<[Ended, Ending][]> {
    const { store, node, now, random } = this.#options;
    const targets = new Map(
      shared.map(({ held: { workspaceId, targetId } }) => [
        `${workspaceId} ${targetId}`,
        { workspaceId, id: targetId ?? '' },
      ]),
    );
    return store.withTargets([...targets.values()], async (states, client) => {
      const settled = shared.map((one): [Ended, Ending] => {
        const locked = states.get(`${one.held.workspaceId} ${one.held.targetId}`);
        const { ending, target } = settle(one, locked?.state ?? {}, now(), random());
        if (locked !== undefined) locked.state = target;
        return [one, ending];
      });
      await store.end(
        node,
        settled.map(([, ending]) => ending),
        client,
      );
      return settled;
    });
  }
}

/** Targets with a bound of requests in flight, and how many ended there. */
function freedPlaces(endings: readonly Ending[]): (TargetName & { readonly places: number })[] {
  const bounded = endings.filter(({ held: { policies } }) => policies !== null && policies.maxInFlight !== null);
  const groups = Map.groupBy(bounded, ({ held: { workspaceId, targetId } }) => `${workspaceId} ${targetId}`);
  return [...groups.values()].map((group) => {
    const { workspaceId, targetId } = (group[0] as Ending).held;
    return { workspaceId, id: targetId ?? '', places: group.length };
  });
}

function leaseName({ workspaceId, id, token }: Lease): string {
  return `${workspaceId} ${id} ${token}`;
}

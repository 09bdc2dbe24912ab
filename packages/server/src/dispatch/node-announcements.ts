import type { Database } from '../core/db/database.ts';
import type { Mode } from '../core/mode.ts';
import type { OutwardListener } from './outward.ts';

/** What one node tells the others. */
export type Announcement = { readonly due: Mode } | { readonly withdrawn: Mode; readonly ids: readonly string[] };

export interface NodeAnnouncements {
  due(mode: Mode): void;
  withdrawn(mode: Mode, ids: readonly string[]): void;
}

/** The channel on which nodes hear each other. */
export const nodeChannel = 'interlock_dispatch';

/** A notification carries at most 8,000 bytes. */
const idsAtOnce = 100;

/** Tells the other nodes; what cannot be told is found by their next look, and `onTrouble` hears of it. */
export function createAnnouncements(
  database: Pick<Database, 'notify'>,
  node: string,
  onTrouble: (error: unknown) => void,
): NodeAnnouncements {
  const say = (announcement: Announcement): void => {
    database.notify(nodeChannel, JSON.stringify({ node, ...announcement })).catch(onTrouble);
  };
  return {
    due: (mode) => say({ due: mode }),
    withdrawn(mode, ids) {
      for (let at = 0; at < ids.length; at += idsAtOnce) {
        say({ withdrawn: mode, ids: ids.slice(at, at + idsAtOnce) });
      }
    },
  };
}

/** What another node told; `null` for what this node said itself. */
export function readAnnouncement(payload: string, node: string): Announcement | null {
  const { node: from, ...announcement } = JSON.parse(payload) as Announcement & { node: string };
  return from === node ? null : announcement;
}

/** What is due sooner than this is told at once; the dispatching nodes look for the rest in time. */
const soonMs = 1_000;
/** Telling of each of a flood would slow every insert. */
const togetherMs = 20;

/** Tells the nodes that dispatch what a node queues that does not. */
export function createRelay(announcements: NodeAnnouncements, now: () => number): OutwardListener {
  const waiting = new Map<Mode, NodeJS.Timeout>();
  return {
    due(mode, at) {
      if (at > now() + soonMs || waiting.has(mode)) return;
      const tell = (): void => {
        waiting.delete(mode);
        announcements.due(mode);
      };
      waiting.set(mode, setTimeout(tell, togetherMs).unref());
    },
    withdraw: announcements.withdrawn,
  };
}

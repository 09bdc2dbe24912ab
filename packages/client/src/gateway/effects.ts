import type { Mode } from '../mode.ts';
import type { GateDatabase } from './database.ts';

/** What becomes of an effect in each mode, and how it leaves. */
export interface EffectRule {
  readonly live: 'deliver' | 'suppress';
  readonly test: 'deliver' | 'suppress';
  /** Called for what is delivered, and tried again when it throws; `id` is the same each time, so hand it on. */
  readonly send: (payload: never, about: { readonly id: string; readonly mode: Mode }) => unknown;
}

/** The one door through which something leaves. */
export interface EffectsGate<Names extends string> {
  /**
   * Writes an intention down, and no more: hand it the client of your own transaction, and it stands or falls with it.
   */
  emit(
    about: { readonly workspaceId: string; readonly mode: Mode },
    name: Names,
    payload: unknown,
    database?: GateDatabase,
  ): Promise<void>;
  /** Sends what is due, once. */
  deliver(): Promise<void>;
}

const insertEffect = `
  insert into interlock_effects (id, workspace_id, mode, name, payload, state) values ($1, $2, $3, $4, $5, $6)`;
/** Leased while it is sent: of a process that dies with it, it comes back. */
const claimDue = `
  update interlock_effects set attempts = attempts + 1, due_at = now() + interval '60 seconds'
  where id = (select id from interlock_effects where state = 'pending' and due_at <= now() and name = any($1)
              order by due_at limit 1 for update skip locked)
  returning id, mode, name, payload, attempts`;
// What another process has taken over since is that one's to settle.
const settle = 'update interlock_effects set state = $3, due_at = $4, error = $5 where id = $1 and attempts = $2';
const maxAttempts = 8;

export function createEffectsGate<Rules extends Readonly<Record<string, EffectRule>>>(
  rules: Rules,
  database: GateDatabase,
): EffectsGate<keyof Rules & string> {
  let delivering: Promise<void> = Promise.resolve();
  const names = Object.keys(rules);

  const deliverDue = async (): Promise<void> => {
    for (;;) {
      const [row] = (await database.query(claimDue, [names])).rows;
      if (row === undefined) return;
      const { id, mode, name, payload, attempts } = row as {
        id: string;
        mode: Mode;
        name: string;
        payload: unknown;
        attempts: number;
      };
      const rule = rules[name];
      // What was written down as leaving, and no longer may, stays.
      if (rule === undefined || rule[mode] !== 'deliver') {
        await database.query(settle, [id, attempts, 'suppressed', new Date(), null]);
        continue;
      }
      try {
        await rule.send(payload as never, { id, mode });
        await database.query(settle, [id, attempts, 'delivered', new Date(), null]);
      } catch (error) {
        const again = new Date(Date.now() + 1_000 * 2 ** attempts);
        const reason = String((error as Error)?.message ?? error).slice(0, 500);
        await database.query(settle, [id, attempts, attempts < maxAttempts ? 'pending' : 'failed', again, reason]);
      }
    }
  };

  return {
    async emit({ workspaceId, mode }, name, payload, own = database) {
      const rule = rules[name];
      if (rule === undefined)
        throw new Error(`the effect "${name}" is not declared; declare what becomes of it in each mode`);
      const state = rule[mode] === 'deliver' ? 'pending' : 'suppressed';
      await own.query(insertEffect, [crypto.randomUUID(), workspaceId, mode, name, JSON.stringify(payload), state]);
    },
    deliver() {
      delivering = delivering.catch(() => {}).then(deliverDue);
      return delivering;
    },
  };
}

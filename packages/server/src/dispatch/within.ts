import type { Mode } from '../core/mode.ts';
import type { Context } from '../core/service.ts';

/** Does work in a transaction of one workspace, as a service's own. */
export type Within = <T>(
  service: string,
  mode: Mode,
  workspaceId: string,
  work: (ctx: Context) => Promise<T>,
) => Promise<T>;

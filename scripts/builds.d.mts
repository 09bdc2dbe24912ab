/** Builds what is stale: all of it, or what is named. */
export function ensureBuilt(runtime: string, names?: readonly string[]): Promise<void>;

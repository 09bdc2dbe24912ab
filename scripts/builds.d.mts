/** Builds what is stale: all of it, or what is named; `priority` is the niceness of the builds, as nice(1) counts. */
export function ensureBuilt(
  runtime: string,
  options?: { readonly names?: readonly string[]; readonly priority?: number },
): Promise<void>;

import type { Db } from './db/transaction.ts';
import type { Mode } from './mode.ts';

/** The handle of a mode whose contract says `pure`: there is no table to ask, so asking is a bug. */
export function unavailableIn(service: string, mode: Mode): Db {
  const refuseUse = (): never => {
    throw new Error(`${service} is pure in ${mode} mode and has no rows there`);
  };
  return {
    rows: async () => refuseUse(),
    row: async () => refuseUse(),
    run: async () => refuseUse(),
    entry: async () => refuseUse(),
    defer: refuseUse,
  };
}

import type { SystemRoute } from '../app.ts';
import type { FindPerson } from '../core/authenticate.ts';

export interface Console {
  readonly findPerson: FindPerson;
  readonly routes: readonly SystemRoute[];
}

export function createConsole(_parts: object): Console {
  return { findPerson: async () => null, routes: [] };
}

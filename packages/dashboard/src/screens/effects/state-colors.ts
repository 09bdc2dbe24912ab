import type { Effect } from '../../console/types.ts';

export const stateColors: Readonly<Record<Effect['state'], string>> = {
  pending: 'blue',
  suppressed: 'orange',
  delivered: 'green',
  failed: 'red',
  unsubscribed: 'gray',
};

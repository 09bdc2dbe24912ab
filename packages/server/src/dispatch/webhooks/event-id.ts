import { prefixOf } from '../../core/ids.ts';
import type { Mode, ServiceContract } from '../../core/service.ts';

/** The id under which the world hears of an effect: `eff_8Jc…` is the event `evt_8Jc…`, so that it is found from either. */
export function eventIdOf({ ids }: Pick<ServiceContract, 'ids'>, mode: Mode, effectId: string): string {
  const random = effectId.slice(effectId.lastIndexOf('_') + 1);
  return `${ids === 'mode' ? prefixOf('evt', mode) : 'evt'}_${random}`;
}

/** The effect that is heard of under this id, if it is one of the mode's. */
export function effectIdOf(contract: Pick<ServiceContract, 'ids'>, mode: Mode, eventId: string): string | null {
  const prefix = eventIdOf(contract, mode, 'eff_');
  return eventId.startsWith(prefix) ? `eff_${eventId.slice(prefix.length)}` : null;
}

/** The message that carries an event: one for all its endpoints. */
export function messageIdOf(eventId: string): string {
  return eventId.replace(/^evt_/, 'msg_');
}

/**
 * The key of a delivery in the table of all of them: of an event its id, and of one that an owner sends to try the
 * endpoint the same behind a word, which tells the two apart whatever the event is.
 */
export function deliveryKeyOf(eventId: string, isTest: boolean): string {
  return isTest ? `${testMark}${eventId}` : eventId;
}

export function isTestKey(key: string): boolean {
  return key.startsWith(testMark);
}

const testMark = 'test:';

import { isMeant, versionHeaders, versionOf, WithHeaders } from '../../core/service.ts';
import { error } from './contract.ts';

/** An answer with the version by which a change can name what it was made for. */
export function withVersion(view: object): WithHeaders {
  return new WithHeaders(view, versionHeaders(versionOf(view)));
}

/** @throws `version_conflict` when a request means another version than what is there */
export function refuseStale(view: object, ifMatch: string | undefined): void {
  if (isMeant(ifMatch, versionOf(view))) return;
  throw error('version_conflict', 'Somebody has changed it since; read it again and repeat your change on that.', {
    param: 'If-Match',
  });
}

import type { IncomingHttpHeaders } from 'node:http';
import { type Authenticated, sessionRequired } from './authenticate.ts';
import { refuse } from './errors.ts';
import type { Operation } from './service.ts';

const mayAdminister = new Set(['admin', 'owner']);

/** Which allowlist refused. */
export type DenialReason = 'ip_not_allowed' | 'referer_not_allowed';

/**
 * Whether this caller may call this operation: allowlists first, then scope or role, then mode.
 *
 * @param onDenied told of a refusal by an allowlist, which the key's owner wants to see
 * @throws `session_required`, `address_not_allowed`, `referer_not_allowed`, `scope_missing`, `role_missing` or `mode_forbidden`
 */
export function allow(
  operation: Pick<Operation, 'id' | 'scope' | 'role' | 'modes' | 'caller'>,
  who: Authenticated,
  request: { readonly headers: IncomingHttpHeaders; readonly address: string },
  onDenied: (reason: DenialReason) => void,
): void {
  const { key } = who;
  if (key !== null) {
    if (!key.allowsAddress(request.address)) {
      onDenied('ip_not_allowed');
      throw refuse(
        'address_not_allowed',
        `This key does not allow calls from ${request.address}; add the address to its IP allowlist.`,
      );
    }
    if (!key.allowsReferer(request.headers.referer)) {
      onDenied('referer_not_allowed');
      throw refuse('referer_not_allowed', 'This key allows calls only from the web origins on its Referer allowlist.');
    }
    if (operation.caller === 'person') throw refuse('session_required', sessionRequired);
    if (operation.scope !== null && !key.scopes.has(operation.scope)) {
      throw refuse(
        'scope_missing',
        `This key lacks the scope "${operation.scope}"; give it the scope, or use another key.`,
        { extra: { requiredScope: operation.scope } },
      );
    }
  }
  if (who.caller.type === 'person' && operation.role === 'admin' && !mayAdminister.has(who.caller.role)) {
    throw refuse('role_missing', 'Only an owner or admin of the workspace may do this.');
  }
  if (operation.modes !== undefined && !operation.modes.includes(who.mode)) {
    throw refuse(
      'mode_forbidden',
      `${operation.id} does not exist in ${who.mode} mode; call it with a ${operation.modes.join(' or ')} key.`,
    );
  }
}

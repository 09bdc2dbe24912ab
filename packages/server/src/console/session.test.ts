import { expect, test } from 'vitest';
import { decideActive } from './session.ts';

const memberships = ['ws_first', 'ws_second'].map((workspaceId) => ({
  workspaceId,
  name: workspaceId,
  role: 'member' as const,
}));

test.each([
  { what: 'nothing is asked for or chosen', asked: undefined, chosen: null, active: 'ws_first' },
  { what: 'another was chosen last', asked: undefined, chosen: 'ws_second', active: 'ws_second' },
  { what: 'the request asks for one', asked: 'ws_first', chosen: 'ws_second', active: 'ws_first' },
  { what: 'the chosen one was left since', asked: undefined, chosen: 'ws_gone', active: 'ws_first' },
  { what: 'the request asks for a foreign one', asked: 'ws_foreign', chosen: 'ws_second', active: null },
])('when $what, the active workspace is $active', ({ asked, chosen, active }) => {
  expect(decideActive(memberships, asked, chosen)?.workspaceId ?? null).toBe(active);
});

test('who belongs to no workspace has no active one', () => {
  expect(decideActive([], undefined, 'ws_first')).toBeNull();
});

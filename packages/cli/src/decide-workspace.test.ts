import { expect, test } from 'vitest';
import { decideWorkspace } from './decide-workspace.ts';
import type { WorkspaceRow } from './workspaces-repository.ts';

function workspace(id: string, name: string, demo = false): WorkspaceRow {
  return { id, name, demo, createdAt: new Date(0), people: 0 };
}
const acme = workspace('ws_1', 'Acme');
const other = workspace('ws_2', 'Other');
const twin = workspace('ws_3', 'Acme');
const demo = workspace('ws_4', 'Demo', true);

test.each([
  { title: 'the only one', workspaces: [acme], wanted: undefined, chosen: acme },
  { title: 'the demo among several', workspaces: [acme, demo, other], wanted: undefined, chosen: demo },
  { title: 'one by its id', workspaces: [acme, demo], wanted: 'ws_1', chosen: acme },
  { title: 'one by its name', workspaces: [acme, demo, other], wanted: 'Other', chosen: other },
])('chooses $title', ({ workspaces, wanted, chosen }) => {
  expect(decideWorkspace(workspaces, wanted)).toEqual({ type: 'chosen', workspace: chosen });
});

test.each([
  {
    title: 'none at all',
    workspaces: [],
    wanted: undefined,
    type: 'missing',
    message: 'There is no workspace yet; make one with: npx interlock workspaces create --name <name>',
  },
  {
    title: 'several, and none of them the demo',
    workspaces: [acme, other],
    wanted: undefined,
    type: 'unclear',
    message: 'There are several workspaces; choose one with --workspace: ws_1 (Acme), ws_2 (Other)',
  },
  {
    title: 'an unknown one',
    workspaces: [acme],
    wanted: 'ws_9',
    type: 'missing',
    message: 'There is no workspace "ws_9"; "npx interlock workspaces list" shows those there are.',
  },
  {
    title: 'a name that several have',
    workspaces: [acme, other, twin],
    wanted: 'Acme',
    type: 'unclear',
    message: 'Several workspaces are called "Acme"; give the id of one: ws_1 (Acme), ws_3 (Acme)',
  },
])('refuses $title', ({ workspaces, wanted, type, message }) => {
  expect(decideWorkspace(workspaces, wanted)).toEqual({ type, message });
});

import { Type } from 'typebox';
import { operation } from './contract.ts';
import { modeSchema, nullable } from './schemas.ts';

export const me = operation({
  id: 'scheduler.me',
  summary: 'Which project and mode a key is of',
  useWhen: 'first, to be sure of the project and the mode of the key',
  tag: 'Project',
  method: 'GET',
  path: '/me',
  scope: null,
  input: Type.Object({}),
  output: Type.Object({
    object: Type.Literal('me', { description: 'What this is.' }),
    project_id: Type.String({ description: 'Of the project.' }),
    mode: modeSchema,
    key_id: nullable(Type.String(), 'Of the key.'),
    key_name: nullable(Type.String(), 'What the key is called.'),
  }),
  run: ({ workspaceId, mode, caller }) => ({
    object: 'me' as const,
    project_id: workspaceId,
    mode,
    key_id: caller.type === 'key' ? caller.keyId : null,
    key_name: caller.type === 'key' ? caller.keyName : null,
  }),
});

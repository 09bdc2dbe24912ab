import { Type } from 'typebox';
import { operation } from './contract.ts';
import { oneOf } from './schemas.ts';

export const me = operation({
  id: 'onboarding.me',
  summary: 'Whose key this is, and of which mode',
  description: 'Changes nothing and costs one request: ask it at start-up to catch a key of the wrong mode.',
  useWhen: 'first, to be sure of the workspace and the mode of the key',
  tag: 'Key',
  method: 'GET',
  path: '/me',
  scope: '*',
  input: Type.Object({}),
  output: Type.Object(
    {
      object: Type.Literal('api_key_identity', { description: 'What this is.' }),
      key_name: Type.String({ description: 'What the key is called; the actor of what it does.' }),
      key_prefix: Type.String({
        description: 'How the key begins; safe to write down.',
        examples: ['pivotal_test_def4'],
      }),
      org_id: Type.String({ description: 'Of the workspace.' }),
      org_slug: Type.String({ description: 'Of the workspace, in URLs.' }),
      mode: oneOf(['live', 'test'], 'Of the key.'),
      api_key: Type.Object(
        {
          id: Type.String({ description: 'Of the key.' }),
          name: Type.String({ description: 'As `key_name`.' }),
          prefix: Type.String({ description: 'As `key_prefix`.' }),
          scopes: Type.Array(Type.String(), { description: 'Always `*`: a key has all rights in its workspace.' }),
          rate_limit_tier: Type.String({ description: 'The plan of the workspace; in test mode `test`.' }),
        },
        { description: 'The key.' },
      ),
      organization: Type.Object(
        {
          id: Type.String({ description: 'As `org_id`.' }),
          slug: Type.String({ description: 'As `org_slug`.' }),
          name: Type.String({ description: 'As people call it.' }),
        },
        { description: 'The workspace.' },
      ),
    },
    { title: 'Me', description: 'A key, and the workspace it belongs to.' },
  ),
  run: async (ctx) => {
    const { caller, mode } = ctx;
    const key = caller.type === 'key' ? caller : { keyId: '', keyName: '', keyPrefix: '' };
    const { id, slug, name, plan } = await ctx.workspace();
    return {
      object: 'api_key_identity' as const,
      key_name: key.keyName,
      key_prefix: key.keyPrefix,
      org_id: id,
      org_slug: slug,
      mode,
      api_key: {
        id: key.keyId,
        name: key.keyName,
        prefix: key.keyPrefix,
        scopes: ['*'],
        rate_limit_tier: mode === 'test' ? 'test' : plan,
      },
      organization: { id, slug, name },
    };
  },
});

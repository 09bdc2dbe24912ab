import { expect, test } from 'vitest';
import { service as shortlinks } from '../../../../examples/shortlinks/service.ts';
import { refuse } from './errors.ts';
import { plain } from './plain.ts';
import { wordRefusal } from './refusal.ts';
import type { ServiceContract } from './service.ts';

const refused = refuse('not_found', 'There is no link "x".', { param: 'code' });

test("a refusal in the platform's words names the request as the header does", () => {
  const { status, body } = wordRefusal(shortlinks.contract, refused, 'req_0123456789abcdef');
  expect([status, JSON.parse(body)]).toEqual([
    404,
    {
      error: {
        code: 'not_found',
        message: 'There is no link "x".',
        param: 'code',
        requestId: 'req_0123456789abcdef',
      },
    },
  ]);
});

test('a service words its refusals as it likes', () => {
  const contract: ServiceContract = {
    ...shortlinks.contract,
    dialect: {
      ...plain.dialect,
      error: ({ status, code, message, param, requestId }) => ({
        ok: false,
        status,
        kind: code,
        message,
        param,
        requestId,
      }),
    },
  };
  expect(JSON.parse(wordRefusal(contract, refused, 'req_1').body)).toEqual({
    ok: false,
    status: 404,
    kind: 'not_found',
    message: 'There is no link "x".',
    param: 'code',
    requestId: 'req_1',
  });
});

import { expect, test } from 'vitest';
import { createApp } from './app.ts';
import type { Reply } from './core/incoming.ts';

test('an answer that cannot be written is a bug of its own: told of, answered with 500, and no other answer suffers', async () => {
  const bugs: { error: unknown; requestId: string; route: string }[] = [];
  const answers: Readonly<Record<string, Reply>> = {
    '/broken': { status: 200, headers: { 'x-note': 'two\r\nlines' }, body: 'never sent' },
    '/sound': { status: 200, headers: { 'content-type': 'text/plain' }, body: 'sound' },
  };
  const app = await createApp({
    services: [],
    systemRoutes: Object.entries(answers).map(([path, reply]) => ({ method: 'GET', path, handle: async () => reply })),
    trustedProxies: [],
    stopping: new AbortController().signal,
    onBug: (error, about) => void bugs.push({ error, ...about }),
  });
  const [broken, sound] = await Promise.all([app.inject('/broken'), app.inject('/sound')]);
  expect(broken.statusCode).toBe(500);
  expect(broken.body).not.toContain('never sent');
  expect(bugs).toEqual([
    { error: expect.any(TypeError), requestId: broken.headers['x-request-id'], route: 'GET /broken' },
  ]);
  expect([sound.statusCode, sound.body]).toEqual([200, 'sound']);
  await app.close();
});

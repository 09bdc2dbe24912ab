import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestPlatform, type TestPlatform } from '../../testing/harness.ts';

let t: TestPlatform;
beforeAll(async () => {
  t = await createTestPlatform();
});
afterAll(() => t.close());

async function draw(mode: 'live' | 'test', query: string): Promise<{ path: string; shortId: string; key: string }> {
  const { key } = await t.key(await t.workspace(), { mode });
  const { body } = await t.as(key).get(`/api/${query}`);
  const { pathname, search } = new URL(body.permalink);
  return { path: pathname + search, shortId: body.shortId, key };
}

const picture = async (url: string) => {
  const { statusCode, headers, rawPayload } = await t.platform.app.inject(url);
  return { statusCode, headers, rawPayload };
};

describe('the permalink page', () => {
  it('shows a live outcome to anybody', async () => {
    const { path, shortId } = await draw('live', 'ints?clientSeed=pages-live&count=3&min=1&max=6');
    const { status, headers, text } = await t.as(null).get(path);
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(headers['cache-control']).toBe('no-store');
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(text).toContain('Verified ✓');
    expect(text).toContain('pages-live');
    expect(text).toMatch(new RegExp(`og:image" content="https?://[^"]+/o/${shortId}/og.png"`));
    expect(text).not.toMatch(/\bTEST\b/);
  });

  it('shows the server seed after the chain was rotated', async () => {
    const { path, key } = await draw('live', 'ints?clientSeed=pages-rotated');
    const rotated = await t.as(key).post('/api/rotate', { clientSeed: 'pages-rotated' });
    expect(rotated.status).toBe(200);
    const { text } = await t.as(null).get(path);
    expect(text).toContain('gives exactly these values');
    expect(text).toMatch(/<dt>Server seed<\/dt><dd><span data-copy="[0-9a-f]{64}"/);
  });

  it('computes a test outcome again from its address, and marks it', async () => {
    const { path } = await draw('test', 'ints?clientSeed=ci-fixture-loot&count=3');
    const { status, text, headers } = await t.as(null).get(path);
    expect(status).toBe(200);
    expect(headers['interlock-mode']).toBe('test');
    expect(text).toContain('<strong>TEST</strong>');
    expect(text).toContain('ci-fixture-loot');
    expect(text).toMatch(/og:image" content="[^"]+\/og\.png\?t=[A-Za-z0-9_-]+"/);
  });

  it.each([
    { what: 'an unknown id', path: '/o/zzzzzzzzzz' },
    { what: 'an id that cannot exist', path: '/o/no%20such%20id%3Cscript%3E' },
    { what: 'a path of many characters', path: `/o/${'a'.repeat(5000)}` },
    { what: 'test inputs that nobody drew from', path: '/o/zzzzzzzzzz?t=AAAA' },
  ])('answers $what with a page of its own', async ({ path }) => {
    const { status, headers, text } = await t.as(null).get(path);
    expect(status).toBe(404);
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(text).toContain('No such outcome');
  });

  it('keeps the result of a password to itself, before and after its seed is revealed', async () => {
    const { path, shortId, key } = await draw(
      'live',
      `ints?clientSeed=pages-secret&count=8&min=4000000&max=5000000&toolMeta=${encodeURIComponent('{"tool":"password"}')}`,
    );
    for (const reveal of [false, true]) {
      if (reveal) await t.as(key).post('/api/rotate', { clientSeed: 'pages-secret' });
      const { status, text } = await t.as(null).get(path);
      expect(status).toBe(200);
      expect(text).toContain('Withheld');
      expect(text).not.toMatch(/pages-secret|4000000|5000000|Server seed|<dt>Nonce/);
    }
    expect((await picture(`/o/${shortId}/og.png`)).statusCode).toBe(200);
  });
});

describe('the card', () => {
  it('is a picture that may be kept for five minutes, whether or not there is an outcome', async () => {
    const { shortId } = await draw('live', 'ints?clientSeed=pages-card');
    const known = await picture(`/o/${shortId}/og.png`);
    const unknown = await picture('/o/zzzzzzzzzz/og.png');
    for (const { statusCode, headers, rawPayload } of [known, unknown]) {
      expect(statusCode).toBe(200);
      expect(headers['content-type']).toBe('image/png');
      expect(headers['cache-control']).toBe('public, max-age=300');
      expect([rawPayload.readUInt32BE(16), rawPayload.readUInt32BE(20)]).toEqual([1200, 630]);
    }
    expect(known.rawPayload.equals(unknown.rawPayload)).toBe(false);
  });

  it('of a test outcome takes the same inputs as its page', async () => {
    const { path } = await draw('test', 'ints?clientSeed=ci-fixture-loot&count=3');
    const marked = await picture(path.replace('?', '/og.png?'));
    const generic = await picture(path.replace('?', '/og.png?x='));
    expect(marked.statusCode).toBe(200);
    expect(marked.rawPayload.equals(generic.rawPayload)).toBe(false);
  });
});

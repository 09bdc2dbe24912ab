import { describe, expect, it } from 'vitest';
import { signUp } from '../../../server/src/testing/person.ts';
import type { Stage } from '../testing/stage.ts';

const maxFirstLoadBytes = 300_000;

export function tellOfSafety(stage: () => Stage): void {
  describe('safety', () => {
    it('the session’s cookie is HttpOnly and SameSite, and no script can read it', async () => {
      const { page, context } = await stage().window();
      const bob = await signUp(stage().t);
      await page.goto('/sign-in');
      await page.getByLabel(/^E-mail/).fill(bob.email);
      await page.getByLabel(/^Password/).fill(bob.password);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('heading', { name: 'Home' }).waitFor();
      const cookie = (await context.cookies()).find(({ name }) => name.endsWith('interlock.session_token'));
      expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Lax' });
      expect(await page.evaluate(() => document.cookie)).toBe('');
      await context.close();
    });

    it('a page of another origin cannot act in a person’s name, nor frame the dashboard', async () => {
      const { context, person } = await stage().enter();
      const page = await context.newPage();
      await page.route('http://elsewhere.test/', (route) =>
        route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>elsewhere</title>' }),
      );
      await page.goto('http://elsewhere.test/');
      await page.evaluate(async (url) => {
        await fetch(`${url}/console/v1/keys`, {
          method: 'POST',
          mode: 'no-cors',
          credentials: 'include',
          body: JSON.stringify({ service: 'randomness', mode: 'live', name: 'stolen' }),
        }).catch(() => undefined);
      }, stage().url);
      const { body } = await person.get('/keys?mode=live');
      expect(body.keys.map(({ name }: { name: string }) => name)).not.toContain('stolen');
      const forged = await person.send(
        'POST',
        '/keys',
        { service: 'randomness', mode: 'live', name: 'stolen' },
        { headers: { 'sec-fetch-site': 'cross-site' } },
      );
      expect(forged.status).toBe(403);
      await context.close();
    });

    it('the policy of the page lets in no inline script, no eval and nothing of others', async () => {
      const answer = await fetch(stage().url);
      const policy = answer.headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("script-src 'self';");
      expect(policy).not.toContain('unsafe');
      expect(policy).toContain("frame-ancestors 'none'");
      const { page, context } = await stage().window();
      await page.goto('/sign-in');
      const ran = await page.evaluate(() => {
        const script = document.createElement('script');
        script.textContent = 'window.injected = true';
        document.head.append(script);
        return 'injected' in window;
      });
      expect(ran).toBe(false);
      // What was provoked here is no complaint.
      stage().complaints.length = 0;
      await context.close();
    });

    it('a member sees keys but can make none, on the screen and on the server', async () => {
      const owner = await signUp(stage().t);
      const bob = await signUp(stage().t);
      const { body } = await owner.send('POST', '/invitations', { email: bob.email, role: 'member' });
      await bob.send('POST', `/invitations/${body.id}/accept`, {});
      const { page, context } = await stage().window({ cookie: bob.cookie });
      await page.goto(`/admin/api-keys?workspace=${owner.workspaceId}`);
      await page.getByText('You are a member').waitFor();
      expect(await page.getByRole('button', { name: 'Create a key' }).isDisabled()).toBe(true);
      const answer = await page.evaluate(async (workspace) => {
        const response = await fetch('/console/v1/keys', {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'interlock-workspace': workspace },
          body: JSON.stringify({ service: 'randomness', mode: 'live', name: 'mine' }),
        });
        return response.status;
      }, owner.workspaceId);
      expect(answer).toBe(403);
      await context.close();
    });

    it('keeps the paths of the APIs and documents for them', async () => {
      const ask = async (path: string) => {
        const { status, headers } = await fetch(stage().url + path, { headers: { accept: 'text/html' } });
        return [status, (headers.get('content-type') ?? '').split(';', 1)[0]];
      };
      expect(await ask('/healthz')).toEqual([200, 'application/json']);
      expect(await ask('/api/health')).toEqual([200, 'application/json']);
      expect(await ask('/docs/api')).toEqual([200, 'text/html']);
      expect(await ask('/openapi.json')).toEqual([200, 'application/json']);
      expect(await ask('/nowhere')).toEqual([404, 'application/json']);
      expect(await ask('/assets/..%2f..%2fpackage.json')).toEqual([404, 'text/plain']);
      expect(await ask('/customers/acme')).toEqual([200, 'text/html']);
    });

    it(`loads at most ${maxFirstLoadBytes / 1000} kB, compressed, before the first screen and its charts are there`, async () => {
      const { page, context, go } = await stage().enter();
      const session = await context.newCDPSession(page);
      await session.send('Network.enable');
      let bytes = 0;
      session.on('Network.loadingFinished', ({ encodedDataLength }) => {
        bytes += encodedDataLength;
      });
      await go('/');
      await page.getByText('First steps').waitFor();
      await page
        .getByRole('figure', { name: 'test mode over time' })
        .getByText('Suppressed', { exact: true })
        .waitFor();
      await page.waitForLoadState('networkidle');
      const first = bytes;
      console.log(`first load: ${first} bytes`);
      expect(first).toBeLessThanOrEqual(maxFirstLoadBytes);
      expect(first).toBeGreaterThan(50_000);
      await context.close();
    });
  });
}

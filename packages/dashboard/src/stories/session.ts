import { describe, expect, it } from 'vitest';
import { freshAddress, signUp } from '../../../server/src/testing/person.ts';
import type { Stage } from '../testing/stage.ts';

export function tellOfSession(stage: () => Stage): void {
  describe('people', () => {
    it('sign up, keep their first keys, sign out and sign in again where they wanted to go', async () => {
      const { page, context } = await stage().window();
      await page.goto('/sign-up');
      const email = `${freshAddress().replaceAll('.', '-')}@example.com`;
      await page.getByLabel(/^E-mail/).fill(email);
      await page.getByLabel(/^Password/).fill('a long enough password');
      await page.getByLabel('I accept the terms').check();
      await page.getByRole('button', { name: 'Sign up' }).click();
      await page.getByText('shown this once').waitFor();
      await page.getByRole('button', { name: /go on/ }).click();
      await page.getByRole('heading', { name: 'Home' }).waitFor();

      await page.getByRole('button', { name: `Account of ${email}` }).click();
      await page.getByRole('menuitem', { name: 'Sign out' }).click();
      await page.waitForURL('**/sign-in');
      await page.goto('/admin/logs?mode=test');
      await page.waitForURL(/sign-in\?.*next=/);
      await page.getByLabel(/^E-mail/).fill(email);
      await page.getByLabel(/^Password/).fill('not the password');
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('alert').getByText('Request id').waitFor();
      await page.getByLabel(/^Password/).fill('a long enough password');
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('heading', { name: 'Logs' }).waitFor();
      expect(new URL(page.url()).searchParams.get('mode')).toBe('test');
      await context.close();
    });

    it('open an invitation, join, become an admin, and switch between their workspaces', async () => {
      const owner = await stage().enter();
      await owner.go('/settings');
      const bob = await signUp(stage().t);
      const invitations = owner.page.getByRole('region', { name: 'Invitations' });
      await invitations.getByLabel(/^E-mail/).fill(bob.email);
      await invitations.getByRole('button', { name: 'Invite', exact: true }).click();
      const link = await invitations.getByRole('region', { name: `the link for ${bob.email}` }).textContent();
      if (link === null) throw new Error('the invitation has no link');

      const { page, context } = await stage().window({ cookie: bob.cookie });
      await page.goto(link);
      await page.getByRole('button', { name: 'Join' }).click();
      await page.getByRole('heading', { name: 'Home' }).waitFor();
      expect(new URL(page.url()).searchParams.get('workspace')).toBe(owner.person.workspaceId);

      const makeKey = async () => {
        const headers = { 'interlock-workspace': owner.person.workspaceId };
        return (await bob.send('POST', '/keys', { service: 'randomness', mode: 'live', name: 'Mine' }, { headers }))
          .status;
      };
      expect(await makeKey()).toBe(403);
      await owner.page.reload();
      const members = owner.page.getByRole('region', { name: 'Members' });
      await members.getByRole('row').filter({ hasText: bob.email }).getByRole('combobox').click();
      await owner.page.getByRole('option', { name: 'admin' }).click();
      await expect.poll(makeKey).toBe(201);
      await owner.context.close();

      await page.getByRole('button', { name: /^Workspace/ }).click();
      await page.getByRole('menuitem', { name: /owner/ }).click();
      await expect.poll(() => new URL(page.url()).searchParams.get('workspace')).toBe(bob.workspaceId);
      await page.getByRole('button', { name: /^Workspace/ }).click();
      await page.getByRole('menuitem', { name: 'New workspace' }).click();
      await page.getByRole('dialog').getByLabel(/^Name/).fill('Third Ltd');
      await page.keyboard.press('Enter');
      await page.getByRole('button', { name: 'Workspace Third Ltd: switch' }).waitFor();
      await page.getByRole('link', { name: 'API keys' }).click();
      await page.getByText('There is no live key here').waitFor();
      await context.close();
    });

    it('change the mode by keyboard, see it in words, and send a link that shows the same', async () => {
      const { page, context, go } = await stage().enter();
      await go('/admin/api-keys');
      await page.getByRole('radio', { name: 'Live' }).focus();
      await page.keyboard.press('ArrowRight');
      await page.getByText('TEST MODE — nothing here is live').waitFor();
      expect(new URL(page.url()).searchParams.get('mode')).toBe('test');
      expect(await page.title()).toContain('TEST');
      const rows = page.getByRole('table', { name: 'API keys' });
      await rows.getByText('First test key').first().waitFor();
      expect(await rows.getByText('First live key').count()).toBe(0);
      await page.reload();
      await page.getByText('TEST MODE — nothing here is live').waitFor();
      await page.getByRole('link', { name: 'Logs' }).click();
      await page.getByRole('heading', { name: 'Logs' }).waitFor();
      expect(new URL(page.url()).searchParams.get('mode')).toBe('test');
      await context.close();
    });
  });
}

import { describe, expect, it } from 'vitest';
import type { Stage } from '../testing/stage.ts';

export function tellOfRandomness(stage: () => Stage): void {
  describe('randomness', () => {
    it('lists live outcomes, and verifies one in the browser with the network cut', async () => {
      const { page, context, go, key } = await stage().enter();
      const caller = stage().t.as(key('randomness', 'live'));
      const outcome = (await caller.get('/api/ints?count=3&min=1&max=6&clientSeed=story')).body;
      const rotated = await caller.post('/api/rotate', { clientSeed: 'story' });
      expect(rotated.status, rotated.text).toBe(200);
      const seed: string = rotated.body.revealed.serverSeed;
      await go('/randomness', 'live');
      await page.getByRole('table', { name: 'Outcomes in live mode' }).getByText('ints').first().waitFor();
      await go('/randomness', 'test');
      await page.getByText('A test draw is recorded nowhere').waitFor();

      const reader = await stage().window();
      await reader.page.goto('/verify?tab=offline');
      await reader.page.getByLabel(/^Outcome/).waitFor();
      await reader.context.setOffline(true);
      await reader.page.getByLabel(/^Outcome/).fill(JSON.stringify(outcome));
      await reader.page.getByLabel(/^Server seed/).fill(seed);
      await reader.page.getByRole('button', { name: 'Verify here' }).click();
      await reader.page.getByText('✓ Verified by your browser').waitFor();
      const forged = { ...outcome, outcome: [...outcome.outcome].reverse().map((n: number) => 7 - n) };
      await reader.page.getByLabel(/^Outcome/).fill(JSON.stringify(forged));
      await reader.page.getByRole('button', { name: 'Verify here' }).click();
      await reader.page.getByText('✗ Mismatch').waitFor();
      await reader.context.setOffline(false);

      await reader.page.goto('/verify');
      await reader.page.getByLabel(/^Short id/).fill(outcome.shortId);
      await reader.page.getByRole('button', { name: 'Look it up' }).click();
      await reader.page.getByText('✓ Verified by your browser').waitFor();
      await reader.context.close();
      await context.close();
    });
  });
}

import { describe, expect, it } from 'vitest';
import { createFreshDatabase } from '../../../server/src/testing/fresh-database.ts';
import { openStage, type Stage } from '../testing/stage.ts';

const dayMs = 24 * 3_600_000;

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

    it('follows a proof of inclusion and finds that the log only grew, in the browser', async () => {
      // Days are published for the whole installation: on a database and by a clock of its own.
      const db = await createFreshDatabase();
      const own = await openStage({ owner: db.owner, env: db.env, sharing: stage().browser });
      const { t } = own;
      // Noon, so that whole days lie around it.
      const noon = Math.ceil(Date.now() / dayMs) * dayMs + dayMs / 2;
      t.clock.freeze(noon);
      const live = t.as((await t.key(await t.workspace(), { mode: 'live' })).key);
      const { body: outcome } = await live.get('/api/ints?clientSeed=story');
      for (let count = 0; count < 4; count++) await live.get('/api/ints?clientSeed=other');
      for (const days of [1, 2]) {
        t.clock.freeze(noon + days * dayMs);
        await t.platform.runDueLoops();
      }
      const [first, second] = [0, 1].map((days) => new Date(noon + days * dayMs).toISOString().slice(0, 10)) as [
        string,
        string,
      ];
      const answer = await live.get(`/api/merkle/${first}/proof/${outcome.shortId}`);
      expect(answer.status, answer.text).toBe(200);
      const proof = answer.body;

      const { page, context } = await own.window();
      await page.goto('/transparency');
      const days = page.getByRole('table', { name: 'Published days' });
      await days.getByRole('row').filter({ hasText: first }).getByText(proof.root).waitFor();
      for (const [field, day] of [
        ['From', first],
        ['To', second],
      ] as const) {
        await page.getByRole('combobox', { name: field }).click();
        await page.getByRole('option', { name: day }).click();
      }
      await page.getByRole('button', { name: 'Prove that it only grew' }).click();
      await page.getByText('✓ The log only grew, your browser finds').waitFor();

      await page.goto('/verify?tab=inclusion');
      await page.getByLabel(/^Proof \(JSON/).waitFor();
      await context.setOffline(true);
      await page.getByLabel(/^Proof \(JSON/).fill(JSON.stringify(proof));
      await page.getByRole('button', { name: 'Verify here' }).click();
      await page.getByText(`It leads to the root of ${first}`).waitFor();
      const { siblings, ...rest } = proof;
      const forged = { ...rest, siblings: siblings.map((one: object) => ({ ...one, hash: '0'.repeat(64) })) };
      await page.getByLabel(/^Proof \(JSON/).fill(JSON.stringify(forged));
      await page.getByRole('button', { name: 'Verify here' }).click();
      await page.getByText('✗ Mismatch').waitFor();
      await page.getByLabel(/^Proof \(JSON/).fill('not JSON');
      await page.getByRole('button', { name: 'Verify here' }).click();
      await page.getByText('The proof must be JSON.').waitFor();
      expect(own.complaints).toEqual([]);
      await context.close();
      await own.close();
      await db.drop();
    }, 60_000);
  });
}

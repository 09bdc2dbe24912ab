import type { StageTask } from '../../core/service.ts';
import { findClient } from './clients-repository.ts';
import { type Ctx, stage } from './contract.ts';
import type { Extraction } from './extract/extraction.ts';
import { findFile } from './files-repository.ts';
import { makeFixture } from './fixture.ts';
import { claimJobs, type JobRow, lockHeldJob } from './jobs-repository.ts';
import { settleJob } from './settle-job.ts';

/** Longer than any document takes: a job whose worker died is begun again after this. */
const leaseMs = 180_000;
const maxAttempts = 3;

/** Reads the documents that wait. */
export const pipeline = stage({
  name: 'read-documents',
  // Only test mode is worked on here; its jobs read nothing, and take a quarter of the work at most.
  slots: ({ workers }) => ({ live: 0, test: Math.max(1, Math.floor(workers / 4)) }),
  claim: (ctx, room) => claimJobs(ctx.db, new Date(ctx.now()), new Date(ctx.now() + leaseMs), room),
  work: async (task, { within }) => {
    const begun = await within((ctx) => begin(ctx, task));
    if (begun === null) return;
    await within((ctx) => settleJob(ctx, task, begun));
  },
});

/** What there is to read, and in test mode what is made of it. */
async function begin(ctx: Ctx, task: StageTask): Promise<Extraction | null> {
  const job = await lockHeldJob(ctx.db, task.id, task.token);
  if (job === undefined) return null;
  if (job.attempt > maxAttempts) {
    return { type: 'failed', code: 'internal.error', message: 'Reading this document ended the reader several times.' };
  }
  return fixtureOf(ctx, job);
}

async function fixtureOf(ctx: Ctx, job: JobRow): Promise<Extraction> {
  const [file, client] = [await findFile(ctx.db, job.file_id), await findClient(ctx.db, job.client_id)];
  if (file === undefined || client === undefined) throw new Error(`the file or client of the job ${job.id} is gone`);
  return makeFixture({
    scenario: job.scenario ?? 'success',
    sha256: file.sha256.toString('hex'),
    pageCount: file.page_count ?? 1,
    hints: job.hints,
    client,
  });
}

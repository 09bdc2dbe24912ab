import type { StageTask } from '../../core/service.ts';
import { findClient } from './clients-repository.ts';
import { type Ctx, stage } from './contract.ts';
import { createDocumentReaders } from './extract/document-readers.ts';
import type { Extraction, ReadingHints } from './extract/extraction.ts';
import { findFile } from './files-repository.ts';
import { makeFixture } from './fixture.ts';
import type { Hints } from './hints.ts';
import { claimJobs, type JobRow, lockHeldJob } from './jobs-repository.ts';
import { settleJob } from './settle-job.ts';

/** Longer than any document takes: a job whose worker died is begun again after this. */
const leaseMs = 180_000;
const maxAttempts = 3;

/** Reads the documents that wait, in processes of their own; in test mode nothing is read. */
export const pipeline = stage({
  name: 'read-documents',
  // A quarter of the work at most is for test mode, whose jobs read nothing.
  slots: ({ workers }) => ({ live: workers, test: Math.max(1, Math.floor(workers / 4)) }),
  open: ({ workers, maxPages, maxFileBytes, readerMemoryMb }, mode) =>
    mode === 'test'
      ? null
      : createDocumentReaders({
          atOnce: workers,
          bounds: { maxPages, maxBytes: maxFileBytes, maxMemoryMb: readerMemoryMb },
        }),
  claim: (ctx, room) => claimJobs(ctx.db, new Date(ctx.now()), new Date(ctx.now() + leaseMs), room),
  work: async (task, { within, tool, signal }) => {
    const begun = await within((ctx) => begin(ctx, task));
    if (begun === null) return;
    if (begun.type !== 'document') return within((ctx) => settleJob(ctx, task, begun));
    if (tool === null) throw new Error('documents are read in live mode only');
    const extraction = await tool.read(begun.bytes, begun.hints);
    // Cut off by a server that stops: the job is begun again when its lease is over.
    if (signal.aborted) return;
    await within((ctx) => settleJob(ctx, task, extraction));
  },
});

/** What there is to read, or what is already known to become of it. */
type Begun = Extraction | { readonly type: 'document'; readonly bytes: Buffer; readonly hints: ReadingHints };

async function begin(ctx: Ctx, task: StageTask): Promise<Begun | null> {
  const job = await lockHeldJob(ctx.db, task.id, task.token);
  if (job === undefined) return null;
  if (job.attempt > maxAttempts) {
    return { type: 'failed', code: 'internal.error', message: 'Reading this document ended the reader several times.' };
  }
  if (ctx.mode === 'test') return fixtureOf(ctx, job);
  const bytes = await ctx.files.get(job.file_id);
  if (bytes === null) return { type: 'failed', code: 'file.corrupt', message: 'The uploaded file is no longer there.' };
  return { type: 'document', bytes, hints: readingHints(job.hints) };
}

function readingHints({ language, currency, country, documentType }: Hints): ReadingHints {
  return {
    ...(language === undefined ? {} : { language }),
    ...(currency === undefined ? {} : { currency }),
    ...(country === undefined ? {} : { country }),
    ...(documentType === undefined ? {} : { documentType }),
  };
}

async function fixtureOf(ctx: Ctx, job: JobRow): Promise<Extraction> {
  const file = await findFile(ctx.db, job.file_id);
  const client = await findClient(ctx.db, job.client_id);
  if (file === undefined || client === undefined) throw new Error(`the file or client of the job ${job.id} is gone`);
  return makeFixture({
    scenario: job.scenario ?? 'success',
    sha256: file.sha256.toString('hex'),
    pageCount: file.page_count ?? 1,
    hints: job.hints,
    client,
  });
}

import { hash } from 'node:crypto';
import { type Account, reserveCredit } from './account.ts';
import { note } from './audit-trail.ts';
import { noClient } from './client-context.ts';
import { holdClient } from './clients-repository.ts';
import { type Ctx, error } from './contract.ts';
import { insertFile, wasPaidBefore } from './files-repository.ts';
import { type Hints, refuseScenario } from './hints.ts';
import { countWaiting, type Given, insertJob, type JobRow, lockQueue } from './jobs-repository.ts';
import { type Scenario, scenarioDelayMs, scenarioOfName } from './scenarios.ts';
import { sniff } from './sniff.ts';

/** A document on its way in. */
export interface Arrival {
  readonly clientId: string;
  readonly file: { readonly name: string; readonly bytes: Buffer };
  readonly hints: Hints;
  readonly given: Given;
  readonly source: JobRow['source'];
}

/**
 * Takes a document in: the one way to a job, whoever sends it. Everything that it touches is of the caller's workspace and
 * mode, because his transaction sees nothing else: a client of another one is not there, and nothing is written.
 */
export async function ingest(ctx: Ctx, account: Account, { clientId, file, hints, given, source }: Arrival) {
  refuseScenario(hints, ctx.mode);
  const { contentType, pageCount } = sniff(file.bytes, ctx.settings.maxPages);
  await lockQueue(ctx.db, ctx.workspaceId);
  const client = await holdClient(ctx.db, clientId);
  if (client === undefined) throw noClient(ctx.mode, clientId);
  if (client.status === 'archived') {
    throw error('client.archived', 'This client is archived and takes no uploads; make it active first.');
  }
  await refuseFullQueue(ctx, account);
  const now = new Date(ctx.now());
  const sha256 = hash('sha256', file.bytes, 'buffer');
  const fileId = ctx.newId('file');
  const jobId = ctx.newId('job');
  const sourceFile = nameOf(file.name);
  const free = ctx.mode === 'test' || (await wasPaidBefore(ctx.db, clientId, sha256, fileId));
  if (!free) await reserveCredit(ctx);
  await ctx.files.put(fileId, file.bytes);
  await insertFile(ctx.db, {
    id: fileId,
    client_id: clientId,
    name: sourceFile,
    content_type: contentType,
    size_bytes: file.bytes.length,
    sha256,
    page_count: pageCount,
    uploaded_at: now,
  });
  const scenario = scenarioOf(ctx, hints, sourceFile);
  await enqueue(ctx, {
    id: jobId,
    kind: 'ingest',
    clientId,
    invoiceId: null,
    fileId,
    sourceFile,
    source,
    hints,
    given,
    scenario,
    creditsReserved: free ? 0 : 1,
  });
  note(ctx, { action: 'invoice.create', resource: { type: 'job', id: jobId }, clientId });
  return { jobId, status: 'processing' as const };
}

/** Queues a job; the stage hears of it when the call has committed. */
export async function enqueue(ctx: Ctx, job: Omit<Parameters<typeof insertJob>[1], 'createdAt' | 'dueAt'>) {
  const now = ctx.now();
  const delayMs = job.scenario === null ? 0 : scenarioDelayMs(job.scenario, ctx.settings.fixtureDelayMs);
  await insertJob(ctx.db, { ...job, createdAt: new Date(now), dueAt: new Date(now + delayMs) });
  ctx.wake(now + delayMs);
}

/** For who holds the queue. @throws `queue.depth_exceeded` */
export async function refuseFullQueue(ctx: Ctx, { queueDepth }: Account): Promise<void> {
  const depth = await countWaiting(ctx.db);
  if (depth < queueDepth) return;
  throw error('queue.depth_exceeded', `${depth} jobs of ${ctx.mode} mode are not over yet, as many as there may be.`, {
    // Two seconds a document, shared by those that are read at once.
    retryAfter: Math.max(5, Math.ceil((depth * 2) / ctx.settings.workers)),
    extra: { limit: queueDepth },
  });
}

function scenarioOf(ctx: Ctx, hints: Hints, fileName: string): Scenario | null {
  return ctx.mode === 'live' ? null : (hints.testScenario ?? scenarioOfName(fileName) ?? 'success');
}

/** The last part of a name, without what no file system and no header can carry, and what turns its letters around. */
function nameOf(name: string): string {
  const plain = name
    .slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1)
    .replaceAll(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, '')
    .trim();
  return /^\.*$/.test(plain) ? 'document' : plain.slice(-255).toWellFormed();
}

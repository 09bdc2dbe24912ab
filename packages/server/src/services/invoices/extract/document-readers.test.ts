import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { getPriority } from 'node:os';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isRunning } from '../../../core/db/embedded/occupant.ts';
import { type HostileFile, hostileFiles, pdfOf } from '../testing/hostile-files.ts';
import { makeInvoiceTruth } from '../testing/invoice-truth.ts';
import { type Layout, layouts, printInvoice } from '../testing/print-invoice.ts';
import { createDocumentReaders, type DocumentReaders } from './document-readers.ts';

describe('documents of strangers', () => {
  let readers: DocumentReaders;
  beforeAll(() => {
    readers = createDocumentReaders({ atOnce: 2 });
  });
  afterAll(() => readers.close());

  it('fail with their code, whatever they are built to do', async () => {
    const files = await hostileFiles();
    const answers = await Promise.all(
      files.map(async (file) => ({ file, extraction: await readers.read(file.bytes) })),
    );
    const said = answers.map(({ file, extraction }) => [
      file.name,
      extraction.type === 'failed' ? extraction.code : 'read',
    ]);
    expect(said).toEqual(files.map((file: HostileFile) => [file.name, file.code]));
  }, 150_000);

  it('are read beside hostile ones', async () => {
    const truth = makeInvoiceTruth(3);
    const honest = await printInvoice(truth, layouts[0] as Layout);
    const [bad, good] = await Promise.all([readers.read(new Uint8Array([1, 2, 3])), readers.read(honest)]);
    expect(bad.type).toBe('failed');
    expect(good.type === 'read' ? good.record.invoiceNumber?.value : good.code).toBe(truth.number);
  });

  it('that take too long are given up, and the next one is read', async () => {
    const hasty = createDocumentReaders({ atOnce: 1, bounds: { timeoutMs: 30 } });
    const long = await pdfOf((pdf) => {
      for (let page = 0; page < 40; page++) pdf.addPage().text('Rechnung '.repeat(900));
    });
    expect(await hasty.read(long)).toMatchObject({ type: 'failed', code: 'extract.timeout' });
    await hasty.close();
    expect(await hasty.read(long)).toMatchObject({ type: 'failed', code: 'internal.error' });
  });

  it('larger than is read are refused before a reader sees them', async () => {
    const small = createDocumentReaders({ bounds: { maxBytes: 100 } });
    expect(await small.read(new Uint8Array(101))).toMatchObject({ type: 'failed', code: 'file.too_large' });
    await small.close();
  });

  it('leave no process behind when the server is killed in the middle of one', async () => {
    const server = spawn(process.execPath, ['--input-type=module', '--eval', readsForLong], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(createInterface({ input: server.stdout }), 'line');
    const [reader] = readersOf(server.pid);
    expect(reader).toBeGreaterThan(0);
    server.kill('SIGKILL');
    await expect.poll(() => isRunning(reader ?? 0), { timeout: 20_000 }).toBe(false);
  }, 60_000);

  it.runIf(process.platform === 'linux')('are read by processes that give way to the server', async () => {
    const before = readersOf(process.pid);
    const one = createDocumentReaders({ atOnce: 1 });
    await one.read(new Uint8Array([1, 2, 3]));
    const [reader] = readersOf(process.pid).filter((pid) => !before.includes(pid));
    const threads = await readdir(`/proc/${reader}/task`);
    expect(threads.length).toBeGreaterThan(2);
    for (const thread of threads) expect(getPriority(Number(thread))).toBeGreaterThanOrEqual(10);
    expect(await readFile(`/proc/${reader}/oom_score_adj`, 'utf8')).toBe('1000\n');
    await one.close();
    expect(await isRunning(reader ?? 0)).toBe(false);
  });
});

const here = (file: string) => JSON.stringify(new URL(file, import.meta.url).href);

/** A server of which a line says that it reads. */
const readsForLong = `
  import { createDocumentReaders } from ${here('./document-readers.ts')};
  import { pdfOf } from ${here('../testing/hostile-files.ts')};
  const long = await pdfOf((pdf) => {
    for (let page = 0; page < 49; page++) pdf.addPage().text('Rechnung '.repeat(2000));
  });
  void createDocumentReaders().read(long);
  console.log('reading');
`;

/** The processes in which a server reads. */
function readersOf(server: number | undefined): number[] {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' });
  return stdout.split('\n').flatMap((line) => {
    const [pid, parent, ...args] = line.trim().split(/\s+/);
    return Number(parent) === server && args.some((each) => each.endsWith('reading-process.ts')) ? [Number(pid)] : [];
  });
}

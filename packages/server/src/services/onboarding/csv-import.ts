import { Type } from 'typebox';
import { ApiError } from '../../core/service.ts';
import { tellOf } from './bulk.ts';
import { type BulkFault, faultOf, maxBulkContacts, readBulkRow } from './bulk-input.ts';
import { type BulkOutcome, failed, storeBulk } from './bulk-store.ts';
import { type Ctx, error, operation } from './contract.ts';
import { checkColumns, readCells } from './csv-columns.ts';
import { type CsvLine, readCsv } from './csv-lines.ts';
import { nullable } from './schemas.ts';

const maxImportBytes = 256 * 1024 * 1024;
/** Customers of one transaction. */
const batchRows = 500;
/** More would tell nobody more. */
const maxErrors = 1_000;

const count = (description: string) => Type.Integer({ minimum: 0, description });
const fault = {
  line: Type.Integer({ minimum: 1, description: 'The line of the file.' }),
  code: Type.String({ description: 'What is wrong, for programs.' }),
  message: Type.String({ description: 'What to do about it.' }),
  field: nullable(Type.String(), 'The column to mend.'),
};

export const importCustomers = operation({
  id: 'onboarding.customers.import',
  summary: 'Import customers and their contacts from CSV',
  description:
    'Send the file as `text/csv` in UTF-8, up to 256 MB; it is read as it comes. The first line names the columns, those of an export. Lines that follow each other with one `slug` (or, without one, one name) are one customer with several people. Customers are found by their slug, as in the bulk request, and stored in batches: each whole or not at all. What is wrong with a line is reported with its number and harms no other; a file that breaks off in the middle says so, with the last line that was taken in; what came before stays.',
  tag: 'Customers',
  method: 'POST',
  path: '/customers/import',
  scope: '*',
  input: Type.Object({
    dry_run: Type.Boolean({ default: false, description: 'Only reads the file and says what is wrong with it.' }),
    content_type: Type.Optional(Type.String({ description: '`text/csv`.' })),
  }),
  headers: { content_type: 'content-type' },
  takesStream: true,
  output: Type.Object({
    object: Type.Literal('import_result', { description: 'What this is.' }),
    dry_run: Type.Boolean({ description: 'Whether nothing was stored on purpose.' }),
    customers: count('Customers that the file names.'),
    created: count('Customers that were made.'),
    updated: count('Customers that were changed.'),
    unchanged: count('Customers that were as the file says.'),
    failed: count('Customers of which nothing was stored.'),
    complete: Type.Boolean({ description: 'Whether the file was read to its end.' }),
    stopped: nullable(
      Type.Object(fault),
      'Why it was not; `line` is the last one that was taken in. Mend the file and send it again: what is there already is unchanged.',
    ),
    errors: Type.Array(Type.Object(fault), { description: `The first ${maxErrors} lines that are bad.` }),
  }),
  writes: true,
  errors: ['missing_field', 'invalid_type', 'invalid_string', 'invalid_json', 'body_too_large'],
  read: (input) => {
    const type = (input.content_type ?? '').split(';', 1)[0]?.trim().toLowerCase();
    if (type !== 'text/csv' && type !== 'application/csv') {
      throw error('invalid_json', 'Send the file as the body, with "Content-Type: text/csv".', {
        param: 'Content-Type',
      });
    }
    return { dryRun: input.dry_run };
  },
  run: (ctx, { dryRun }) => importFrom(ctx, dryRun),
});

/** Lines that are one customer. */
interface Group {
  readonly line: number;
  /** Whether the customer has more people than a row takes, and this is about the next of them. */
  readonly continues: boolean;
  readonly key: string;
  readonly fields: Record<string, unknown>;
  readonly contacts: Record<string, unknown>[];
}

type Outcome = BulkOutcome['outcome'];

/** Of a customer that came in several groups the first of these holds that became of one of them. */
const outcomesByWeight: readonly Outcome[] = ['created', 'updated', 'unchanged', 'failed'];

interface Report extends Record<Outcome, number> {
  customers: number;
  readonly errors: (BulkFault & { readonly line: number })[];
}

async function importFrom(ctx: Ctx, dryRun: boolean) {
  const report: Report = { customers: 0, created: 0, updated: 0, unchanged: 0, failed: 0, errors: [] };
  let stopped: (BulkFault & { line: number }) | null = null;
  let line = 1;
  let batch: Group[] = [];
  let last: Outcome | null = null;
  const flush = async (): Promise<void> => {
    last = await storeGroups(ctx, batch, report, dryRun, last);
    batch = [];
  };
  try {
    let columns: readonly string[] | null = null;
    for await (const csvLine of readCsv(ctx.stream(maxImportBytes))) {
      line = csvLine.line;
      if (columns === null) {
        columns = csvLine.cells.map((cell) => cell.trim());
        checkColumns(columns);
        continue;
      }
      const group = addLine(batch.at(-1), columns, csvLine, report);
      if (group === null) continue;
      if (group.continues || batch.length === batchRows) await flush();
      batch.push(group);
    }
    if (columns === null)
      throw error('missing_field', 'The file is empty; the first line names the columns.', { param: 'body' });
  } catch (thrown) {
    // Nothing was stored yet, so the whole request can be refused.
    if (!(thrown instanceof ApiError) || report.customers === 0) throw thrown;
    stopped = { line, ...faultOf(thrown) };
  }
  // What was read whole before the file broke off is as good as what was stored before.
  await flush();
  if (!dryRun) tellOf(ctx, 'customers_imported', report.created, report.updated);
  return { object: 'import_result' as const, dry_run: dryRun, ...report, complete: stopped === null, stopped };
}

/** Adds a line to the customer before it; if that is another one, or has enough people, it is the first of a group. */
function addLine(
  last: Group | undefined,
  columns: readonly string[],
  { line, cells }: CsvLine,
  report: Report,
): Group | null {
  try {
    if (cells.length > columns.length && cells.slice(columns.length).some((cell) => cell.trim() !== '')) {
      throw error('invalid_string', `The line has ${cells.length} cells, the first one ${columns.length}.`, {
        param: 'body',
      });
    }
    const { customer, contact } = readCells(columns, cells);
    const key = String(customer.slug ?? customer.name ?? '');
    const continues = last?.key === key;
    if (continues && last.contacts.length < maxBulkContacts) {
      if (contact !== null) last.contacts.push(contact);
      return null;
    }
    return { line, continues, key, fields: customer, contacts: contact === null ? [] : [contact] };
  } catch (thrown) {
    report.failed++;
    report.customers++;
    addError(report, line, faultOf(thrown));
    return null;
  }
}

/**
 * @param before what became of the customer that the first group may continue
 * @returns what became of the last one
 */
async function storeGroups(
  ctx: Ctx,
  groups: readonly Group[],
  report: Report,
  dryRun: boolean,
  before: Outcome | null,
): Promise<Outcome | null> {
  const outcomes: BulkOutcome[] = [];
  const rows = groups.flatMap(({ fields, contacts }, index) => {
    const read = readBulkRow({ ...fields, contacts }, index, 'slug');
    if ('row' in read) return [read.row];
    outcomes.push(failed({ index }, read.fault));
    return [];
  });
  if (!dryRun && rows.length > 0) outcomes.push(...(await ctx.separately((own) => storeBulk(own, rows, 'slug'))));
  report.customers += groups.filter(({ continues }) => !continues).length;
  let last = before;
  for (const { index, outcome, error: wrong } of outcomes.sort((a, b) => a.index - b.index)) {
    if (wrong !== null) addError(report, groups[index]?.line ?? 1, wrong);
    const known = groups[index]?.continues === true ? last : null;
    last = known === null ? outcome : (outcomesByWeight.find((one) => one === outcome || one === known) ?? known);
    if (known !== null) report[known]--;
    report[last]++;
  }
  return last;
}

function addError(report: Report, line: number, wrong: BulkFault): void {
  if (report.errors.length < maxErrors) report.errors.push({ line, ...wrong });
}

import { Type } from 'typebox';
import { rawOutput, StreamedBody } from '../../core/service.ts';
import { activityFilters, findFeed, readActivity } from './activity.ts';
import { type ActivityFilters, type ActivityRow, listActivityRows } from './activity-repository.ts';
import { type Ctx, operation } from './contract.ts';
import type { Change } from './diff.ts';
import type { Span } from './filters.ts';
import { formatInstant } from './instant.ts';
import { writeCsv } from './write-csv.ts';

/** Entries of one page, each read in a transaction of its own, so that a slow reader holds nothing up. */
const pageRows = 500;

const columns = [
  'timestamp',
  'actor',
  'actor_type',
  'mode',
  'event_type',
  'field',
  'old_value',
  'new_value',
  'onboarding_id',
  'request_id',
];

export const exportActivity = operation({
  id: 'onboarding.activity.export',
  summary: 'Export what happened to a customer as CSV',
  description:
    'One line for each field that changed, and one for each entry that changed none; newest first, written as it is read. A cell that a spreadsheet would take for a formula has an apostrophe before it.',
  tag: 'Activity',
  method: 'GET',
  path: '/customers/:customerId/activity/export',
  scope: '*',
  input: Type.Object(activityFilters),
  output: rawOutput('text/csv', { description: 'CSV in UTF-8.' }),
  errors: ['invalid_string', 'invalid_enum_value', 'customer_not_found'],
  read: readActivity,
  run: async (ctx, feed) => {
    const { customer, filters } = await findFeed(ctx, feed);
    return new StreamedBody('text/csv; charset=utf-8', linesOf(ctx, customer.id, filters, feed.span), {
      'content-disposition': `attachment; filename="activity-${customer.slug}.csv"`,
    });
  },
});

async function* linesOf(ctx: Ctx, customerId: string, filters: ActivityFilters, whole: Span): AsyncGenerator<string> {
  yield writeCsv([columns]);
  let span: Span | null = whole;
  while (span !== null && !ctx.signal.aborted) {
    const from: Span = span;
    const rows = await ctx.separately(({ db }) => listActivityRows(db, customerId, filters, from, pageRows));
    if (rows.length > 0) yield writeCsv(rows.flatMap(linesOfEntry));
    const last = rows.at(-1);
    span = rows.length < pageRows || last === undefined ? null : { ...from, after: { at: last.at, id: last.id } };
  }
}

const unchanged: Change = { field: '', old_value: null, new_value: null };

function linesOfEntry({ changes, ...row }: ActivityRow): string[][] {
  return (changes.length === 0 ? [unchanged] : changes).map(({ field, old_value, new_value }) => [
    formatInstant(row.at),
    row.actor,
    row.actor_type,
    row.mode,
    row.event_type,
    field,
    cell(old_value),
    cell(new_value),
    row.onboarding_id ?? '',
    row.request_id,
  ]);
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

import { Type } from 'typebox';
import { rawOutput, StreamedBody } from '../../core/service.ts';
import { listContactsOf } from './bulk-repository.ts';
import { type Ctx, operation } from './contract.ts';
import { exportColumns, writeCells } from './csv-columns.ts';
import { listCustomerRows } from './customers-repository.ts';
import { readSpan, type Span } from './filters.ts';
import { oneOf, statuses } from './schemas.ts';
import { writeCsv } from './write-csv.ts';

/** Customers of one page, each read in a transaction of its own, so that a slow reader holds nothing up. */
const pageRows = 500;

export const exportCustomers = operation({
  id: 'onboarding.customers.export',
  summary: 'Export customers and their contacts as CSV',
  description:
    'One line for each contact, with the customer before it, and one for each customer without any; newest first, written as it is read. A cell that a spreadsheet would take for a formula has an apostrophe before it, which an import takes off again.',
  tag: 'Customers',
  method: 'GET',
  path: '/customers/export',
  scope: '*',
  input: Type.Object({ status: Type.Optional(oneOf(statuses, 'Only customers of this status.')) }),
  output: rawOutput('text/csv', { description: 'CSV in UTF-8.' }),
  errors: ['invalid_enum_value'],
  run: async (ctx, { status = null }) =>
    new StreamedBody('text/csv; charset=utf-8', linesOf(ctx, status), {
      'content-disposition': 'attachment; filename="customers.csv"',
    }),
});

async function* linesOf(ctx: Ctx, status: string | null): AsyncGenerator<string> {
  yield writeCsv([exportColumns]);
  let span: Span | null = readSpan({});
  while (span !== null && !ctx.signal.aborted) {
    const from: Span = span;
    const { rows, lines } = await ctx.separately(async ({ db }) => {
      const page = await listCustomerRows(db, { status, slug: null, words: null }, from, pageRows);
      const contacts =
        page.length === 0
          ? []
          : await listContactsOf(
              db,
              page.map(({ id }) => id),
            );
      const byCustomer = Map.groupBy(contacts, ({ customer_id }) => customer_id);
      return {
        rows: page,
        lines: page.flatMap((row) => (byCustomer.get(row.id) ?? [null]).map((contact) => writeCells(row, contact))),
      };
    });
    if (lines.length > 0) yield writeCsv(lines);
    const last = rows.at(-1);
    span =
      rows.length < pageRows || last === undefined ? null : { ...from, after: { at: last.created_at, id: last.id } };
  }
}

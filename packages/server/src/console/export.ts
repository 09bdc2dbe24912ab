import { stringify } from 'csv-stringify/sync';
import { Type } from 'typebox';
import { type AuditRow, listAudit } from '../core/audit/list-audit.ts';
import { StreamedBody, spreadsheetCells } from '../core/service.ts';
import { auditFilterOf, auditFilterSchema } from './logs.ts';
import { type WorkspaceContext, workspaceOperation } from './operation.ts';

/** Read at a time; a file of any length needs the memory of one page. */
const pageRows = 200;

/** The audit log as a file, narrowed as the page is: every row that was there when it began, newest first. */
export const exportAudit = workspaceOperation({
  method: 'GET',
  path: '/audit/export',
  input: Type.Object({
    ...auditFilterSchema,
    format: Type.Union([Type.Literal('csv'), Type.Literal('jsonl')], { default: 'csv' }),
  }),
  run: async (ctx, { format, ...filter }) => {
    const { header, line, contentType } = formats[format];
    const pages = pagesOf(ctx, auditFilterOf(filter));
    // The first page is read before anything is answered, so that what is refused is refused as such.
    const first = await pages.next();
    const chunks = async function* (): AsyncGenerator<string> {
      yield header;
      for (let page = first; page.done !== true; page = await pages.next()) yield page.value.map(line).join('');
    };
    return new StreamedBody(contentType, chunks(), {
      'content-disposition': `attachment; filename="audit-log.${format}"`,
    });
  },
});

async function* pagesOf(
  ctx: WorkspaceContext,
  filter: ReturnType<typeof auditFilterOf>,
): AsyncGenerator<readonly AuditRow[], undefined> {
  let cursor: string | null = null;
  do {
    const place: { limit: number; cursor: string | null } = { limit: pageRows, cursor };
    const page = await listAudit(ctx.database, ctx.workspace.workspaceId, filter, place);
    yield page.rows;
    cursor = page.cursor;
  } while (cursor !== null);
}

const columns = [
  'at',
  'mode',
  'service',
  'operation',
  'method',
  'route',
  'status',
  'code',
  'durationMs',
  'requestId',
  'caller',
  'keyId',
  'actor',
  'address',
  'suppressed',
  'idempotencyKey',
  'idempotentReplay',
  'event',
  'target',
  'diff',
] as const satisfies (keyof AuditRow)[];

const formats = {
  csv: {
    contentType: 'text/csv; charset=utf-8',
    header: `${columns.join(',')}\n`,
    line: (row: AuditRow) => stringify([columns.map((column) => cellOf(row, column))], spreadsheetCells),
  },
  jsonl: {
    contentType: 'application/x-ndjson; charset=utf-8',
    header: '',
    line: (row: AuditRow) => `${JSON.stringify({ ...row, at: new Date(row.at).toISOString() })}\n`,
  },
} as const;

function cellOf(row: AuditRow, column: (typeof columns)[number]): string | number | null {
  if (column === 'target' || column === 'diff') return row[column] === null ? null : JSON.stringify(row[column]);
  if (column === 'idempotentReplay') return String(row.idempotentReplay);
  if (column === 'at') return new Date(row.at).toISOString();
  if (column === 'suppressed') return row.suppressed.map(({ name }) => name).join(' ');
  return row[column];
}

import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { error } from './contract.ts';

/** One record, and the line of the file that it begins at. */
export interface CsvLine {
  readonly line: number;
  readonly cells: readonly string[];
}

const maxRecordBytes = 128 * 1024;

/**
 * Reads CSV as it comes (RFC 4180, with any line ends and a byte order mark): nothing but the record under way is held.
 *
 * @throws `invalid_string` for what is not UTF-8 or no CSV, naming the line
 */
export async function* readCsv(bytes: AsyncIterable<Buffer>): AsyncGenerator<CsvLine> {
  const source = Readable.from(decoded(bytes));
  const parser = parse({
    bom: true,
    info: true,
    skip_empty_lines: true,
    relax_column_count: true,
    max_record_size: maxRecordBytes,
    record_delimiter: ['\r\n', '\n', '\r'],
  });
  // A pipe carries what is read and no failure.
  source.on('error', (failure) => parser.destroy(failure)).pipe(parser);
  let line = 1;
  let breaks = 0;
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
      yield { line, cells: record };
      // The parser counts a line break of two characters inside quotes as two.
      breaks += record.reduce((sum, cell) => sum + cell.split('\r\n').length - 1, 0);
      line = info.lines + 1 - breaks;
    }
  } catch (thrown) {
    throw thrown instanceof CsvError ? wordCsv(thrown) : thrown;
  } finally {
    source.destroy();
  }
}

async function* decoded(bytes: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let isFirst = true;
  for await (const chunk of bytes) {
    if (isFirst && ((chunk[0] === 0xff && chunk[1] === 0xfe) || (chunk[0] === 0xfe && chunk[1] === 0xff))) {
      throw notUtf8('The file is UTF-16');
    }
    isFirst = false;
    yield decode(() => decoder.decode(chunk, { stream: true }));
  }
  yield decode(() => decoder.decode());
}

function decode(read: () => string): string {
  let text: string;
  try {
    text = read();
  } catch {
    throw notUtf8('The file is not UTF-8');
  }
  if (text.includes('\u0000')) throw notUtf8('The file holds a NUL character');
  return text;
}

function notUtf8(what: string) {
  return error('invalid_string', `${what}; save it as CSV in UTF-8 and send it again.`, { param: 'body' });
}

function wordCsv(thrown: CsvError) {
  const { code, message, lines } = thrown as CsvError & { lines?: number };
  const said =
    code === 'CSV_MAX_RECORD_SIZE'
      ? `A record has more than ${maxRecordBytes} bytes; a quote may be missing.`
      : code === 'CSV_QUOTE_NOT_CLOSED'
        ? 'A quote is opened and never closed.'
        : message.replace(/ at line \d+.*$/s, '.');
  return error('invalid_string', `The file is no CSV${lines === undefined ? '' : ` at line ${lines}`}: ${said}`, {
    param: 'body',
  });
}

import { type InvoiceRecord, isReading, type Reading } from '../extraction.ts';

/** The same record with other readings, wherever they stand in it. */
export function mapReadings(
  record: InvoiceRecord,
  change: (reading: Reading<unknown>) => Reading<unknown>,
): InvoiceRecord {
  const walk = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(walk);
    if (value === null || typeof value !== 'object') return value;
    if (isReading(value)) return change(value);
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, walk(inner)]));
  };
  return walk(record) as InvoiceRecord;
}

import type { TSchema } from 'typebox';
import type { Operation } from './service.ts';

/** An operation that reads a list by pages, as somebody who knows nothing of the service can show it. */
export interface PagedList {
  readonly operation: string;
  readonly summary: string;
  /** Below the base path of the service. */
  readonly path: string;
  /** The field of the answer that holds the rows, and the one with the cursor of the next page. */
  readonly items: string;
  readonly next: string;
  /** The most rows that one call gives; `null` where it is not said. */
  readonly maxLimit: number | null;
  /** The fields of a row that hold one text, number or truth value. */
  readonly columns: readonly { readonly name: string; readonly description: string | null }[];
}

interface Schema {
  readonly type?: string;
  readonly const?: unknown;
  readonly description?: string;
  readonly maximum?: number;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
}

/** The list that an operation reads; `null` where it reads none, or only of something that the caller names. */
export function pagedListOf(operation: Operation): PagedList | null {
  const { id, summary, path, method, input, output } = operation;
  const isRead = method === 'GET' || (Array.isArray(method) && method.includes('GET'));
  if (!isRead || path.includes(':') || path.startsWith('//')) return null;
  const asked = schemaOf(input).properties ?? {};
  const needed = (schemaOf(input).required ?? []).filter((name) => asked[name]?.default === undefined);
  if (asked['cursor'] === undefined || needed.length > 0) return null;
  const answered = schemaOf(output).properties ?? {};
  const page = pageFieldsOf(answered);
  if (page === null) return null;
  const fields = Object.entries(answered[page.items]?.items?.properties ?? {});
  return {
    operation: id,
    summary,
    path,
    ...page,
    maxLimit: asked['limit']?.maximum ?? null,
    columns: fields
      .filter(([, schema]) => isScalar(schema))
      .map(([name, { description }]) => ({ name, description: description ?? null })),
  };
}

/** Which fields of an answer make it a page: the list, and the cursor of the next page. `null` where it is none. */
export function pageFieldsOf(
  properties: Readonly<Record<string, { readonly type?: unknown }>>,
): Pick<PagedList, 'items' | 'next'> | null {
  const fields = Object.entries(properties);
  const items = fields.find(([, { type }]) => type === 'array')?.[0];
  const next = fields.find(([name]) => /cursor/i.test(name))?.[0];
  return items === undefined || next === undefined ? null : { items, next };
}

/** What a schema says of itself is JSON Schema, whatever its static type. */
function schemaOf(schema: TSchema): Schema {
  return schema as Schema;
}

function isScalar({ type, const: one, anyOf }: Schema): boolean {
  if (anyOf !== undefined) return anyOf.every(isScalar);
  return ['string', 'integer', 'number', 'boolean', 'null'].includes(type ?? typeof one);
}

import type { Content } from './content.ts';
import type { Ctx } from './contract.ts';

/** What is sent, as its row is: the body and the values of headers are encrypted for this row alone. */
export interface MessageRow {
  readonly id: string;
  readonly url: string | null;
  readonly method: string | null;
  readonly sealed_headers: Buffer | null;
  readonly header_keys: readonly string[];
  readonly sealed_body: Buffer | null;
  readonly body_bytes: number;
  readonly content_type: string | null;
  readonly retry_policy: Content['retryPolicy'];
}

/** The row of what is sent. */
export function composeMessage(ctx: Pick<Ctx, 'newId' | 'sealer'>, content: Content): MessageRow {
  const id = ctx.newId('msg');
  const names = Object.keys(content.headers);
  return {
    id,
    url: content.url,
    method: content.method,
    sealed_headers: names.length === 0 ? null : ctx.sealer.seal(JSON.stringify(content.headers), id),
    header_keys: names,
    sealed_body: content.body === null ? null : ctx.sealer.seal(content.body, id),
    body_bytes: content.body === null ? 0 : Buffer.byteLength(content.body),
    content_type: content.contentType,
    retry_policy: content.retryPolicy,
  };
}

/** What a row says is sent, opened. */
export function openMessage({ sealer }: Pick<Ctx, 'sealer'>, row: MessageRow): Content {
  return {
    url: row.url,
    method: row.method,
    headers:
      row.sealed_headers === null
        ? {}
        : (JSON.parse(sealer.open(row.sealed_headers, row.id)) as Record<string, string>),
    body: row.sealed_body === null ? null : sealer.open(row.sealed_body, row.id),
    contentType: row.content_type,
    retryPolicy: row.retry_policy,
  };
}

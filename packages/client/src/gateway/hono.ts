import { comparableForm, unreadBody } from './comparable.ts';
import type { Gate, GateContext } from './gate.ts';
import { hasNoBody, kept } from './kept.ts';

/** Hono is known by its shape only. */
interface HonoContext<Names extends string> {
  readonly req: HonoRequest;
  res: Response;
  header(name: string, value: string): void;
  get(name: 'gate'): GateContext<Names> | undefined;
  set(name: 'gate', gate: GateContext<Names>): void;
}

interface HonoRequest {
  readonly raw: Request;
  readonly method: string;
  /** What was read of the body before, by how. */
  readonly bodyCache: Readonly<Record<string, unknown>>;
  header(name: string): string | undefined;
  text(): Promise<string>;
  formData(): Promise<FormData>;
}

/**
 * Hono: before your routes, which find the gate with `c.get('gate')`.
 *
 * @param options.address how the caller's address is known, such as from a header of your proxy
 * @example
 * app.use('/orders/*', honoGate(gate));
 */
export function honoGate<Names extends string>(
  gate: Gate<Names>,
  options: { readonly scope?: string; readonly address?: (request: Request) => string | undefined } = {},
) {
  return async (c: HonoContext<Names>, next: () => Promise<void>): Promise<Response | undefined> => {
    const { method, raw } = c.req;
    const { pathname, search } = new URL(raw.url);
    const admission = await gate.admit({
      method,
      url: pathname + search,
      header: (name) => c.req.header(name),
      body: () => bodyOf(c.req),
      address: options.address?.(raw),
      scope: options.scope,
      admitted: c.get('gate'),
    });
    if (admission.type === 'answer') {
      const { status, headers, body } = admission.answer;
      return new Response(hasNoBody(status) ? null : body, { status, headers });
    }
    c.set('gate', admission.context);
    await next();
    for (const [name, value] of Object.entries(admission.headers)) c.header(name, value);
    if (!admission.keeps) {
      void admission.settle();
      return undefined;
    }
    const { status, headers } = c.res;
    const whole = await c.res
      .clone()
      .arrayBuffer()
      .catch(async (error: unknown) => {
        await admission.settle();
        throw error;
      });
    await admission.settle(kept(status, Object.fromEntries(headers), new Uint8Array(whole)));
    return undefined;
  };
}

/** Leaves it to be read by handlers in whichever way: of a form that was read as text nothing is left. */
async function bodyOf(request: HonoRequest): Promise<unknown> {
  const { raw, bodyCache } = request;
  if (!raw.bodyUsed) return raw.body === null ? null : raw.clone().arrayBuffer();
  if (bodyCache.formData !== undefined) return comparableForm(await request.formData());
  return Object.keys(bodyCache).length > 0 ? request.text() : unreadBody;
}

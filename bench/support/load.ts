import autocannon from 'autocannon';

export interface Load {
  readonly perSecond: number;
  readonly p99Ms: number;
  readonly errors: number;
}

/** Loads one URL over `connections` kept-alive connections for some seconds, after three seconds of warm-up: a server that has answered fewer than some thousand requests runs unoptimised. */
export async function load(options: {
  url: string;
  headers?: Record<string, string>;
  connections?: number;
  seconds?: number;
  /** Another path for each request. */
  path?: (index: number) => string;
  /** Sent with POST, as JSON; a function makes another one for each request. */
  body?: string | ((index: number) => string);
}): Promise<Load> {
  const { url, headers = {}, connections = 64, path, body } = options;
  let index = 0;
  const once = (duration: number) =>
    autocannon({
      url,
      headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      connections,
      duration,
      ...(body === undefined ? {} : { method: 'POST' }),
      ...(typeof body === 'string' ? { body } : {}),
      ...(path === undefined && typeof body !== 'function'
        ? {}
        : {
            requests: [
              {
                setupRequest: (request) => {
                  const turn = index++;
                  return {
                    ...request,
                    ...(path === undefined ? {} : { path: path(turn) }),
                    ...(typeof body === 'function' ? { body: body(turn) } : {}),
                  };
                },
              },
            ],
          }),
    });
  await once(3);
  const result = await once(options.seconds ?? 4);
  return {
    perSecond: result.requests.average,
    p99Ms: result.latency.p99,
    errors: result.errors + result.timeouts + result.non2xx,
  };
}

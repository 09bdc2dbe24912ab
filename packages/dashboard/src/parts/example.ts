import type { Mode, ServiceInfo } from '../console/types.ts';

/** A request that answers something in any workspace, ready to run but for the key. */
export function exampleCurl(
  publicUrl: string,
  service: ServiceInfo | undefined,
  mode: Mode,
  path = examplePaths[service?.name ?? ''] ?? '',
): string {
  return curlOf(publicUrl, service, mode, { path });
}

export interface Example {
  /** Below the base path of the service. */
  readonly path: string;
  /** What is sent, as JSON. */
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
  /** A file that is sent in its stead. */
  readonly file?: string;
}

/** A request to a service of this installation, ready to run but for the key. */
export function curlOf(
  publicUrl: string,
  service: ServiceInfo | undefined,
  mode: Mode,
  { path, body, headers = {}, file }: Example,
): string {
  if (service === undefined) return `curl ${publicUrl}/healthz`;
  const key = `${service.prefix[mode]}…`;
  const sent = {
    ...(service.header === 'authorization' ? { authorization: `Bearer ${key}` } : { [service.header]: key }),
    ...headers,
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  };
  return [
    `curl '${publicUrl}${service.basePath}${path}'`,
    ...Object.entries(sent).map(([name, value]) => `-H '${name}: ${value}'`),
    ...(body === undefined ? [] : [`-d '${JSON.stringify(body)}'`]),
    ...(file === undefined ? [] : [`-F 'file=@${file}'`]),
  ].join(' \\\n  ');
}

const examplePaths: Readonly<Record<string, string>> = {
  randomness: '/ints?count=3&min=1&max=6',
  scheduler: '/me',
  onboarding: '/customers',
  invoices: '/invoices',
};

import type { Mode, ServiceInfo } from '../console/types.ts';

/** A request that answers something in any workspace, ready to run but for the key. */
export function exampleCurl(
  publicUrl: string,
  service: ServiceInfo | undefined,
  mode: Mode,
  path = examplePaths[service?.name ?? ''] ?? '',
): string {
  if (service === undefined) return `curl ${publicUrl}/healthz`;
  const key = `${service.prefix[mode]}…`;
  const header = service.header === 'authorization' ? `authorization: Bearer ${key}` : `${service.header}: ${key}`;
  return `curl '${publicUrl}${service.basePath}${path}' \\\n  -H '${header}'`;
}

const examplePaths: Readonly<Record<string, string>> = {
  randomness: '/ints?count=3&min=1&max=6',
  scheduler: '/me',
  onboarding: '/customers',
  invoices: '/invoices',
};

import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useScope } from '../shell/scope.ts';
import { type RequestOptions, request, requestFile } from './request.ts';
import type { Me, Mode, ServiceInfo } from './types.ts';

type Send = <T>(path: string, options?: RequestOptions) => Promise<T>;

/** Calls below one path. */
export interface Caller {
  readonly get: Send;
  readonly post: Send;
  readonly patch: Send;
  readonly put: Send;
  readonly delete: Send;
  readonly file: (path: string, options?: RequestOptions) => Promise<Blob>;
  readonly url: (path: string) => string;
}

/** The console's API in the workspace and mode that the address bar shows. */
export interface Console extends Caller {
  readonly workspaceId: string;
  readonly mode: Mode;
  /** The operations of a service, run in the person's name. */
  readonly service: (name: string) => Caller;
  /** What queries of this workspace and mode are kept under. */
  readonly key: (...parts: readonly unknown[]) => readonly unknown[];
}

export function useConsole(): Console {
  const { workspaceId, mode } = useScope();
  return useMemo(() => {
    const headers = { 'interlock-workspace': workspaceId };
    const base = `/console/v1`;
    return {
      workspaceId,
      mode,
      ...callerAt(base, headers),
      service: (name) => callerAt(`${base}/workspaces/${workspaceId}/${mode}/services/${name}`, {}),
      key: (...parts) => [workspaceId, mode, ...parts],
    };
  }, [workspaceId, mode]);
}

function callerAt(base: string, headers: Readonly<Record<string, string>>): Caller {
  const send =
    (method: string): Send =>
    (path, options = {}) =>
      request(method, base + path, { ...options, headers: { ...headers, ...options.headers } });
  return {
    get: send('GET'),
    post: send('POST'),
    patch: send('PATCH'),
    put: send('PUT'),
    delete: send('DELETE'),
    file: (path, options = {}) => requestFile(base + path, { ...options, headers: { ...headers, ...options.headers } }),
    url: (path) => base + path,
  };
}

export const meQuery = {
  queryKey: ['me'],
  queryFn: () => request<Me>('GET', '/console/v1/me'),
  staleTime: 60_000,
} as const;

export function useMe(): Me {
  return useSuspenseQuery(meQuery).data;
}

/** The services of this installation, and where it is reached. */
export function useServices(): { readonly publicUrl: string; readonly services: readonly ServiceInfo[] } {
  const { data } = useQuery({
    queryKey: ['services'],
    queryFn: () => request<{ publicUrl: string; services: ServiceInfo[] }>('GET', '/console/v1/services'),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return data ?? { publicUrl: window.location.origin, services: [] };
}

/** Whether the person may administer the workspace he is in; the server holds it against each call all the same. */
export function useIsAdmin(): boolean {
  const { role } = useScope();
  return role !== 'member';
}

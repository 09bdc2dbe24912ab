import { useSearch } from '@tanstack/react-router';
import { useGo } from '../shell/use-go.ts';

/** A filter that stands in the address bar, so that a link shows what its sender saw. */
export function useFilter(name: string): [string | null, (value: string | null) => void] {
  const search = useSearch({ strict: false }) as Readonly<Record<string, string | undefined>>;
  const go = useGo();
  const set = (value: string | null): void =>
    void go({
      to: '.',
      search: (now) => ({ ...now, [name]: value ?? undefined }),
      replace: true,
    });
  return [search[name] ?? null, set];
}

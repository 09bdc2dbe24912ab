import { useNavigate } from '@tanstack/react-router';
import { useCallback } from 'react';
import type { Filters } from '../parts/screen-link.tsx';

interface Destination {
  readonly to: string;
  readonly search?: Filters | ((now: Filters) => Filters);
  readonly replace?: boolean;
}

/** Goes to a screen; the routes are a table, so the router's types know none of them. */
export function useGo(): (destination: Destination) => Promise<void> {
  const navigate = useNavigate();
  return useCallback((destination) => navigate(destination as Parameters<typeof navigate>[0]), [navigate]);
}

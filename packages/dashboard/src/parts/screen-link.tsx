import { Link } from '@tanstack/react-router';
import type { ReactNode, Ref } from 'react';

/** What stands behind `?` in the address bar. */
export type Filters = Readonly<Record<string, string | undefined>>;

interface ScreenLinkProps {
  readonly to: string;
  readonly params?: Readonly<Record<string, string>>;
  readonly search?: Filters;
  readonly className?: string;
  readonly draggable?: boolean;
  readonly children?: ReactNode;
  readonly ref?: Ref<HTMLAnchorElement>;
}

/** A link to a screen, which keeps the mode. The routes are a table, so the router's types know none of them. */
export const ScreenLink = Link as unknown as (props: ScreenLinkProps) => ReactNode;

import { fragment } from '../../core/service.ts';
import type { MetadataFilter, Span } from './filters.ts';

/** Fields with the values that will do: every choice has to be met, by one of its facets. */
export type Facets = readonly (readonly string[])[];

/**
 * The ids of what is found, to be joined: `$1` words, `$2` facets as JSON, `$3` since when, `$4` and `$5` the place, `$6` how
 * many.
 */
export const matchingCustomers = fragment`onboarding_matching('customer', $1, $2, $3, $4, $5, $6)`;
export const matchingOnboardings = fragment`onboarding_matching('onboarding', $1, $2, $3, $4, $5, $6)`;

export function matchingValues(words: string, facets: Facets, { after, since }: Span, count: number): unknown[] {
  return [words, JSON.stringify(facets), since, after.at, after.id, count];
}

/** What rows carry as facets of their own (`0003_search.sql`). */
export const facet = (field: string, value: string | null): Facets => (value === null ? [] : [[`${field}=${value}`]]);

export const metadataFacets = (filters: readonly MetadataFilter[]): Facets =>
  filters.map(({ key, values }) => values.map((value) => `metadata.${key}=${value}`));

import type { Evidence } from './types.ts';

const sources = { xml: 'XML', text: 'text', ocr: 'recognised text' } as const;

/** How sure a value is and what it was read from, in words. */
export function wordsOf(evidence: Evidence | undefined): string {
  if (evidence === undefined) return 'not read from the document';
  const { confidence, source, page, verified } = evidence;
  return [
    `${Math.round(confidence * 100)} % sure`,
    sources[source],
    ...(page === null ? [] : [`page ${page}`]),
    ...(verified ? ['✓ checked'] : []),
  ].join(', ');
}

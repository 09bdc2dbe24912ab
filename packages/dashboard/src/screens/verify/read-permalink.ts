/** The short id, and what a test outcome is computed from, in a permalink or a bare id. */
export function readPermalink(text: string): { shortId: string; t?: string } {
  const trimmed = text.trim();
  const [, shortId = trimmed] = /\/o\/([^/?#]+)/.exec(trimmed) ?? [];
  const t = /[?&]t=([^&#]+)/.exec(trimmed)?.[1];
  return t === undefined ? { shortId } : { shortId, t: decodeURIComponent(t) };
}

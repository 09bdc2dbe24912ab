/** What `--expires` says. */
export type ExpiryReading =
  | { readonly ok: true; readonly value: number | null }
  | { readonly ok: false; readonly message: string };

const unitMs: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 };

/** Reads a time of the calendar (UTC unless it names an offset), a span from now, or `never`. */
export function readExpiry(text: string, now: number): ExpiryReading {
  if (text === 'never') return { ok: true, value: null };
  const span = /^(\d{1,5})([mhdw])$/.exec(text);
  if (span?.[1] !== undefined && span[2] !== undefined) {
    return inFuture(now + Number(span[1]) * (unitMs[span[2]] ?? 0), now);
  }
  const date = /^(\d{4}-\d{2}-\d{2})(?:T\d{2}:\d{2}(?::\d{2})?(?:\.\d{1,3})?(?:Z|[+-]\d{2}:\d{2}))?$/.exec(text);
  const at = date === null ? Number.NaN : Date.parse(text);
  const day = date === null ? Number.NaN : Date.parse(`${date[1]}T00:00:00Z`);
  // The parser carries 31 April over into May; a day that is not in the calendar is a mistake.
  if (Number.isNaN(at) || Number.isNaN(day) || new Date(day).toISOString().slice(0, 10) !== date?.[1]) {
    return {
      ok: false,
      message: 'Give a time such as 2027-01-31 or 2027-01-31T12:00:00Z, a span such as 90d, or never.',
    };
  }
  return inFuture(at, now);
}

function inFuture(at: number, now: number): ExpiryReading {
  return at > now ? { ok: true, value: at } : { ok: false, message: 'The expiry must lie in the future.' };
}

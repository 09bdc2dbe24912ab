interface Price {
  readonly unit_amount?: number | null;
  readonly nickname?: string | null;
  readonly id?: string;
  readonly recurring?: { readonly interval?: string; readonly interval_count?: number } | null;
}

interface Item {
  readonly quantity?: number;
  readonly price?: Price;
}

/** Intervals of Stripe in a month. */
const perMonth: Readonly<Record<string, number>> = { day: 365 / 12, week: 365 / 84, month: 1, year: 1 / 12 };

/**
 * What a subscription of Stripe brings in each month, in the minor unit of its currency, and what its first price is called.
 * Prices that are metered or in tiers have no amount and count as nothing.
 */
export function monthlyRevenue(subscription: Readonly<Record<string, unknown>>): {
  readonly revenue: number;
  readonly plan: string | null;
} {
  const { data } = (subscription.items ?? {}) as { data?: unknown };
  const items = (Array.isArray(data) ? data : []) as readonly Item[];
  const revenue = items.reduce((sum, item) => sum + ofItem(item), 0);
  const { nickname, id } = items[0]?.price ?? {};
  const isWhole = Number.isSafeInteger(Math.round(revenue));
  return { revenue: isWhole ? Math.max(0, Math.round(revenue)) : 0, plan: nickname ?? id ?? null };
}

function ofItem({ quantity = 1, price }: Item): number {
  const { interval = 'month', interval_count = 1 } = price?.recurring ?? {};
  const times = (perMonth[interval] ?? 0) / Math.max(1, interval_count);
  return (price?.unit_amount ?? 0) * quantity * times;
}

/** What a test upload can be told to become, each with what happens (specification 8.2). */
export const scenarios = {
  success: 'the canned invoice',
  failed: 'the job fails',
  ocr_unavailable: 'the job fails like during an outage of text recognition',
  timeout: 'the job fails after five seconds',
  slow: 'the canned invoice after ten seconds',
  not_an_invoice: 'the job fails because the document is something else',
  low_confidence: 'an invoice that somebody has to look at, with two fields unread',
  totals_mismatch: 'an invoice whose totals do not add up',
  duplicate: 'an invoice that has come before',
  credit_note: 'a credit note with negative lines',
  reverse_charge: 'an invoice without tax from another country',
  foreign_currency: 'an invoice in US dollars with an exchange rate',
  no_line_items: 'an invoice of totals alone',
  many_lines: '250 lines over six pages',
  new_seller: 'an invoice from a seller who has not been seen before',
  reprocess_failed: 'the canned invoice, whose next reprocess fails',
} as const;

export type Scenario = keyof typeof scenarios;

export const scenarioNames = Object.keys(scenarios) as Scenario[];

/** What platforms without forms can write into a file's name: `invoice.testscenario-failed.pdf`. */
export function scenarioOfName(fileName: string): Scenario | null {
  const named = /\.testscenario-([a-z_]+)\./i.exec(fileName)?.[1]?.toLowerCase();
  return scenarioNames.find((name) => name === named) ?? null;
}

/** How long a scenario takes, in milliseconds. */
export function scenarioDelayMs(scenario: Scenario, fixtureDelayMs: number): number {
  if (scenario === 'timeout') return 5_000;
  return scenario === 'slow' ? 10_000 : fixtureDelayMs;
}

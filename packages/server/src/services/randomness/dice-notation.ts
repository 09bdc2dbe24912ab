/** So many dice of so many sides, and what is added to their sum. */
export interface Dice {
  readonly dice: number;
  readonly sides: number;
  readonly modifier: number;
}

/**
 * Reads `3d6+2`, `d20` or `2D8 - 1`; `null` when the text is no dice notation. Bounds are the caller's to check. A plus
 * that is typed into a URL arrives as a space, so `3d6 2` is read as `3d6+2`.
 */
export function parseDice(notation: string): Dice | null {
  const match = /^(\d+)?d(\d+)(?:(?:\s*([+-])\s*|\s+)(\d+))?$/i.exec(notation);
  if (match === null) return null;
  const [, dice = '1', sides = '', sign = '+', amount = '0'] = match;
  const magnitude = Number(amount);
  // Not −0, which would be another value than 0 to a strict comparison.
  const modifier = sign === '-' && magnitude > 0 ? -magnitude : magnitude;
  return { dice: Number(dice), sides: Number(sides), modifier };
}

/** The one spelling of these dice: `NdM`, `NdM+K` or `NdM-K`. */
export function formatDice({ dice, sides, modifier }: Dice): string {
  if (modifier === 0) return `${dice}d${sides}`;
  return `${dice}d${sides}${modifier > 0 ? '+' : ''}${modifier}`;
}

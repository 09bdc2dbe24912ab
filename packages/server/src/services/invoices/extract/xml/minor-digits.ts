/** How many digits after the point an amount of a currency has, by ISO 4217. */
export function minorDigitsOf(currency: string | null): number {
  return (currency === null ? undefined : DIGITS.get(currency)) ?? 2;
}

const NONE = 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF';
const THREE = 'BHD IQD JOD KWD LYD OMR TND';
const FOUR = 'CLF UYW';
const DIGITS = new Map<string, number>([
  ...NONE.split(' ').map((currency) => [currency, 0] as const),
  ...THREE.split(' ').map((currency) => [currency, 3] as const),
  ...FOUR.split(' ').map((currency) => [currency, 4] as const),
]);

/** The generators, by the name that an outcome carries. */
export const endpoints = ['floats', 'ints', 'shuffle', 'pick', 'bytes', 'dice', 'gaussian', 'uuid'] as const;

export type Endpoint = (typeof endpoints)[number];

/** Any JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** What is to be drawn, in canonical form: every default applied, every bound checked. */
export type DrawRequest =
  | { readonly endpoint: 'floats'; readonly count: number }
  | {
      readonly endpoint: 'ints';
      readonly count: number;
      readonly min: number;
      readonly max: number;
      readonly unique: boolean;
    }
  | { readonly endpoint: 'shuffle'; readonly items: readonly Json[] }
  | {
      readonly endpoint: 'pick';
      readonly items: readonly Json[];
      /** Plain decimals without needless zeros, such as `0.5`. */
      readonly weights: readonly string[] | null;
    }
  | { readonly endpoint: 'bytes'; readonly count: number; readonly encoding: 'hex' | 'base64' }
  | { readonly endpoint: 'dice'; readonly dice: number; readonly sides: number; readonly modifier: number }
  | GaussianRequest
  | { readonly endpoint: 'uuid'; readonly count: number };

export type GaussianRequest =
  | {
      readonly endpoint: 'gaussian';
      readonly count: number;
      readonly distribution: 'normal';
      readonly mean: number;
      readonly stddev: number;
    }
  | {
      readonly endpoint: 'gaussian';
      readonly count: number;
      readonly distribution: 'exponential' | 'poisson';
      readonly lambda: number;
    };

export function isEndpoint(value: unknown): value is Endpoint {
  return (endpoints as readonly unknown[]).includes(value);
}

import type { GaussianRequest } from './request.ts';
import type { DrawStream } from './stream.ts';

/** Samples of a distribution (specification 4.4), in the order in which the stream gives them. */
export function sampleGaussian(stream: DrawStream, request: GaussianRequest): number[] {
  if (request.distribution === 'normal') return sampleNormal(stream, request);
  const sample = request.distribution === 'exponential' ? sampleExponential : samplePoisson;
  return Array.from({ length: request.count }, () => sample(stream, request.lambda));
}

/** Box–Muller: two words give two values; the second of the last pair is dropped when the count is odd. */
function sampleNormal(stream: DrawStream, { count, mean, stddev }: Normal): number[] {
  const values: number[] = [];
  while (values.length < count) {
    const radius = Math.sqrt(-2 * Math.log(positive(stream)));
    const angle = 2 * Math.PI * (stream.word() / 2 ** 32);
    values.push(round(mean + stddev * (radius * Math.cos(angle))));
    if (values.length < count) values.push(round(mean + stddev * (radius * Math.sin(angle))));
  }
  return values;
}

type Normal = Extract<GaussianRequest, { distribution: 'normal' }>;

function sampleExponential(stream: DrawStream, lambda: number): number {
  return round(-Math.log(positive(stream)) / lambda);
}

/** Knuth's product of uniforms. */
function samplePoisson(stream: DrawStream, lambda: number): number {
  const limit = Math.exp(-lambda);
  let events = 0;
  let product = 1;
  do {
    events += 1;
    product *= positive(stream);
  } while (product > limit);
  return events - 1;
}

/** A uniform value above 0 and up to 1. */
function positive(stream: DrawStream): number {
  return (stream.word() + 1) / 2 ** 32;
}

/** To 12 significant digits, because mathematics libraries differ in the last bit; never −0. */
function round(value: number): number {
  return Number(value.toPrecision(12)) + 0;
}

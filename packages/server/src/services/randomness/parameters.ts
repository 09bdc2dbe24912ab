import { formatDice, parseDice } from './dice-notation.ts';
import { isList, type Refusal, readItems, readList, refusal } from './items.ts';
import type { DrawRequest, Endpoint } from './request.ts';
import { normaliseWeight, scaleWeights } from './weights.ts';

export { readClientSeed } from './client-seed.ts';

/** Parameters whose types a schema has checked: numbers are numbers, lists are texts or arrays. */
export type DrawInput = Readonly<Record<string, unknown>>;

/**
 * Reads a generator's parameters into their canonical form, or says what the caller has to mend. Defaults are applied
 * and every bound is checked here (specification 3.2, 3.3, 10); members that the generator does not use are ignored.
 *
 * @example
 * readDraw('dice', { notation: 'd20' }); // { ok: true, request: { endpoint: 'dice', dice: 1, sides: 20, modifier: 0 } }
 */
export function readDraw(
  endpoint: Endpoint,
  input: DrawInput,
): { readonly ok: true; readonly request: DrawRequest } | Refusal {
  const request = readers[endpoint](input);
  return 'ok' in request ? request : { ok: true, request };
}

/**
 * The one text of a request's parameters: compact JSON in the key order of specification 5.2. Fixtures are derived from
 * it and receipts bind it, so it never changes for a given request.
 */
export function canonicalParameters(request: DrawRequest): string {
  switch (request.endpoint) {
    case 'floats':
    case 'uuid':
      return `{"count":${request.count}}`;
    case 'ints': {
      const { count, min, max, unique } = request;
      return `{"count":${count},"min":${min},"max":${max}${unique ? ',"unique":true' : ''}}`;
    }
    case 'shuffle':
      return JSON.stringify({ items: request.items });
    case 'pick':
      return JSON.stringify({ items: request.items, weights: request.weights });
    case 'bytes':
      return `{"count":${request.count},"encoding":"${request.encoding}"}`;
    case 'dice':
      return `{"notation":"${formatDice(request)}"}`;
    case 'gaussian':
      return request.distribution === 'normal'
        ? `{"count":${request.count},"distribution":"normal","mean":${request.mean},"stddev":${request.stddev}}`
        : `{"count":${request.count},"distribution":"${request.distribution}","lambda":${request.lambda}}`;
  }
}

const maxCount = 100;
const maxBytes = 1024;
const maxRange = 2 ** 32;
const maxDice = 100;
const maxSides = 1_000_000;
const maxModifier = 1_000_000;
const maxMagnitude = 1e12;
const maxPoissonLambda = 100;
// Below it a sample, −ln(u)/λ, could leave the range of a double.
const minLambda = 1e-300;

type Reader = (input: DrawInput) => DrawRequest | Refusal;

const readers: Readonly<Record<Endpoint, Reader>> = {
  floats: (input) => readCounted(input, (count) => ({ endpoint: 'floats', count })),
  uuid: (input) => readCounted(input, (count) => ({ endpoint: 'uuid', count })),
  ints: (input) => readCounted(input, (count) => readInts(input, count)),
  gaussian: (input) => readCounted(input, (count) => readGaussian(input, count)),
  shuffle(input) {
    const items = readItems(input.items);
    return isList(items) ? { endpoint: 'shuffle', items } : items;
  },
  pick(input) {
    const items = readItems(input.items);
    if (!isList(items)) return items;
    const given = input.weights;
    if (given === undefined || given === null) return { endpoint: 'pick', items, weights: null };
    const weights = readWeights(given, items.length);
    return isList(weights) ? { endpoint: 'pick', items, weights } : weights;
  },
  bytes(input) {
    const count = readInteger(input, 'count', 32, 1, maxBytes);
    if (typeof count !== 'number') return count;
    const { encoding = 'hex' } = input;
    if (encoding === 'hex' || encoding === 'base64') return { endpoint: 'bytes', count, encoding };
    return refusal('encoding', '"encoding" must be hex or base64.');
  },
  dice: (input) => readNotation(input.notation),
};

function readCounted(input: DrawInput, then: (count: number) => DrawRequest | Refusal): DrawRequest | Refusal {
  const count = readInteger(input, 'count', 1, 1, maxCount);
  return typeof count === 'number' ? then(count) : count;
}

function readInts(input: DrawInput, count: number): DrawRequest | Refusal {
  const min = readInteger(input, 'min', 1, 0, Number.MAX_SAFE_INTEGER);
  if (typeof min !== 'number') return min;
  const max = readInteger(input, 'max', 100, 1, Number.MAX_SAFE_INTEGER);
  if (typeof max !== 'number') return max;
  if (min > max) return refusal('min', `"min" is ${min} and "max" is ${max}; "min" must not be above "max".`);
  const size = max - min + 1;
  if (size > maxRange) {
    return refusal('max', `"min" to "max" is a range of ${size} integers; at most ${maxRange} (2^32) are allowed.`);
  }
  const { unique = false } = input;
  if (typeof unique !== 'boolean') return refusal('unique', '"unique" must be true or false.');
  if (unique && count > size) {
    return refusal('count', `Only ${size} different integers lie between "min" and "max"; ask for at most that many.`);
  }
  return { endpoint: 'ints', count, min, max, unique };
}

function readGaussian(input: DrawInput, count: number): DrawRequest | Refusal {
  const { distribution = 'normal' } = input;
  if (distribution === 'normal') {
    const mean = readNumber(input, 'mean', 0);
    if (typeof mean !== 'number') return mean;
    const stddev = readNumber(input, 'stddev', 1);
    if (typeof stddev !== 'number') return stddev;
    if (stddev <= 0) return refusal('stddev', '"stddev" must be above 0.');
    return { endpoint: 'gaussian', count, distribution, mean, stddev };
  }
  if (distribution !== 'exponential' && distribution !== 'poisson') {
    return refusal('distribution', '"distribution" must be normal, exponential or poisson.');
  }
  const lambda = readNumber(input, 'lambda', 1);
  if (typeof lambda !== 'number') return lambda;
  if (lambda <= 0) return refusal('lambda', '"lambda" must be above 0.');
  if (lambda < minLambda) return refusal('lambda', `"lambda" must be at least ${minLambda}.`);
  if (distribution === 'poisson' && lambda > maxPoissonLambda) {
    return refusal('lambda', `"lambda" must be at most ${maxPoissonLambda} for a poisson distribution.`);
  }
  return { endpoint: 'gaussian', count, distribution, lambda };
}

function readNotation(value: unknown): DrawRequest | Refusal {
  if (value === undefined) return refusal('notation', '"notation" is missing; write it as 3d6 or 2d20+5.');
  const parsed = typeof value === 'string' ? parseDice(value) : null;
  if (parsed === null) {
    return refusal('notation', '"notation" must look like 3d6, d20, 2d8-1 or 3d6+2.');
  }
  const { dice, sides, modifier } = parsed;
  if (dice < 1 || dice > maxDice) return refusal('notation', `"notation" must ask for 1 to ${maxDice} dice.`);
  if (sides < 2 || sides > maxSides) return refusal('notation', `"notation" must give dice 2 to ${maxSides} sides.`);
  if (Math.abs(modifier) > maxModifier) {
    return refusal('notation', `The modifier in "notation" must lie between -${maxModifier} and ${maxModifier}.`);
  }
  return { endpoint: 'dice', dice, sides, modifier };
}

function readWeights(value: unknown, itemCount: number): readonly string[] | Refusal {
  const list = readList('weights', value);
  if (!isList(list)) return list;
  if (list.length !== itemCount) {
    return refusal('weights', `"weights" holds ${list.length} entries for ${itemCount} items; give one for each item.`);
  }
  const weights: string[] = [];
  for (const [index, entry] of list.entries()) {
    const weight = normaliseWeight(entry);
    if ('problem' in weight) return refusal('weights', `Entry ${index + 1} of "weights" ${weight.problem}.`);
    weights.push(weight.decimal);
  }
  if (scaleWeights(weights) !== null) return weights;
  return weights.every((weight) => weight === '0')
    ? refusal('weights', 'All of "weights" are 0; make at least one larger.')
    : refusal('weights', '"weights" sum to more than 2^53 - 1 once they are whole numbers; use fewer digits.');
}

function readInteger(input: DrawInput, param: string, fallback: number, min: number, max: number): number | Refusal {
  const value = input[param] === undefined ? fallback : input[param];
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < min || value > max) {
    const bounds = max === Number.MAX_SAFE_INTEGER ? `of ${min} or more` : `from ${min} to ${max}`;
    return refusal(param, `"${param}" must be a whole number ${bounds}.`);
  }
  // Adding zero turns −0 into 0.
  return value + 0;
}

function readNumber(input: DrawInput, param: string, fallback: number): number | Refusal {
  const value = input[param] === undefined ? fallback : input[param];
  if (typeof value !== 'number' || !Number.isFinite(value) || Math.abs(value) > maxMagnitude) {
    return refusal(param, `"${param}" must be a number between -${maxMagnitude} and ${maxMagnitude}.`);
  }
  return value + 0;
}

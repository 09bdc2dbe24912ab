import type { FinerRefusal } from './errors.ts';

/** A schema violation in the form of JSON Schema validators. */
export interface Violation {
  readonly keyword: string;
  readonly instancePath: string;
  readonly params: object;
  readonly message: string;
}

/** What is wrong with a field, in the words by which dialects may tell refusals apart. */
type ViolationKind = Extract<
  FinerRefusal,
  'unknown_field' | 'missing_field' | 'wrong_type' | 'unknown_word' | 'bad_text' | 'too_small' | 'too_big'
>;

export interface DescribedViolation {
  readonly param: string;
  readonly message: string;
  readonly kind: ViolationKind;
}

const kinds: Readonly<Record<string, ViolationKind>> = {
  minimum: 'too_small',
  exclusiveMinimum: 'too_small',
  minLength: 'too_small',
  minItems: 'too_small',
  minProperties: 'too_small',
  maximum: 'too_big',
  exclusiveMaximum: 'too_big',
  maxLength: 'too_big',
  maxItems: 'too_big',
  maxProperties: 'too_big',
  pattern: 'bad_text',
  format: 'bad_text',
  const: 'unknown_word',
  enum: 'unknown_word',
};

/** The field a caller has to mend, as he spells it, a sentence that says how, and what kind of fault it is. */
export function describeViolation(
  violations: readonly Violation[],
  input: Readonly<Record<string, unknown>>,
): DescribedViolation {
  // `boolean` repeats an unknown field, and the members of a union follow the union that matters.
  const violation =
    violations.find((candidate) => candidate.keyword === 'additionalProperties') ??
    violations.find((candidate) => candidate.keyword === 'anyOf') ??
    violations.find((candidate) => candidate.keyword !== 'boolean') ??
    violations[0];
  if (violation === undefined) return { param: 'body', message: 'The input is not valid.', kind: 'wrong_type' };
  const at = fieldOf(violation.instancePath);
  const params = violation.params as Record<string, unknown>;
  const inside = (name: unknown): string => (at === '' ? String(name) : `${at}.${String(name)}`);

  switch (violation.keyword) {
    case 'required': {
      const param = inside((params['requiredProperties'] as string[])[0]);
      return { param, message: `"${param}" is missing.`, kind: 'missing_field' };
    }
    case 'additionalProperties': {
      const param = inside((params['additionalProperties'] as string[])[0]);
      return {
        param,
        message: `"${param}" is not a field of this operation; leave it out or check its spelling.`,
        kind: 'unknown_field',
      };
    }
    case 'anyOf': {
      const constants = violations.filter(
        (other) => other.keyword === 'const' && other.instancePath === violation.instancePath,
      );
      if (constants.length === 0) {
        const types = violations
          .filter((other) => other.keyword === 'type' && other.instancePath === violation.instancePath)
          .map((other) => String((other.params as { type?: unknown }).type));
        // What may be null and is not: the fault lies inside.
        const within = violations.filter((other) => other.instancePath.startsWith(`${violation.instancePath}/`));
        if (types.join() === 'null' && within.length > 0) return describeViolation(within, input);
        // Of a type that will do, and too long or too small: that is its fault, not its type.
        const bound = violations.filter(
          (other) => other.instancePath === violation.instancePath && Object.hasOwn(kinds, other.keyword),
        );
        if (bound.length > 0) return describeViolation(bound, input);
        return {
          param: at,
          message: `"${at}" must be ${types.length > 0 ? listed(types, 'or') : 'of another form'}.`,
          kind: 'wrong_type',
        };
      }
      const words = constants.map((other) => JSON.stringify((other.params as { allowedValue?: unknown }).allowedValue));
      return {
        param: at,
        message: `"${at}" must be ${listed(words, 'or')}; ${shown(valueAt(input, violation.instancePath))} is not.`,
        kind: typeof valueAt(input, violation.instancePath) === 'string' ? 'unknown_word' : 'wrong_type',
      };
    }
    default:
      return {
        param: at === '' ? 'body' : at,
        message: `"${at === '' ? 'body' : at}" ${wanted(violation)}; ${shown(valueAt(input, violation.instancePath))} was sent.`,
        kind: kinds[violation.keyword] ?? 'wrong_type',
      };
  }
}

/** The library names a format, which is not how to write one. */
function wanted({ keyword, params, message }: Violation): string {
  const written = keyword === 'format' ? formats[String((params as { format?: unknown }).format)] : undefined;
  return written === undefined ? message : `must be ${written}`;
}

const formats: Readonly<Record<string, string>> = {
  'date-time': 'a date and time with its zone, such as 2026-12-01T10:00:00Z',
  date: 'a date, such as 2026-12-01',
  time: 'a time with its zone, such as 10:00:00Z',
  duration: 'a duration, such as PT1H30M',
  email: 'an e-mail address, such as ada@example.com',
  uri: 'an absolute URI, such as https://example.com/hook',
  url: 'an absolute URL, such as https://example.com/hook',
  uuid: 'a UUID, such as 7d444840-9dc0-11d1-b245-5ffdce74fad2',
  ipv4: 'an IPv4 address, such as 192.0.2.1',
  ipv6: 'an IPv6 address, such as 2001:db8::1',
  hostname: 'the name of a host, such as example.com',
};

function listed(words: readonly string[], last: string): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`;
}

/** `/draws/0/params` as `draws[0].params`. */
function fieldOf(pointer: string): string {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce((path, part) => (/^\d+$/.test(part) ? `${path}[${part}]` : path === '' ? part : `${path}.${part}`), '');
}

function valueAt(input: unknown, pointer: string): unknown {
  return pointer
    .split('/')
    .slice(1)
    .reduce<unknown>(
      (value, part) =>
        (value as Record<string, unknown> | undefined)?.[part.replaceAll('~1', '/').replaceAll('~0', '~')],
      input,
    );
}

function shown(value: unknown): string {
  const text =
    typeof value === 'string'
      ? JSON.stringify(value)
      : Array.isArray(value)
        ? 'a list'
        : typeof value === 'object' && value !== null
          ? 'an object'
          : String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

import type { TObject, TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { ApiError, refuse } from './errors.ts';
import { type FieldCheck, fieldCheckOf, fieldCodeOf } from './field-code.ts';
import type { UploadedFile } from './service.ts';
import { type DescribedViolation, describeViolation, type Violation } from './violations.ts';

/** Turns the texts of a request into the input that an operation declares, or refuses it naming the field. */
export interface InputReader {
  /**
   * Path parameters and query: texts become what the schema says; unknown parameters are ignored. What the schema says is
   * an object is gathered from `name[key]=value` or `name.key=value`.
   */
  fromTexts(texts: Readonly<Record<string, string | string[] | undefined>>): Record<string, unknown>;
  /** Path parameters and a JSON body: types must be right already; unknown fields are refused. */
  fromBody(params: Readonly<Record<string, string>>, body: Record<string, unknown>): Record<string, unknown>;
  /** Path parameters and the texts and files of a form; parts that nobody declared are ignored. */
  fromForm(
    texts: Readonly<Record<string, string | string[] | undefined>>,
    files: Readonly<Record<string, readonly UploadedFile[]>>,
  ): Record<string, unknown>;
  /** Query parameters inside a JSON body: types may be right already or still be texts; unknown fields are refused. */
  fromMixed(values: Readonly<Record<string, unknown>>): Record<string, unknown>;
}

type Coercion = 'integer' | 'number' | 'boolean' | 'string' | 'list' | 'keyed' | 'raw' | 'file';

interface Property {
  readonly name: string;
  readonly coercion: Coercion;
  readonly fallback: unknown;
  /** The code of its violations, where it has one of its own. */
  readonly code: string | undefined;
  /** What its schema cannot say. */
  readonly holds: FieldCheck | undefined;
}

/** The first field that is at fault in some way, by its place in the schema. */
interface Fault {
  readonly at: number;
  readonly thrown: () => unknown;
}

/** Compiles the reader of one input schema, once at start-up. */
export function compileInput(schema: TObject): InputReader {
  const check = Compile(schema);
  const properties = Object.entries(schema.properties).map(
    ([name, property]): Property => ({
      name,
      coercion: coercionOf(property),
      fallback: (property as { default?: unknown }).default,
      code: fieldCodeOf(property),
      holds: fieldCheckOf(property),
    }),
  );
  const checked = properties.flatMap(({ name, holds }, at) => (holds === undefined ? [] : [{ at, name, holds }]));
  const required = new Set(schema.required as readonly string[] | undefined);
  const codes = new Map(properties.map(({ name, code }) => [name, code]));

  // An operation may take parameters that another schema checks, such as those of the generator inside a stream.
  const open = (schema as { additionalProperties?: unknown }).additionalProperties === true;

  const violated = (input: Record<string, unknown>): Fault => {
    const { at, violations } = firstViolations(properties, required, input, check.Errors(input));
    return {
      at,
      thrown() {
        const { param, message, kind } = describeViolation(violations, input);
        if (kind === 'unknown_field') return refuse(kind, message, { param });
        return refusal(codes.get(/^[^.[]*/.exec(param)?.[0] ?? ''), message, param, kind);
      },
    };
  };

  /**
   * With several faults the one of the field that the schema names first is reported.
   *
   * @param unreadable a text that was not what its field takes, and so is missing from the input
   */
  const validated = (input: Record<string, unknown>, unreadable?: Fault): Record<string, unknown> => {
    const wrong = check.Check(input) ? undefined : violated(input);
    const first = unreadable !== undefined && (wrong === undefined || unreadable.at <= wrong.at) ? unreadable : wrong;
    for (const { at, name, holds } of checked) {
      if (first !== undefined && at >= first.at) break;
      if (input[name] !== undefined) holds(input[name]);
    }
    if (first !== undefined) throw first.thrown();
    return input;
  };

  return {
    fromMixed(values) {
      const input: Record<string, unknown> = { ...values };
      for (const { name, coercion, fallback, code } of properties) {
        const value = input[name];
        if (typeof value === 'string') input[name] = coerce(name, coercion, value, code);
        else if (value === undefined && fallback !== undefined) input[name] = fallback;
      }
      return validated(input);
    },
    fromTexts(texts) {
      const input: Record<string, unknown> = open ? { ...texts } : {};
      let unreadable: Fault | undefined;
      for (const [at, { name, coercion, fallback, code }] of properties.entries()) {
        const value = Object.hasOwn(texts, name) ? texts[name] : undefined;
        try {
          if (value !== undefined) input[name] = coerce(name, coercion, value, code);
          else if (coercion === 'keyed') gatherKeys(name, texts, input);
          else if (fallback !== undefined) input[name] = fallback;
        } catch (thrown) {
          unreadable ??= { at, thrown: () => thrown };
        }
      }
      return validated(input, unreadable);
    },
    fromForm(texts, files) {
      const input: Record<string, unknown> = {};
      const taken = properties.filter(({ name, coercion }) => coercion === 'file' && files[name] !== undefined);
      const stray = Object.keys(files).find((name) => !taken.some((one) => one.name === name));
      // A text that nobody reads is no loss to its sender; a document that nobody reads is.
      if (stray !== undefined && taken.length > 0) {
        throw refuse('invalid_input', `"${stray}" is a file that this does not take; send "${taken[0]?.name}" alone.`, {
          param: stray,
        });
      }
      for (const { name, coercion, fallback, code } of properties) {
        const value = texts[name];
        const sent = files[name];
        if (coercion === 'file') {
          if (sent !== undefined && sent.length > 1) {
            throw refuse('invalid_input', `"${name}" was sent ${sent.length} times; send one file.`, { param: name });
          }
          if (sent?.[0] !== undefined) input[name] = sent[0];
        } else if (value !== undefined) input[name] = coerce(name, coercion, value, code);
        else if (fallback !== undefined) input[name] = fallback;
      }
      return validated(input);
    },
    fromBody(params, body) {
      const input: Record<string, unknown> = { ...body };
      for (const { name, coercion, fallback, code } of properties) {
        if (Object.hasOwn(params, name)) input[name] = coerce(name, coercion, params[name] ?? '', code);
        else if (!Object.hasOwn(input, name) && fallback !== undefined) input[name] = fallback;
      }
      return validated(input);
    },
  };
}

/** What is wrong with the first field, in the order of the schema, that anything is wrong with; an unknown field goes first. */
function firstViolations(
  properties: readonly Property[],
  required: ReadonlySet<string>,
  input: Readonly<Record<string, unknown>>,
  violations: readonly Violation[],
): { readonly at: number; readonly violations: readonly Violation[] } {
  if (violations.some(({ keyword }) => keyword === 'additionalProperties')) return { at: 0, violations };
  for (const [at, { name }] of properties.entries()) {
    // The library stops after some violations, and that of a missing field may be the last.
    if (required.has(name) && input[name] === undefined) {
      const missing = { keyword: 'required', instancePath: '', params: { requiredProperties: [name] }, message: '' };
      return { at, violations: [missing] };
    }
    const pointer = `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    const own = violations.filter(
      ({ instancePath }) => instancePath === pointer || instancePath.startsWith(`${pointer}/`),
    );
    if (own.length > 0) return { at, violations: own };
  }
  return { at: properties.length, violations };
}

function coercionOf(schema: TSchema): Coercion {
  const { type, anyOf, 'x-file': file } = schema as { type?: unknown; anyOf?: TSchema[]; 'x-file'?: true };
  if (file === true) return 'file';
  if (anyOf !== undefined) {
    const kinds = new Set(anyOf.map(coercionOf));
    // A closed set of words is a union of string constants.
    return kinds.size === 1 && kinds.has('string') ? 'string' : 'raw';
  }
  if (type === 'integer' || type === 'number' || type === 'boolean' || type === 'string') return type;
  if (type === 'object') return 'keyed';
  return type === 'array' ? 'list' : 'raw';
}

/** The parameters that give an object key by key, if there are any. */
function gatherKeys(
  name: string,
  texts: Readonly<Record<string, string | string[] | undefined>>,
  input: Record<string, unknown>,
): void {
  const found: [string, string][] = [];
  for (const parameter in texts) {
    const key = keyIn(name, parameter);
    if (key === null) continue;
    const value = texts[parameter] ?? '';
    if (Array.isArray(value) || found.some(([known]) => known === key)) {
      throw refuse('wrong_type', `"${name}[${key}]" was given more than once; give it once.`, {
        param: `${name}.${key}`,
      });
    }
    found.push([key, value]);
  }
  if (found.length > 0) input[name] = Object.fromEntries(found);
}

function keyIn(name: string, parameter: string): string | null {
  if (!parameter.startsWith(name)) return null;
  const rest = parameter.slice(name.length);
  if (rest.startsWith('.') && rest.length > 1) return rest.slice(1);
  if (rest.startsWith('[') && rest.endsWith(']') && rest.length > 2) return rest.slice(1, -1);
  if (!rest.startsWith('.') && !rest.startsWith('[')) return null;
  throw refuse('wrong_type', `"${parameter}" names no key; write it as "${name}[key]=value".`, { param: name });
}

function coerce(name: string, coercion: Coercion, value: string | string[], code: string | undefined): unknown {
  if (coercion === 'raw' || coercion === 'keyed' || coercion === 'file') return value;
  if (coercion === 'list') return Array.isArray(value) ? value : [value];
  if (Array.isArray(value)) {
    throw refusal(code, `"${name}" was given ${value.length} times; give it once.`, name);
  }
  switch (coercion) {
    case 'integer':
      if (!/^-?\d+$/.test(value) || !Number.isSafeInteger(Number(value))) {
        throw refusal(
          code,
          `"${name}" must be a whole number in plain digits, such as 3; "${shown(value)}" is not.`,
          name,
        );
      }
      // Adding zero turns -0 into 0.
      return Number(value) + 0;
    case 'number':
      if (!/^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i.test(value) || !Number.isFinite(Number(value))) {
        throw refusal(code, `"${name}" must be a finite number, such as 2.5; "${shown(value)}" is not.`, name);
      }
      return Number(value) + 0;
    case 'boolean':
      if (value === 'true' || value === '1') return true;
      if (value === 'false' || value === '0') return false;
      throw refusal(code, `"${name}" must be true or false; "${shown(value)}" is neither.`, name);
    case 'string':
      return value;
  }
}

/** In the field's own words, where it has some. */
function refusal(
  code: string | undefined,
  message: string,
  param: string,
  kind: DescribedViolation['kind'] = 'wrong_type',
): ApiError {
  return code === undefined ? refuse(kind, message, { param }) : new ApiError(code, message, { param });
}

function shown(value: string): string {
  return value.length > 40 ? `${value.slice(0, 40)}…` : value;
}

import { UsageError } from './terminal.ts';

type Json = Record<string, unknown>;

/**
 * Puts `path=value` texts into an object: `amount=3`, `customer.name=Zoë`, `items[0].sku=A1`. What stands behind the
 * first `=` is JSON where it is JSON, and else the text itself; `path:=value` takes nothing but JSON.
 *
 * @throws UsageError that says which one cannot be read
 */
export function setValues(base: Readonly<Json>, texts: readonly string[]): Json {
  const made = structuredClone(base) as Json;
  for (const text of texts) {
    const match = /^([^=]+?)(:?)=(.*)$/s.exec(text);
    if (match === null) throw new UsageError(`"${text}" is no assignment; write path=value, such as amount=3.`);
    const [, path = '', strict = '', value = ''] = match;
    assign(made, stepsOf(path), readValue(value, strict === ':', path), path);
  }
  return made;
}

function readValue(text: string, strict: boolean, path: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    if (strict) throw new UsageError(`The value of "${path}" is not JSON.`);
    return text;
  }
}

function stepsOf(path: string): (string | number)[] {
  const steps: (string | number)[] = [];
  for (const part of path.split('.')) {
    const match = /^([\w-]+)((?:\[\d{1,4}\])*)$/.exec(part);
    if (match === null) throw new UsageError(`"${path}" is no path; write it like customer.name or items[0].sku.`);
    steps.push(match[1] ?? '', ...[...(match[2] ?? '').matchAll(/\d+/g)].map(([digits]) => Number(digits)));
  }
  if (steps.some((step) => step === '__proto__' || step === 'constructor' || step === 'prototype')) {
    throw new UsageError(`"${path}" is no path of data.`);
  }
  return steps;
}

function assign(into: Json, steps: readonly (string | number)[], value: unknown, path: string): void {
  let place: Json | unknown[] = into;
  for (const [index, step] of steps.entries()) {
    if (Array.isArray(place) !== (typeof step === 'number')) {
      throw new UsageError(
        `"${path}" goes into ${Array.isArray(place) ? 'a list by a name' : 'an object by a number'}.`,
      );
    }
    // A list is reached by numbers and an object by names, as was just made sure.
    const holder = place as Json;
    if (index === steps.length - 1) {
      holder[step] = value;
      return;
    }
    const there = holder[step];
    if (typeof there !== 'object' || there === null) holder[step] = typeof steps[index + 1] === 'number' ? [] : {};
    place = holder[step] as Json | unknown[];
  }
}

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { durationMs, durationOfMs, formatDuration, parseDuration } from './duration.ts';

const second = 1_000_000_000n;
const minute = 60n * second;
const hour = 60n * minute;

/** The cases of Go's own `parseDurationTests` and `parseDurationErrorTests` (src/time/time_test.go, BSD-3-Clause). */
describe('a duration is read as Go reads it', () => {
  test.each<[string, bigint]>([
    ['0', 0n],
    ['5s', 5n * second],
    ['30s', 30n * second],
    ['1478s', 1478n * second],
    ['-5s', -5n * second],
    ['+5s', 5n * second],
    ['-0', 0n],
    ['+0', 0n],
    ['5.0s', 5n * second],
    ['5.6s', 5_600_000_000n],
    ['5.s', 5n * second],
    ['.5s', 500_000_000n],
    ['1.0s', second],
    ['1.00s', second],
    ['1.004s', 1_004_000_000n],
    ['1.0040s', 1_004_000_000n],
    ['100.00100s', 100_001_000_000n],
    ['10ns', 10n],
    ['11us', 11_000n],
    ['12\u00b5s', 12_000n],
    ['12\u03bcs', 12_000n],
    ['13ms', 13_000_000n],
    ['14s', 14n * second],
    ['15m', 15n * minute],
    ['16h', 16n * hour],
    ['3h30m', 3n * hour + 30n * minute],
    ['10.5s4m', 4n * minute + 10_500_000_000n],
    ['-2m3.4s', -(2n * minute + 3_400_000_000n)],
    ['1h2m3s4ms5us6ns', hour + 2n * minute + 3_004_005_006n],
    ['39h9m14.425s', 39n * hour + 9n * minute + 14_425_000_000n],
    ['52763797000ns', 52_763_797_000n],
    ['0.3333333333333333333h', 20n * minute],
    ['9007199254740993ns', 9_007_199_254_740_993n],
    ['9223372036854775807ns', 2n ** 63n - 1n],
    ['9223372036854775.807us', 2n ** 63n - 1n],
    ['9223372036s854ms775us807ns', 2n ** 63n - 1n],
    ['-9223372036854775808ns', -(2n ** 63n)],
    ['-9223372036854775.808us', -(2n ** 63n)],
    ['-9223372036s854ms775us808ns', -(2n ** 63n)],
    ['-2562047h47m16.854775808s', -(2n ** 63n)],
    ['0.100000000000000000000h', 6n * minute],
    ['0.830103483285477580700h', 49n * minute + 48n * second + 372_539_827n],
    ['1h30m', hour + 30n * minute],
    ['00000000000000000000000001s', second],
  ])('%s', (text, expected) => {
    expect(parseDuration(text)).toBe(expected);
  });

  test.each([
    ...['', '3', '-', 's', '.', '-.', '.s', '+.s', '1d', '\x85\x85', '\xffff', 'hello \xffff world', '\uFFFD'],
    ...['9223372036854775810ns', '9223372036854775808ns', '-9223372036854775809ns', '9223372036854776us', '3000000h'],
    ...['9223372036854775.808us', '9223372036854ms775us808ns', '99999999999999999999ns'],
    ...['24', 'PT1H', '1 h', ' 1h', '1h ', '1H', '1e3s', '--1s', '+-1s', '1h-5m', '1s\u0000', '٣s', '1.2.3s', '00'],
  ])('%j is refused', (text) => {
    expect(parseDuration(text)).toBeNull();
  });

  test('a text of a megabyte is read at once', () => {
    expect(parseDuration(`${'9'.repeat(1_000_000)}s`)).toBeNull();
    expect(parseDuration(`0.${'9'.repeat(1_000_000)}s`)).toBe(second);
    expect(parseDuration('1s'.repeat(500_000))).toBe(500_000n * second);
  });
});

/** The cases of Go's own `durationTests`, and the examples of the specification. */
describe('a duration is written as Go writes it', () => {
  test.each<[bigint, string]>([
    [0n, '0s'],
    [1n, '1ns'],
    [1_100n, '1.1\u00b5s'],
    [2_200_000n, '2.2ms'],
    [3_300_000_000n, '3.3s'],
    [4n * minute + 5n * second, '4m5s'],
    [4n * minute + 5_001_000_000n, '4m5.001s'],
    [5n * hour + 6n * minute + 7_001_000_000n, '5h6m7.001s'],
    [8n * minute + 1n, '8m0.000000001s'],
    [2n ** 63n - 1n, '2562047h47m16.854775807s'],
    [-(2n ** 63n), '-2562047h47m16.854775808s'],
    [hour, '1h0m0s'],
    [1_500_000_000n, '1.5s'],
    [500_000_000n, '500ms'],
    [-500_000_000n, '-500ms'],
    [7n * 24n * hour, '168h0m0s'],
  ])('%s is %s', (ns, expected) => {
    expect(formatDuration(ns)).toBe(expected);
  });

  test('what is written is read back', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }), (ms) => {
        expect(parseDuration(formatDuration(ms * 1_000_000n))).toBe(ms * 1_000_000n);
      }),
    );
  });
});

test('milliseconds are rounded up, so that nothing is early', () => {
  expect(durationMs(1n)).toBe(1);
  expect(durationMs(1_000_000n)).toBe(1);
  expect(durationMs(1_000_001n)).toBe(2);
  expect(durationMs(0n)).toBe(0);
  expect(durationMs(-1_500_000n)).toBe(-1);
  expect(durationOfMs(90_000)).toBe(90n * second);
});

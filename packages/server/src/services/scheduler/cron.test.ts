import { describe, expect, test } from 'vitest';
import { type Cron, readCron } from './cron.ts';
import { cronOf } from './schedule.fixture.ts';

describe('fields', () => {
  test.each<[keyof Omit<Cron, 'expression' | 'intervalLike'>, string, number[]]>([
    ['minute', '0 * * * *', [0]],
    ['minute', '08 * * * *', [8]],
    ['minute', '*/15 * * * *', [0, 15, 30, 45]],
    ['minute', '*/7 * * * *', [0, 7, 14, 21, 28, 35, 42, 49, 56]],
    ['minute', '*/60 * * * *', [0]],
    ['minute', '10-50/10 * * * *', [10, 20, 30, 40, 50]],
    ['minute', '5,1,5,3-4 * * * *', [1, 3, 4, 5]],
    ['hour', '0 9-17 * * *', [9, 10, 11, 12, 13, 14, 15, 16, 17]],
    ['hour', '0 22-22 * * *', [22]],
    ['dayOfMonth', '0 0 1,15,31 * *', [1, 15, 31]],
    ['month', '0 0 1 JAN,mar,Dec *', [1, 3, 12]],
    ['month', '0 0 1 apr-OCT/3 *', [4, 7, 10]],
    ['dayOfWeek', '0 0 * * SUN', [0]],
    ['dayOfWeek', '0 0 * * 7', [0]],
    ['dayOfWeek', '0 0 * * 0,7', [0]],
    ['dayOfWeek', '0 0 * * 5-7', [0, 5, 6]],
    ['dayOfWeek', '0 0 * * 0-7', [0, 1, 2, 3, 4, 5, 6]],
    ['dayOfWeek', '0 0 * * 7-7', [0]],
    ['dayOfWeek', '0 0 * * mon-FRI', [1, 2, 3, 4, 5]],
    ['dayOfWeek', '0 0 * * FRI-SUN', [0, 5, 6]],
    ['dayOfWeek', '0 0 * * SUN-SUN', [0]],
    ['dayOfWeek', '0 0 * * 1-7/2', [0, 1, 3, 5]],
  ])('the %s of %s', (field, expression, values) => {
    expect(cronOf(expression)[field].values).toEqual(values);
  });

  test.each<[string, boolean]>([
    ['0 * * * *', true],
    ['0 */1 * * *', true],
    ['0 */6 * * *', true],
    ['* 0-23 * * *', false],
    ['*/5 3 * * *', false],
    ['0 *,3 * * *', false],
    ['0 3,*/6 * * *', false],
  ])('%s is interval-like: %s', (expression, expected) => {
    expect(cronOf(expression).intervalLike).toBe(expected);
  });

  test('space around and between the fields is free', () => {
    expect(cronOf(' \t30  9 *\t* mon-fri ').expression).toBe('30 9 * * mon-fri');
  });
});

describe('what is refused, with what to write instead', () => {
  test.each<[string, string]>([
    ['', 'there are 0 fields; write 5: minute, hour, day of month, month, day of week'],
    ['xyz', 'there are 1 fields; write 5: minute, hour, day of month, month, day of week'],
    ['0 9 * *', 'there are 4 fields; write 5: minute, hour, day of month, month, day of week'],
    ['0 30 9 * * *', 'there are 6 fields; leave out the seconds: "30 9 * * *"'],
    ['0 30 9 * * * 2027', 'there are 7 fields; write 5: minute, hour, day of month, month, day of week'],
    ['@daily', 'macros such as "@daily" are not read; write "0 0 * * *"'],
    ['@Weekly', 'macros such as "@Weekly" are not read; write "0 0 * * 0"'],
    ['@reboot', 'macros such as "@reboot" are not read; write five fields, or a delay'],
    ['@every 5m', 'macros such as "@every" are not read; write five fields, or a delay'],
    ['CRON_TZ=UTC 0 9 * * *', '"CRON_TZ=UTC" is not read here; name the zone in timezone'],
    ['TZ=UTC 0 9 * * *', '"TZ=UTC" is not read here; name the zone in timezone'],
    ['0 9 ? * MON', '"?" is not read; write "*" where a day field is free'],
    ['0 9 * * MON#1', '"#" (the nth weekday of a month) is not read; write the weekday alone, such as MON'],
    ['0 9 L * *', '"L" (the last day) is not read; write the days, such as 28-31'],
    ['0 9 L-3 * *', '"L" (the last day) is not read; write the days, such as 28-31'],
    ['0 9 * * 5L', '"L" (the last day) is not read; write the days, such as 28-31'],
    ['0 9 15W * *', '"W" (the nearest workday) is not read; write the days, such as MON-FRI'],
    ['0 9 LW * *', '"W" (the nearest workday) is not read; write the days, such as MON-FRI'],
    ['60 * * * *', 'minute "60": "60" is out of range; write 0 to 59'],
    ['0 24 * * *', 'hour "24": "24" is out of range; write 0 to 23'],
    ['0 0 0 * *', 'day of month "0": "0" is out of range; write 1 to 31'],
    ['0 0 32 * *', 'day of month "32": "32" is out of range; write 1 to 31'],
    ['0 0 1 13 *', 'month "13": "13" is out of range; write 1 to 12'],
    ['0 0 * * 8', 'day of week "8": "8" is out of range; write 0 to 6'],
    ['0 0 * * MONDAY', 'day of week "MONDAY": "MONDAY" is not a name; write 0 to 6, or a name such as MON'],
    ['0 0 1 XYZ *', 'month "XYZ": "XYZ" is not a name; write 1 to 12, or a name such as FEB'],
    ['j 0 * * *', 'minute "j": "j" is not a number; write 0 to 59'],
    ['0 17-9 * * *', 'hour "17-9": the range is reversed; write 17-23,0-9'],
    ['0 0 * * 5-0', 'day of week "5-0": the range is reversed; write 5-7'],
    ['0 0 * * FRI-TUE', 'day of week "FRI-TUE": the range is reversed; write 5-6,0-2'],
    ['*/0 * * * *', 'minute "*/0": the step is 0; write 1 to 60'],
    ['*/90 * * * *', 'minute "*/90": the step is longer than the field; write 1 to 60'],
    ['0/15 * * * *', 'minute "0/15": a step needs a range; write 0-59/15'],
    ['0 0 * * Mon/2', 'day of week "Mon/2": a step needs a range; write Mon-6/2'],
    ['1,,2 * * * *', 'minute "1,,2": an item of the list is empty; leave out the comma'],
    [', * * * *', 'minute ",": an item of the list is empty; leave out the comma'],
    ['1- * * * *', 'minute "1-": "1-" is no value, range or step; write for instance 0-59/2'],
    ['-5 * * * *', 'minute "-5": "-5" is no value, range or step; write for instance 0-59/2'],
    ['1-2-3 * * * *', 'minute "1-2-3": "1-2-3" is no value, range or step; write for instance 0-59/2'],
    ['*/5/5 * * * *', 'minute "*/5/5": "*/5/5" is no value, range or step; write for instance 0-59/2'],
    ['*5 * * * *', 'minute "*5": "*5" is no value, range or step; write for instance 0-59/2'],
    ['*-5 * * * *', 'minute "*-5": "*-5" is no value, range or step; write for instance 0-59/2'],
    ['1.5 * * * *', '"." is not read; write digits, names, "*", ",", "-" and "/"'],
    ['+5 * * * *', '"+" is not read; write digits, names, "*", ",", "-" and "/"'],
    ['0 0 * * *\u0000', '"\\u0000" is not read; write digits, names, "*", ",", "-" and "/"'],
    ['0\n0 * * * *', '"\\n" is not read; write digits, names, "*", ",", "-" and "/"'],
    ['٣ * * * *', '"٣" is not read; write digits, names, "*", ",", "-" and "/"'],
    [`${'0,'.repeat(300)}0 * * * *`, 'a cron expression has at most 512 characters'],
  ])('%j', (text, problem) => {
    expect(readCron(text)).toEqual({ problem });
  });

  test('the longest expression that says something new is read', () => {
    const all = (min: number, max: number) =>
      Array.from({ length: max - min + 1 }, (_, index) => min + index).join(',');
    const expression = [all(0, 59), all(0, 23), all(1, 31), all(1, 12), all(0, 7)].join(' ');
    expect(cronOf(expression).minute.values).toHaveLength(60);
  });
});

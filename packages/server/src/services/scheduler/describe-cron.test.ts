import { expect, test } from 'vitest';
import { describeCron } from './describe-cron.ts';
import { cronOf } from './schedule.fixture.ts';

test.each<[string, string]>([
  ['30 2 * * *', 'at 02:30 every day'],
  ['0 9,17 * * *', 'at 09:00 and 17:00 every day'],
  ['0,30 8-10 * * *', 'at 08:00, 08:30, 09:00, 09:30, 10:00 and 10:30 every day'],
  ['* * * * *', 'every minute'],
  ['*/5 * * * *', 'every 5 minutes'],
  ['0-59/20 * * * *', 'every 20 minutes'],
  ['*/7 * * * *', 'at minutes 0, 7, 14, 21, 28, 35, 42, 49 and 56 of every hour'],
  ['0 * * * *', 'at minute 0 of every hour'],
  ['5,10,15-20 * * * *', 'at minutes 5, 10 and 15 to 20 of every hour'],
  ['*/15 9-17 * * MON-FRI', 'every 15 minutes of hours 9 to 17 from Monday to Friday'],
  ['* 9 * * *', 'every minute of hour 9 every day'],
  ['30 */2 * * *', 'at minute 30 of every 2nd hour every day'],
  ['0 */8 * * *', 'at 00:00, 08:00 and 16:00 every day'],
  ['0 9 * * MON', 'at 09:00 every Monday'],
  ['0 9 * * 1,3,5', 'at 09:00 every Monday, Wednesday and Friday'],
  ['0 9 * * 0,6', 'at 09:00 every Saturday and Sunday'],
  ['0 9 * * 5-7', 'at 09:00 from Friday to Sunday'],
  ['0 9 * * 0-6', 'at 09:00 every day'],
  ['0 9 1 * *', 'at 09:00 on the 1st of every month'],
  ['0 9 1-7,11,22,23 * *', 'at 09:00 on the 1st to 7th, 11th, 22nd and 23rd of every month'],
  ['0 9 29 2 *', 'at 09:00 on the 29th of February'],
  ['0 9 * 6-8 *', 'at 09:00 every day in June to August'],
  ['* * * 1,7 *', 'every minute in January and July'],
  ['0 9 13 * FRI', 'at 09:00 on the 13th of every month and every Friday'],
  ['0 9 13 10 1-5', 'at 09:00 on the 13th of October and from Monday to Friday in October'],
  ['0 9 1-31 * FRI', 'at 09:00 every day'],
  ['0 9 */1 * FRI', 'at 09:00 every Friday'],
  [
    '7-9,40 3,5,22 2-4/2 2,11 *',
    'at minutes 7 to 9 and 40 of hours 3, 5 and 22 on the 2nd and 4th of February and November',
  ],
])('%s', (expression, words) => {
  expect(describeCron(cronOf(expression), 'America/New_York')).toBe(`${words}, America/New_York`);
});

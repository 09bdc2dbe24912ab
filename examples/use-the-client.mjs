// Walks pages, sends one request twice under one idempotency key, and tells refusals apart, with a test key only.
// Before: npm start in another terminal, then here: set -a; . .interlock/dev.env; set +a
// Run it: node scripts/run.mjs examples/use-the-client.mjs

import { createScheduler, SchedulerError } from '../packages/client/src/index.ts';

const scheduler = createScheduler({
  baseUrl: process.env.INTERLOCK_URL,
  key: process.env.SCHED_API_KEY_TEST,
}).requireMode('test');

const order = {
  endpoint: 'https://example.com/hooks/orders',
  when: 'tomorrow at 9am',
  metadata: { client: 'example' },
};
const intention = { idempotencyKey: `order-${process.pid}-${Date.now()}` };
const first = await scheduler.schedules.create(order, intention);
const { data: again, replayed, mode } = await scheduler.schedules.create.withFacts(order, intention);
console.log(mode, replayed && again.id === first.id ? 'made once' : 'made twice');

let found = 0;
for await (const schedule of scheduler.schedules.list.all({ limit: 2, state: 'active' })) {
  if (schedule.metadata.client === 'example') found++;
}
console.log(found > 0 ? 'found on some page' : 'lost');

try {
  await scheduler.schedules.get({ id: 'sch_nowhere' });
} catch (error) {
  if (!(error instanceof SchedulerError) || error.code !== 'schedule_not_found') throw error;
  console.log(error.status, error.code, error.param);
}
await scheduler.schedules.cancel({ id: first.id });

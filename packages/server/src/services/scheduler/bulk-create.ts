import { Type } from 'typebox';
import { ApiError, compileInput, type RefusedItem } from '../../core/service.ts';
import { type Ctx, error, operation } from './contract.ts';
import { rulesOf } from './create.ts';
import { type DraftFields, type DraftRules, readDraft } from './draft.ts';
import { findDestinations } from './endpoints-repository.ts';
import { errors } from './errors.ts';
import { composeSchedule, type NewSchedule } from './new-schedule.ts';
import { insertDeliveries, insertMessages } from './queue.ts';
import { insertSchedules } from './repository.ts';
import { viewSchedule } from './schedule-view.ts';
import { createInput, scheduleSchema, strict } from './schemas.ts';
import { insertSecret } from './secret-row.ts';
import { readTime } from './time.ts';

const maxSchedules = 1000;

const item = strict(createInput);
const reader = compileInput(item);

export const createSchedules = operation({
  id: 'scheduler.schedules.createMany',
  summary: 'Schedule many requests at once',
  description:
    'All of them or none: when any is bad, nothing is stored, and `errors` names each bad one by its place, with the code that it would have been refused with alone.',
  useWhen: 'to store many schedules that belong together, all or none; for one there is `scheduler.schedules.create`',
  tag: 'Schedules',
  method: 'POST',
  path: '/schedules/bulk',
  scope: 'schedules:write',
  input: strict({
    schedules: Type.Array(Type.Record(Type.String(), Type.Unknown()), {
      minItems: 1,
      maxItems: maxSchedules,
      description: 'What creates each of them, as in `POST /v1/schedules`.',
    }),
  }),
  output: Type.Object({
    object: Type.Literal('bulk_schedules', { description: 'What this is.' }),
    created: Type.Integer({ description: 'How many were created: all.' }),
    data: Type.Array(scheduleSchema, { description: 'The schedules, in the order of the request.' }),
  }),
  status: 201,
  writes: true,
  idempotent: true,
  errors: ['invalid_bulk'],
  run: async (ctx, { schedules }) => {
    const time = await readTime(ctx);
    const named = schedules.flatMap(({ endpoint_id: id }) => (typeof id === 'string' ? [id] : []));
    const destinations = await findDestinations(ctx.db, [...new Set(named)]);
    const { targetProblem, headersProblem } = rulesOf(ctx);
    // Many of them go to the same place.
    const rules: DraftRules = { now: time.now, destinations, targetProblem: remembered(targetProblem), headersProblem };
    const refused: RefusedItem[] = [];
    const now = new Date(ctx.now());
    const made = schedules.flatMap((fields, index) => {
      try {
        return [composeSchedule(ctx, readDraft(reader.fromBody({}, fields) as DraftFields, rules), time, now)];
      } catch (thrown) {
        refused.push(refusedItem(thrown, index));
        return [];
      }
    });
    if (refused.length > 0) throw refusal(refused);
    store(ctx, made, now);
    return {
      object: 'bulk_schedules' as const,
      created: made.length,
      data: made.map(({ shown }) => viewSchedule(ctx.mode, shown)),
    };
  },
});

function remembered<Answer>(answerTo: (text: string) => Answer): (text: string) => Answer {
  const answers = new Map<string, Answer>();
  return (text) => {
    const known = answers.get(text);
    if (known !== undefined) return known;
    const answer = answerTo(text);
    answers.set(text, answer);
    return answer;
  };
}

/** What has no word of its own here is a field of another type. @throws what was thrown, when it is no refusal */
function refusedItem(thrown: unknown, index: number): RefusedItem {
  if (!(thrown instanceof ApiError)) throw thrown;
  const { code, message, details } = thrown;
  return {
    index,
    code: Object.hasOwn(errors, code) ? code : 'invalid_type',
    message,
    param: details.param,
  };
}

function refusal(items: readonly RefusedItem[]) {
  const [{ index, message } = { index: 0, message: '' }] = items;
  const others = items.length === 1 ? '' : `, and ${items.length - 1} more`;
  return error('invalid_bulk', `Nothing was stored: schedules[${index}] is refused${others}. ${message}`, {
    param: `schedules[${index}]`,
    items,
  });
}

function store(ctx: Ctx, made: readonly NewSchedule[], now: Date): void {
  insertMessages(
    ctx.db,
    made.map(({ message }) => message),
  );
  insertSchedules(
    ctx.db,
    made.map(({ row }) => row),
    now,
  );
  insertDeliveries(
    ctx.db,
    made.map(({ delivery }) => delivery),
  );
  for (const { secret } of made) if (secret !== null) insertSecret(ctx.db, secret);
  const soonest = Math.min(
    ...made.filter(({ delivery }) => !delivery.held).map(({ delivery }) => Number(delivery.due_at)),
  );
  if (Number.isFinite(soonest)) ctx.due(soonest);
}

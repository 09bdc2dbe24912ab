import { type Static, Type } from 'typebox';
import { ifMatchHeader, ifMatchInput } from '../../core/service.ts';
import { type Ctx, error, operation } from './contract.ts';
import { deletedView } from './deleted.ts';
import { type Change, diff, previousAttributes } from './diff.ts';
import { filteredPage, readSpan } from './filters.ts';
import { mergeMetadata } from './metadata.ts';
import { instantField, readInstantField } from './onboarding-input.ts';
import { knownOnboarding, noOnboarding } from './onboardings.ts';
import { findOnboarding } from './onboardings-repository.ts';
import { writePage } from './page.ts';
import { actorOf, type Intent, record } from './record.ts';
import { readRef } from './ref.ts';
import { deletedSchema, listOf, metadataInput, optionalText, refInput, taskSchema, textInput } from './schemas.ts';
import { type TaskFields, type TaskRow, viewTask } from './task-row.ts';
import { findTask, insertTask, listTaskRows, lockTask, removeTask, updateTask } from './tasks-repository.ts';
import { refuseStale, withVersion } from './version.ts';

const title = textInput(200, 'What is to be done.');
const fields = {
  description: optionalText(10_000, 'How.'),
  assignee_id: optionalText(255, 'The member who does it.'),
  due_date: instantField('due_date', 'Until when: an ISO 8601 instant.'),
  customer_facing: Type.Optional(Type.Boolean({ description: 'Whether the customer sees it; false by default.' })),
  done: Type.Optional(Type.Boolean({ description: 'Whether it is done; false by default.' })),
  metadata: metadataInput,
};
const changeInput = { title: Type.Optional(title), ...fields };
const changeSchema = Type.Object(changeInput);

const defaults: Omit<TaskFields, 'title'> = {
  description: null,
  assignee_id: null,
  due_date: null,
  customer_facing: false,
  done: false,
  metadata: {},
};

export const createTask = operation({
  id: 'onboarding.tasks.create',
  summary: 'Add a task to an onboarding',
  description: '`parent_id` makes it a subtask; a subtask has none of its own.',
  tag: 'Tasks',
  method: 'POST',
  path: '/onboardings/:onboardingId/tasks',
  scope: '*',
  input: Type.Object({
    onboardingId: refInput('onboarding'),
    title,
    parent_id: optionalText(100, 'The task of the same onboarding that it is part of: its `display_id` or `id`.'),
    ...fields,
  }),
  output: taskSchema,
  status: 201,
  writes: true,
  idempotent: true,
  errors: ['missing_field', 'invalid_string', 'too_small', 'too_big', 'invalid_reference', 'onboarding_not_found'],
  read: (input) => ({
    ref: input.onboardingId,
    parent: input.parent_id ?? null,
    said: { ...readChange(input), title: input.title },
  }),
  run: async (ctx, { ref, parent, said }) => {
    await checkAssignee(ctx, said);
    const onboarding = await knownOnboarding(ctx, ref);
    const at = new Date(ctx.now());
    const task = {
      ...defaults,
      ...said,
      id: ctx.newId('task'),
      onboarding_id: onboarding.id,
      parent_id: parent === null ? null : await parentOf(ctx, parent, onboarding.id),
      completed_by: said.done === true ? actorOf(ctx.caller) : null,
      completed_at: said.done === true ? at : null,
      mode: ctx.mode,
      created_at: at,
      updated_at: at,
      deleted_at: null,
    };
    const row = await insertTask(ctx.db, task);
    record(ctx, {
      eventType: 'task.created',
      customerId: onboarding.customer_id,
      onboardingId: onboarding.id,
      taskId: row.id,
      displayId: row.display_id,
      intents: row.done ? completed(row, []) : [],
    });
    return viewTask(row);
  },
});

export const listTasks = operation({
  id: 'onboarding.tasks.list',
  summary: 'List the tasks of an onboarding, newest first',
  tag: 'Tasks',
  method: 'GET',
  path: '/onboardings/:onboardingId/tasks',
  scope: '*',
  input: Type.Object({
    onboardingId: refInput('onboarding'),
    ...filteredPage,
    done: Type.Optional(Type.Boolean({ description: 'Only tasks that are done, or only those that are not.' })),
  }),
  output: listOf(taskSchema),
  shares: ({ metadata }) => metadata === undefined,
  errors: ['invalid_string', 'too_small', 'too_big', 'onboarding_not_found'],
  read: ({ onboardingId, limit, done = null, ...asked }) => ({ onboardingId, limit, done, span: readSpan(asked) }),
  run: async (ctx, { onboardingId, limit, done, span }) => {
    const onboarding = await knownOnboarding(ctx, onboardingId);
    const rows = await listTaskRows(ctx.db, onboarding.id, done, span, limit + 1);
    return writePage(rows, limit, ({ created_at, id }) => ({ at: created_at, id }), viewTask);
  },
});

export const getTask = operation({
  id: 'onboarding.tasks.get',
  summary: 'Read a task',
  tag: 'Tasks',
  method: 'GET',
  path: '/tasks/:id',
  scope: '*',
  input: Type.Object({ id: refInput('task') }),
  output: taskSchema,
  shares: true,
  errors: ['task_not_found'],
  run: async (ctx, { id }) => {
    const row = await findTask(ctx.db, readRef(id));
    if (row === undefined) throw noTask();
    return withVersion(viewTask(row));
  },
});

export const patchTask = operation({
  id: 'onboarding.tasks.update',
  summary: 'Change a task, or mark it done',
  useWhen: 'to mark a task done, to give it to somebody, or to change what it says',
  tag: 'Tasks',
  method: 'PATCH',
  path: '/tasks/:id',
  scope: '*',
  headers: ifMatchHeader,
  input: Type.Object({ id: refInput('task'), ...ifMatchInput, ...changeInput }),
  output: taskSchema,
  writes: true,
  errors: [
    'invalid_string',
    'too_small',
    'too_big',
    'invalid_reference',
    'task_not_found',
    'onboarding_not_found',
    'version_conflict',
  ],
  read: (input) => ({ ref: readRef(input.id), version: input['If-Match'], change: readChange(input) }),
  run: async (ctx, { ref, version, change }) => {
    await checkAssignee(ctx, change);
    const before = await lockTask(ctx.db, ref);
    if (before === undefined || before.deleted_at !== null) throw noTask();
    refuseStale(viewTask(before), version);
    const { metadata, ...plain } = change;
    const now = new Date(Math.max(ctx.now(), before.updated_at.getTime() + 1));
    const said = {
      ...before,
      ...plain,
      metadata: metadata === undefined ? before.metadata : mergeMetadata(before.metadata, metadata),
      updated_at: now,
    };
    const after: TaskRow =
      said.done === before.done
        ? said
        : {
            ...said,
            completed_by: said.done ? actorOf(ctx.caller) : null,
            completed_at: said.done ? now : null,
          };
    const changes = diff(viewTask(before), viewTask(after));
    if (changes.length === 0) return withVersion(viewTask(before));
    await updateTask(ctx.db, after);
    record(ctx, {
      eventType: eventTypeOf(before, after),
      customerId: await customerIdOf(ctx, after),
      onboardingId: after.onboarding_id,
      taskId: after.id,
      displayId: after.display_id,
      changes,
      intents: after.done && !before.done ? completed(after, changes) : [],
    });
    return withVersion(viewTask(after));
  },
});

export const deleteTask = operation({
  id: 'onboarding.tasks.delete',
  summary: 'Delete a task with its subtasks',
  tag: 'Tasks',
  method: 'DELETE',
  path: '/tasks/:id',
  scope: '*',
  input: Type.Object({ id: refInput('task') }),
  output: deletedSchema,
  writes: true,
  errors: ['task_not_found'],
  run: async (ctx, { id }) => {
    const row = await lockTask(ctx.db, readRef(id));
    if (row === undefined) throw noTask();
    if (row.deleted_at === null) {
      const customerId = await customerIdOf(ctx, row);
      await removeTask(ctx.db, row.id, new Date(ctx.now()));
      record(ctx, {
        eventType: 'task.deleted',
        customerId,
        onboardingId: row.onboarding_id,
        taskId: row.id,
        displayId: row.display_id,
      });
    }
    return deletedView(row);
  },
});

function readChange(input: Static<typeof changeSchema>): Partial<TaskFields> {
  const change: Record<string, unknown> = {};
  for (const field of Object.keys(changeInput)) {
    const value = input[field as keyof typeof input];
    if (value !== undefined) change[field] = value;
  }
  if (typeof input.due_date === 'string') change.due_date = readInstantField('due_date', input.due_date);
  return change as Partial<TaskFields>;
}

/** @throws `invalid_reference` */
async function checkAssignee(ctx: Ctx, { assignee_id: id }: Partial<TaskFields>): Promise<void> {
  if (typeof id !== 'string' || (await ctx.membersAmong([id])).has(id)) return;
  throw error('invalid_reference', '"assignee_id" names nobody who is a member of this workspace.', {
    param: 'assignee_id',
  });
}

/** @throws `invalid_reference` */
async function parentOf(ctx: Ctx, ref: string, onboardingId: string): Promise<string> {
  const parent = await findTask(ctx.db, readRef(ref));
  if (parent?.onboarding_id === onboardingId && parent.parent_id === null) return parent.id;
  throw error('invalid_reference', '"parent_id" must name a task of the same onboarding that is no subtask itself.', {
    param: 'parent_id',
  });
}

/** Whose feed it is in. A task can outlive its onboarding, and is not changed any more then. @throws `onboarding_not_found` */
async function customerIdOf(ctx: Ctx, { onboarding_id: id }: TaskRow): Promise<string> {
  const onboarding = await findOnboarding(ctx.db, { id });
  if (onboarding === undefined) throw noOnboarding();
  return onboarding.customer_id;
}

function completed(row: TaskRow, changes: readonly Change[]): Intent[] {
  return [
    {
      effect: 'task.completed',
      payload: { object: viewTask(row), previous_attributes: previousAttributes(changes) },
    },
  ];
}

function eventTypeOf(before: TaskRow, after: TaskRow): string {
  if (after.done === before.done) return 'task.field_changed';
  return after.done ? 'task.completed' : 'task.reopened';
}

function noTask() {
  return error('task_not_found', 'There is no such task; send its id or display_id.');
}

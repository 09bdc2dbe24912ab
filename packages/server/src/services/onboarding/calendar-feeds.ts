import { Type } from 'typebox';
import {
  type CalendarFeedRow,
  insertCalendarFeed,
  listCalendarFeedRows,
  removeCalendarFeed,
} from './calendar-feeds-repository.ts';
import { contract, error, operation } from './contract.ts';
import { formatInstant } from './instant.ts';
import { calendarPath } from './launch-calendar.ts';
import { oneOf, textInput } from './schemas.ts';

/** A person has a few calendars; a program that makes one at each start has a bug. */
const mostFeeds = 100;

const seen = {
  object: Type.Literal('calendar_feed', { description: 'What this is.' }),
  id: Type.String({ description: 'Of the feed.' }),
  name: Type.String({ description: 'Who reads it.' }),
  mode: oneOf(['live', 'test'], 'Of the key that made it; reading it is logged under this mode.'),
  created_at: Type.String({ description: 'When it was made.' }),
};
const feedSchema = Type.Object(seen, { title: 'CalendarFeed', description: 'An address of the calendar of launches.' });

export const createCalendarFeed = operation({
  id: 'onboarding.calendar_feeds.create',
  summary: 'Make an address of the calendar of launches',
  description:
    'Calendar programs can send no key, so the `url` is the secret; it is shown once. Subscribe to it in a calendar; end it by deleting the feed.',
  tag: 'Calendar',
  method: 'POST',
  path: '/calendar-feeds',
  scope: '*',
  input: Type.Object({ name: textInput(200, 'Who reads it, such as the name of a person or a team.') }),
  output: Type.Object(
    { ...seen, url: Type.String({ description: 'What a calendar subscribes to (iCalendar, RFC 5545).' }) },
    { title: 'NewCalendarFeed', description: 'A feed with its address, which is shown once.' },
  ),
  status: 201,
  writes: true,
  errors: ['missing_field', 'invalid_string', 'too_small', 'too_big', 'conflict'],
  async run(ctx, { name }) {
    if ((await listCalendarFeedRows(ctx.db, mostFeeds)).length === mostFeeds) {
      throw error('conflict', `A workspace has at most ${mostFeeds} calendar feeds; delete one that nobody reads.`);
    }
    const row: CalendarFeedRow = { id: ctx.newId('cal'), name, mode: ctx.mode, created_at: new Date(ctx.now()) };
    await insertCalendarFeed(ctx.db, row);
    const path = calendarPath.replace(':secret', ctx.feedSecret(row.id));
    return { ...view(row), url: `${ctx.publicUrl}${contract.basePath}${path}` };
  },
});

export const listCalendarFeeds = operation({
  id: 'onboarding.calendar_feeds.list',
  summary: 'List the addresses of the calendar that were handed out',
  tag: 'Calendar',
  method: 'GET',
  path: '/calendar-feeds',
  scope: '*',
  input: Type.Object({}),
  output: Type.Object({
    object: Type.Literal('list', { description: 'What this is.' }),
    data: Type.Array(feedSchema, { description: 'All of them, newest first, without their addresses.' }),
  }),
  run: async (ctx) => ({
    object: 'list' as const,
    data: (await listCalendarFeedRows(ctx.db, mostFeeds)).map(view),
  }),
});

export const deleteCalendarFeed = operation({
  id: 'onboarding.calendar_feeds.delete',
  summary: 'End an address of the calendar',
  tag: 'Calendar',
  method: 'DELETE',
  path: '/calendar-feeds/:id',
  scope: '*',
  input: Type.Object({ id: Type.String({ description: 'Of the feed.' }) }),
  output: Type.Object({
    object: Type.Literal('deleted', { description: 'What this is.' }),
    id: Type.String({ description: 'Of what was deleted.' }),
    deleted: Type.Literal(true, { description: 'Its address answers 404 from now on.' }),
  }),
  writes: true,
  errors: ['calendar_feed_not_found'],
  async run(ctx, { id }) {
    if (await removeCalendarFeed(ctx.db, id)) return { object: 'deleted' as const, id, deleted: true as const };
    throw error('calendar_feed_not_found', `There is no calendar feed "${id}" in this workspace.`);
  },
});

function view({ id, name, mode, created_at }: CalendarFeedRow) {
  return { object: 'calendar_feed' as const, id, name, mode, created_at: formatInstant(created_at) };
}

import ical, { ICalCalendarMethod } from 'ical-generator';
import type { Feed } from '../../core/service.ts';
import { findCalendarFeed, type LaunchRow, listLaunches } from './calendar-feeds-repository.ts';
import { type contract, error } from './contract.ts';

export const calendarPath = '/calendar/:secret/launches.ics';

/** Further back nobody looks, and calendar programs read the whole feed each time. */
const backMs = 365 * 24 * 3_600_000;
const mostLaunches = 5_000;

/** The target launch dates of all onboardings, as a calendar that programs subscribe to. */
export const launchCalendar: Feed<typeof contract> = {
  name: 'calendar',
  path: calendarPath,
  contentType: 'text/calendar; charset=utf-8',
  async run(ctx, feedId) {
    const feed = await findCalendarFeed(ctx.db, feedId, ctx.mode);
    if (feed === undefined) {
      throw error('calendar_feed_not_found', 'This address of the calendar was ended; make another one.');
    }
    const rows = await listLaunches(ctx.db, new Date(ctx.now() - backMs), mostLaunches);
    return writeLaunchCalendar(rows, ctx.publicUrl);
  },
};

/** The calendar's text (RFC 5545): the same rows are the same text. */
function writeLaunchCalendar(rows: readonly LaunchRow[], publicUrl: string): string {
  const calendar = ical({
    name: 'Launches',
    prodId: '//Interlock//Onboarding//EN',
    method: ICalCalendarMethod.PUBLISH,
  });
  for (const row of rows) {
    const about = row.name === null ? '' : ` (${row.name})`;
    calendar.createEvent({
      id: row.id,
      start: row.target_launch_date,
      allDay: true,
      timezone: 'UTC',
      stamp: row.updated_at,
      lastModified: row.updated_at,
      summary: `Launch: ${row.customer}${about}`,
      description: `Phase: ${row.phase}\nState: ${row.state}`,
      url: `${publicUrl}/customers/${row.slug}`,
    });
  }
  return calendar.toString();
}

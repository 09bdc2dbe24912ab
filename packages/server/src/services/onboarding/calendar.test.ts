import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createOnboardingWorld,
  type Mode,
  made,
  newCustomer,
  type OnboardingWorld,
  type Org,
  patch,
  refusal,
  remove,
} from './onboarding.fixture.ts';

let world: OnboardingWorld;
let org: Org;
beforeAll(async () => {
  world = await createOnboardingWorld();
  org = await world.org();
});
afterAll(() => world?.close());

/** A calendar as a program fetches it: by its address alone. */
const fetchCalendar = (url: string) => world.t.as(null).get(new URL(url).pathname);

const newFeed = (of: Org, mode: Mode) => made(of[mode].post('/api/v1/calendar-feeds', { name: 'Team calendar' }));

/** The events of a calendar, each as its properties. */
function eventsOf(text: string): Record<string, string>[] {
  const lines = text.replaceAll('\r\n ', '').split('\r\n');
  return lines.reduce<Record<string, string>[]>((events, line) => {
    if (line === 'BEGIN:VEVENT') events.push({});
    const at = line.indexOf(':');
    const event = events.at(-1);
    if (event !== undefined) event[line.slice(0, at)] = line.slice(at + 1);
    return events;
  }, []);
}

describe('the calendar of launches', () => {
  it('is read without a key by its address, and shows the launches of its workspace alone', async () => {
    const customer = await newCustomer(org.live, { name: 'Zoë, Tea & Co; "Ltd"' });
    const opened = await made(
      org.live.post('/api/v1/onboardings', {
        customer_id: customer.id,
        name: 'Roll-out',
        target_launch_date: '2030-07-15T23:30:00Z',
      }),
    );
    await made(org.live.post('/api/v1/onboardings', { customer_id: customer.id }));
    const other = await world.org();
    const { id } = await newCustomer(other.live);
    await made(other.live.post('/api/v1/onboardings', { customer_id: id, target_launch_date: '2030-01-01T00:00:00Z' }));

    const { url, ...feed } = await newFeed(org, 'test');
    expect(feed).toMatchObject({ object: 'calendar_feed', name: 'Team calendar', mode: 'test' });
    const { status, headers, text } = await fetchCalendar(url);
    expect(status, text).toBe(200);
    expect(headers).toMatchObject({ 'content-type': 'text/calendar; charset=utf-8', 'interlock-mode': 'test' });
    expect(text).toMatch(/^BEGIN:VCALENDAR\r\nVERSION:2\.0\r\n/);
    for (const line of text.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
    expect(eventsOf(text)).toEqual([
      expect.objectContaining({
        UID: opened.id,
        'DTSTART;VALUE=DATE': '20300715',
        SUMMARY: 'Launch: Zoë\\, Tea & Co\\; "Ltd" (Roll-out)',
        'URL;VALUE=URI': expect.stringMatching(new RegExp(`/customers/${customer.slug}$`)),
      }),
    ]);
    expect((await fetchCalendar(url)).text).toBe(text);

    await made(
      patch(org.test, `/api/v1/onboardings/${opened.id}`, { target_launch_date: '2030-08-01T00:00:00Z' }),
      200,
    );
    expect(eventsOf((await fetchCalendar(url)).text)).toMatchObject([{ 'DTSTART;VALUE=DATE': '20300801' }]);
    await made(remove(org.live, `/api/v1/customers/${customer.id}`), 200);
    expect(eventsOf((await fetchCalendar(url)).text)).toEqual([]);
  });

  it('is logged under the mode of its key, and its secret stands nowhere', async () => {
    const quiet = await world.org();
    const { url, id } = await newFeed(quiet, 'live');
    const secret = new URL(url).pathname.split('/').at(-2) ?? '';
    expect(secret.length).toBeGreaterThan(60);
    expect((await fetchCalendar(url)).status).toBe(200);
    const rows = await world.rows(
      `select route, actor, caller from live.audit_log where workspace_id = $1 and route like '%calendar/%'`,
      [quiet.id],
    );
    expect(rows).toEqual([{ route: '/api/v1/calendar/:secret/launches.ics', actor: 'calendar', caller: 'system' }]);
    const [kept] = await world.rows<{ all: string }>(
      `select (select json_agg(a)::text from live.audit_log a where workspace_id = $1) ||
              (select json_agg(f)::text from shared.onboarding_calendar_feeds f where workspace_id = $1) as all`,
      [quiet.id],
    );
    expect(kept?.all).toContain(id);
    expect(kept?.all).not.toContain(secret);
    expect(world.t.log.join('\n')).not.toContain(secret);
    const { data } = (await quiet.test.get('/api/v1/calendar-feeds')).body;
    expect(data).toEqual([
      { object: 'calendar_feed', id, name: 'Team calendar', mode: 'live', created_at: expect.any(String) },
    ]);
  });

  it('ends when the feed is deleted', async () => {
    const { url, id } = await newFeed(org, 'live');
    const other = await world.org();
    expect(await refusal(remove(other.live, `/api/v1/calendar-feeds/${id}`))).toEqual([
      404,
      'calendar_feed_not_found',
      null,
    ]);
    expect(await made(remove(org.live, `/api/v1/calendar-feeds/${id}`), 200)).toEqual({
      object: 'deleted',
      id,
      deleted: true,
    });
    expect(await refusal(fetchCalendar(url))).toEqual([404, 'calendar_feed_not_found', null]);
    expect(await refusal(remove(org.live, `/api/v1/calendar-feeds/${id}`))).toEqual([
      404,
      'calendar_feed_not_found',
      null,
    ]);
  });

  it('is at no other address, and who guesses is told to wait', async () => {
    const { url } = await newFeed(org, 'live');
    const path = new URL(url).pathname;
    const from = (one: string, address: string) => world.t.as(null).get(one, { address });
    const changed = path.replace(/(.{20})\/launches/, (_, end: string) => `${[...end].reverse().join('')}/launches`);
    for (const wrong of [
      changed,
      path.replace(/calendar\/[^/]+/, 'calendar/x'),
      path.replace(/calendar\/[^/]+/, `calendar/${'A'.repeat(4000)}`),
    ]) {
      expect(await refusal(from(wrong, '192.0.2.7'))).toEqual([404, 'route_not_found', null]);
    }
    const seen = new Set<number>();
    for (let i = 0; i < 40; i++) seen.add((await from(changed, '192.0.2.8')).status);
    expect(seen).toEqual(new Set([404, 429]));
    expect((await from(path, '192.0.2.9')).status).toBe(200);
  });

  it.each([
    [{}, 'missing_field'],
    [{ name: '' }, 'too_small'],
    [{ name: 'x'.repeat(201) }, 'too_big'],
  ])('refuses to make a feed of %j', async (body, code) => {
    expect(await refusal(org.live.post('/api/v1/calendar-feeds', body))).toEqual([400, code, 'name']);
  });
});

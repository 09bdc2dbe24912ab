import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Answer } from '../../testing/harness.ts';
import {
  base,
  createInvoicesWorld,
  type InvoicesWorld,
  type Mode,
  made,
  patch,
  processed,
  type Team,
  upload,
} from './invoices.fixture.ts';

/*
 * Random calls of four keys, two teams in two modes, with ids of all four. Whatever is answered may name nothing of the
 * other mode or team, and an id of the other mode is never anything but a mismatch where it is a reference, and unknown
 * where it stands in a path.
 */

const calls = Number(process.env['INVOICES_STORM_CALLS'] ?? 500);

let world: InvoicesWorld;
beforeAll(async () => {
  world = await createInvoicesWorld();
});
afterAll(() => world.close());

interface Side {
  readonly team: number;
  readonly mode: Mode;
  readonly clients: string[];
  readonly contacts: string[];
  readonly invoices: string[];
}

it('a storm of calls with everybody’s ids leaks nothing', { timeout: 600_000 }, async () => {
  const random = generator(20_260_414);
  const pick = <T>(from: readonly T[]): T => {
    const found = from[Math.floor(random() * from.length)];
    if (found === undefined) throw new Error('nothing to pick from');
    return found;
  };
  const teams: Team[] = [await world.team(), await world.team()];
  const sides: Side[] = [];
  for (const [index, team] of teams.entries()) {
    const [invoice, other] = [await processed(team), await processed(team)];
    for (const mode of ['live', 'test'] as const) {
      const contact = await made(team[mode].post(`${base}/contacts`, { name: `Contact of ${index} in ${mode}` }));
      sides.push({
        team: index,
        mode,
        clients: [team.client[mode]],
        contacts: [contact.id],
        invoices: mode === 'test' ? [invoice.id, other.id] : [],
      });
    }
  }
  const all = (kind: 'clients' | 'contacts' | 'invoices') => sides.flatMap((side) => side[kind]);
  let leaks = 0;
  let refused = 0;
  for (let call = 0; call < calls; call++) {
    const side = pick(sides);
    const team = teams[side.team];
    if (team === undefined) throw new Error('every side has a team');
    const caller = team[side.mode];
    const [client, contact, invoice] = [pick(all('clients')), pick(all('contacts')), pick(all('invoices'))];
    const context = { headers: { 'x-client-id': client } };
    // biome-ignore format: one call a line
    const attempt = pick([
      () => caller.get(`${base}/invoices`, context),
      () => caller.get(`${base}/invoices/${invoice}`, context),
      () => caller.get(`${base}/invoices/${invoice}/export?format=${pick(['json', 'csv', 'xlsx', 'ubl'])}`, context),
      () => caller.get(`${base}/invoices?sellerContactId=${contact}`, context),
      () => caller.get(`${base}/contacts?q=Contact&limit=100`),
      () => caller.get(`${base}/contacts/${contact}`),
      () => caller.get(`${base}/clients?limit=100`),
      () => caller.get(`${base}/clients/${client}`),
      () => caller.get(`${base}/jobs`, context),
      () => caller.get(`${base}/events`, context),
      () => caller.get(`${base}/audit-logs?clientId=${client}`),
      () => caller.post(`${base}/contacts`, { name: 'Made in the storm', clientId: client }),
      () => patch(caller, `${base}/contacts/${contact}`, { phone: String(call), clientId: pick([client, null]) }),
      () => patch(caller, `${base}/invoices/${invoice}`, { sellerContactId: contact }, context.headers),
      () => caller.post(`${base}/invoices/${invoice}/confirm`, {}, context),
      () => upload(caller, { client, fields: { buyerContactId: contact } }),
      () => caller.post(`${base}/webhooks`, { url: `https://example.com/${call}`, events: ['*'], clientId: client }),
    ]);
    const answer = await attempt();
    expect(answer.status, answer.text).toBeLessThan(500);
    if (answer.status >= 400) refused++;
    leaks += leaksOf(answer, side, sides);
  }
  expect(leaks).toBe(0);
  // Three of four ids are somebody else's, so a storm that refuses little has tried little.
  expect(refused).toBeGreaterThan(calls / 4);
  // What the rows say in the end: no reference leaves its mode, which the schemas keep, or its team.
  for (const mode of ['live', 'test'] as const) {
    const crossed = await world.rows(
      `select i.id from ${mode}.invoices_invoices i
       left join ${mode}.invoices_clients c on c.workspace_id = i.workspace_id and c.id = i.client_id
       where c.id is null or i.id not like 'inv_${mode}_%' or i.client_id not like 'cl_${mode}_%'`,
    );
    expect(crossed).toEqual([]);
  }
});

/** Ids of other sides in an answer that was given; a refusal may repeat what its caller sent. */
function leaksOf({ status, text, headers }: Answer, side: Side, sides: readonly Side[]): number {
  if (status >= 400) return 0;
  const others = sides.filter((other) => other !== side);
  const foreign = others.flatMap(({ clients, contacts, invoices }) => [...clients, ...contacts, ...invoices]);
  const otherMode = side.mode === 'live' ? /\b(?:inv|job|cl|con|evt)_test_/ : /\b(?:inv|job|cl|con|evt)_live_/;
  const wrongMode = headers['x-mode'] !== side.mode || otherMode.test(text);
  return foreign.filter((id) => text.includes(id)).length + (wrongMode ? 1 : 0);
}

/** Mulberry32: the same storm in every run. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

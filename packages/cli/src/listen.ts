import { setTimeout as sleep } from 'node:timers/promises';
import type { Mode } from '../../server/src/core/mode.ts';
import type { ServiceContract } from '../../server/src/core/service.ts';
import { type ArrivedEffect, type ArrivedRequest, effectArrivals, requestArrivals } from './arrivals.ts';
import { chooseWorkspace, contractOf } from './choose.ts';
import { type Forwarded, forwarded, type Heard } from './forwarded.ts';
import { type Installation, withInstallation } from './installation.ts';
import { type ListenPlace, listenSecret, type PlaceFile, placeFile } from './listen-place.ts';
import { isPassing } from './logs.ts';
import { type Terminal, UsageError } from './terminal.ts';

export interface ListenOptions {
  readonly forward: string;
  readonly mode: Mode;
  readonly service?: string;
  readonly event?: readonly string[];
  readonly workspace?: string;
  readonly name: string;
  /** Ends when everything there is has been forwarded. */
  readonly once: boolean;
  readonly json?: boolean;
}

const pollMs = 300;
const againMs = 1_000;
const answerMs = 30_000;

/**
 * Forwards what a workspace sends, and what its mode keeps from leaving, to a local address: in the order in which it
 * was committed, each at least once. Its place is written down after each, so that whatever is cut or killed, the next
 * run goes on behind the last one that the address has answered.
 */
export async function listen(terminal: Terminal, options: ListenOptions): Promise<undefined> {
  const url = readTarget(options.forward);
  if (!/^[\w-]{1,40}$/.test(options.name)) throw new UsageError('--name takes letters, digits, - and _.');
  const ending = new AbortController();
  terminal.onEnd(() => ending.abort());
  let hasBegun = false;
  for (let told = false; ; ) {
    try {
      await withInstallation(
        terminal,
        async (installation) => {
          told = false;
          // After a cut the database may not yet know that the connection which held the name is gone.
          const { id: workspaceId } = await chooseWorkspace(installation, options.workspace);
          const { mode, name } = options;
          if (!hasBegun) await takeName(installation.owner, name, `listen ${workspaceId} ${mode} ${name}`);
          hasBegun = true;
          await follow(terminal, installation, workspaceId, url, options, ending.signal);
        },
        { start: options.once },
      );
      return;
    } catch (error) {
      if (ending.signal.aborted) return;
      if (options.once || !isPassing(error)) throw error;
      if (!told) terminal.complain('The server is away; waiting for it. Nothing is missed meanwhile.\n');
      told = true;
      await pause(againMs, ending.signal);
      if (ending.signal.aborted) return;
    }
  }
}

/** One listener of a name at a time: two would write each other's place. Held for as long as the connection lasts. */
async function takeName(owner: Installation['owner'], name: string, held: string): Promise<void> {
  try {
    // One that was killed a moment ago still holds it for a moment.
    await owner.query(`set lock_timeout = '3s'`);
    await owner.query('select pg_advisory_lock(hashtextextended($1, 0))', [held]);
    await owner.query('reset lock_timeout');
  } catch (error) {
    if ((error as { code?: string }).code !== '55P03') throw error;
    throw new UsageError(`Another listener is called "${name}"; give this one a --name of its own.`);
  }
}

/** Ends early when the listener is to end. */
async function pause(ms: number, ending: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal: ending }).catch(() => {});
}

/** Until the listener is to end: then what is under way is still answered and put down, so that it is not sent twice. */
async function follow(
  terminal: Terminal,
  installation: Installation,
  workspaceId: string,
  url: string,
  options: ListenOptions,
  ending: AbortSignal,
) {
  const { database } = installation;
  const { mode } = options;
  const contracts = new Map(installation.contracts.map((contract) => [contract.name, contract]));
  if (options.service !== undefined) contractOf(installation, options.service);
  const file = placeFile(terminal.env.INTERLOCK_HOME ?? '.interlock', workspaceId, mode, options.name);
  const effects = effectArrivals(database, workspaceId, mode);
  const requests = requestArrivals(database, workspaceId, mode);
  const known = await file.read();
  let place = known ?? { effects: await effects.end(), requests: await requests.end(), secret: listenSecret() };
  if (known === null) await file.write(place);
  greet(terminal, options, url, place, known !== null);

  const send = async (heard: Heard, next: ListenPlace): Promise<void> => {
    const contract = contracts.get(heard.service);
    if (contract !== undefined && isWanted(options, heard)) {
      const { secret } = place;
      await deliver(
        terminal,
        options,
        url,
        () => {
          const prefix = prefixOf(terminal, contract);
          const now = terminal.clock.now();
          return forwarded(contract, mode, workspaceId, heard, {
            url,
            secret,
            now,
            ...(prefix === undefined ? {} : { prefix }),
          });
        },
        heard,
        ending,
      );
    }
    place = next;
    await file.write(place);
  };
  for (;;) {
    const newEffects = await effects.after(place.effects);
    for (const row of newEffects) {
      ending.throwIfAborted();
      await send(heardEffect(row), { ...place, effects: row.seq });
    }
    const newRequests = await requests.after(place.requests);
    for (const row of newRequests) {
      ending.throwIfAborted();
      await sendKept(row, send, () => place);
    }
    if (newRequests.length > 0)
      await saveRequests(file, place, newRequests, (next) => {
        place = next;
      });
    if (newEffects.length > 0 || newRequests.length > 0) continue;
    if (options.once) return;
    await pause(pollMs, ending);
    ending.throwIfAborted();
  }
}

/** A mode without an outbox keeps what would have left in the row of the request. */
async function sendKept(
  row: ArrivedRequest,
  send: (heard: Heard, next: ListenPlace) => Promise<void>,
  place: () => ListenPlace,
): Promise<void> {
  const kept = (row.suppressed ?? []).filter(({ payload }) => payload !== undefined);
  for (const [index, { name, payload = {} }] of kept.entries()) {
    const last = index === kept.length - 1;
    const next = last ? { ...place(), requests: row.seq } : place();
    const { requestId, service, at } = row;
    const id = `${requestId}${kept.length === 1 ? '' : `n${index}`}`;
    await send({ id, service, name, state: 'suppressed', payload, subject: null, at: at.getTime() }, next);
  }
}

/** Requests that kept nothing only move the place, once for all of a page. */
async function saveRequests(
  file: PlaceFile,
  place: ListenPlace,
  rows: readonly ArrivedRequest[],
  moved: (next: ListenPlace) => void,
): Promise<void> {
  const last = rows.at(-1)?.seq ?? place.requests;
  if (last === place.requests) return;
  const next = { ...place, requests: last };
  moved(next);
  await file.write(next);
}

function heardEffect({ id, service, name, state, payload, subject, at }: ArrivedEffect): Heard {
  return { id, service, name, state, payload, subject, at: at.getTime() };
}

function isWanted({ service, event }: ListenOptions, heard: Heard): boolean {
  return (service === undefined || service === heard.service) && (event === undefined || event.includes(heard.name));
}

/** Sends until the address answers; an answer of any status is one. */
async function deliver(
  terminal: Terminal,
  options: ListenOptions,
  url: string,
  make: () => Forwarded,
  heard: Heard,
  ending: AbortSignal,
): Promise<void> {
  for (let told = false; ; ) {
    // Signed anew each time: a signature that is too old would be refused.
    const { body, headers, eventId } = make();
    const started = performance.now();
    try {
      const answer = await fetch(url, {
        method: 'POST',
        headers,
        body: new Uint8Array(body),
        redirect: 'manual',
        signal: AbortSignal.timeout(answerMs),
      });
      await answer.arrayBuffer();
      const report = { event: eventId, name: heard.name, state: heard.state, status: answer.status };
      const durationMs = Math.round(performance.now() - started);
      terminal.print(
        options.json
          ? `${JSON.stringify({ ...report, durationMs })}\n`
          : `${answer.status}  ${heard.name}  ${eventId}  ${heard.state}  ${durationMs} ms\n`,
      );
      return;
    } catch (error) {
      if (options.once)
        throw new Error(`${url} could not be reached; nothing after ${heard.name} was forwarded.`, { cause: error });
      const isLate = error instanceof DOMException && error.name === 'TimeoutError';
      const what = isLate ? `has not answered within ${answerMs / 1_000} s` : 'cannot be reached';
      if (!told) terminal.complain(`${url} ${what}; waiting for it with ${heard.name} and what follows.\n`);
      told = true;
      await pause(againMs, ending);
      ending.throwIfAborted();
    }
  }
}

function greet(
  terminal: Terminal,
  { mode, json, name }: ListenOptions,
  url: string,
  { secret }: ListenPlace,
  again: boolean,
): void {
  const facts = { mode, forward: url, name, secret, resumed: again };
  terminal.print(
    json
      ? `${JSON.stringify({ listening: facts })}\n`
      : `Forwarding what leaves, and what is kept from leaving, in ${mode} mode to ${url}${again ? ', from where it stopped' : ''}.\nVerify it with the secret ${secret}\n`,
  );
}

/** What the operator has the service's own headers begin with. */
function prefixOf({ env }: Terminal, { webhooks, settings }: ServiceContract): string | undefined {
  const setting = webhooks?.headerPrefixFrom === undefined ? undefined : settings[webhooks.headerPrefixFrom];
  if (setting?.kind !== 'text') return undefined;
  return env[setting.env] ?? setting.default;
}

function readTarget(text: string): string {
  const url = /^\d{1,5}(?:\/|$)/.test(text) ? `http://127.0.0.1:${text}` : text;
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return url;
  throw new UsageError(
    '--forward takes an address, such as http://127.0.0.1:3000/hooks, or a port, such as 3000/hooks.',
  );
}

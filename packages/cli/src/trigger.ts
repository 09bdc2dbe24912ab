import { createAuditLog } from '../../server/src/core/audit/audit.ts';
import { listEffects } from '../../server/src/core/audit/list-effects.ts';
import { committed } from '../../server/src/core/db/committed.ts';
import { problemOfPayload } from '../../server/src/core/event-payload.ts';
import { newRequestId } from '../../server/src/core/ids.ts';
import type { Sealer, Service, ServiceContract } from '../../server/src/core/service.ts';
import { emit } from '../../server/src/dispatch/emit.ts';
import { chooseWorkspace, contractOf } from './choose.ts';
import { type Installation, withInstallation } from './installation.ts';
import { setValues } from './set-values.ts';
import { type Outcome, type Terminal, UsageError } from './terminal.ts';

export interface TriggerOptions {
  readonly service?: string;
  readonly workspace?: string;
  readonly set: readonly string[];
  readonly data?: string;
  readonly subject?: string;
}

/**
 * Lets an event happen in test mode, with data of one's own: it is emitted as its service emits it, so the contract
 * decides whether it leaves, and the endpoints of the workspace hear of it as of any other.
 */
export async function triggerEvent(terminal: Terminal, name: string, options: TriggerOptions): Promise<Outcome> {
  return withInstallation(terminal, async (installation) => {
    const service = serviceWith(installation, name, options.service);
    const { contract } = service;
    const { id: workspaceId } = await chooseWorkspace(installation, options.workspace);
    const base = await baseOf(installation, workspaceId, service, name, options);
    const payload = setValues(base, options.set);
    checkPayload(service, name, payload);
    const at = terminal.clock.now();
    const requestId = newRequestId();
    const { database } = installation;
    const audit = createAuditLog(database);
    const emitted = await committed(database.transaction('test', workspaceId), async (db) => {
      const made = emit(
        contract,
        'test',
        db,
        {
          service: contract.name,
          name,
          payload,
          subject: options.subject ?? service.eventPayloads?.[name]?.subjectOf?.(payload) ?? null,
          workspaceId,
          requestId,
          keyId: null,
          at,
        },
        // This process has no memory of who listens, so the rows decide.
        { mayListen: () => true },
        noSealer(name),
      );
      audit.record(db, {
        workspaceId,
        mode: 'test',
        at,
        service: contract.name,
        operation: null,
        method: 'POST',
        route: 'interlock trigger',
        status: 202,
        code: null,
        durationUs: 0,
        requestId,
        caller: 'system',
        keyId: null,
        actor: 'interlock trigger',
        address: '',
        suppressed: made.state === 'suppressed' ? [made.effect] : null,
      });
      return made.state;
    });
    await audit.close();
    return {
      json: { service: contract.name, event: name, mode: 'test', state: emitted, requestId, payload },
      text: `${name} has happened in test mode (${emitted === 'pending' ? 'on its way to the endpoints that listen' : emitted}), request ${requestId}.\n${JSON.stringify(payload, null, 2)}\n`,
    };
  });
}

function serviceWith(installation: Installation, name: string, wanted: string | undefined): Service {
  if (wanted !== undefined) contractOf(installation, wanted);
  const among = installation.services.filter(({ contract }) => wanted === undefined || contract.name === wanted);
  const found = among.filter(({ contract }) => Object.hasOwn(contract.modes.effects, name));
  const [service, ...others] = found;
  if (service === undefined) {
    const names = among.flatMap(({ contract }) => Object.keys(contract.modes.effects).filter(isTriggered(contract)));
    throw new UsageError(`There is no event "${name}"; there are: ${names.join(', ')}.`);
  }
  if (others.length > 0) {
    const names = found.map(({ contract }) => contract.name).join(', ');
    throw new UsageError(`Several services have "${name}": ${names}; choose with --service.`);
  }
  if (isTriggered(service.contract)(name)) return service;
  throw new UsageError(
    `"${name}" is no event: it leaves when a call causes it. "npx interlock operations --service ${service.contract.name}" lists the calls.`,
  );
}

/** Events and messages happen by being said; other effects are rows of their services besides. */
function isTriggered({ webhooks, messages = {} }: ServiceContract): (effect: string) => boolean {
  return (effect) => Object.hasOwn(webhooks?.events ?? {}, effect) || Object.hasOwn(messages, effect);
}

/**
 * What is given as a whole, or else what the newest event of this name said, or else the sample of its service. Events of
 * live mode are never looked at: what they say has no business at endpoints of test mode.
 */
async function baseOf(
  { database }: Installation,
  workspaceId: string,
  { contract, eventPayloads = {} }: Service,
  name: string,
  { data }: TriggerOptions,
): Promise<Readonly<Record<string, unknown>>> {
  if (data !== undefined) return readObject(data);
  const filter = { mode: 'test' as const, service: contract.name, name, state: null, requestId: null };
  const { rows } = await listEffects(database, workspaceId, filter, { limit: 1, cursor: null });
  const [newest] = rows;
  const declared = eventPayloads[name];
  if (declared === undefined) return newest?.payload ?? {};
  return newest !== undefined && problemOfPayload(declared, newest.payload) === null ? newest.payload : declared.sample;
}

/** What leaves as a message of its own is encrypted with a key that this command does not have. */
function noSealer(name: string): Sealer {
  const refuse = (): never => {
    throw new UsageError(`"${name}" is a message that test mode delivers; call the operation that sends it instead.`);
  };
  return { seal: refuse, open: refuse };
}

function checkPayload({ eventPayloads = {} }: Service, name: string, payload: Readonly<Record<string, unknown>>): void {
  const declared = eventPayloads[name];
  const problem = declared === undefined ? null : problemOfPayload(declared, payload);
  if (problem !== null) throw new UsageError(`This is not what "${name}" says: ${problem}; mend it with --set.`);
}

function readObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Refused below.
  }
  throw new UsageError('--data takes one JSON object.');
}

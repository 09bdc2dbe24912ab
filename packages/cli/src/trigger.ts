import { Compile } from 'typebox/compile';
import { createAuditLog } from '../../server/src/core/audit/audit.ts';
import { listEffects } from '../../server/src/core/audit/list-effects.ts';
import { committed } from '../../server/src/core/db/committed.ts';
import { newRequestId } from '../../server/src/core/ids.ts';
import type { Sealer, ServiceContract } from '../../server/src/core/service.ts';
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
    const contract = contractWith(installation, name, options.service);
    const { id: workspaceId } = await chooseWorkspace(installation, options.workspace);
    const payload = setValues(await baseOf(installation, workspaceId, contract, name, options), options.set);
    checkPayload(contract, name, payload);
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
          subject: options.subject ?? null,
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

function contractWith(installation: Installation, name: string, service: string | undefined): ServiceContract {
  const among = service === undefined ? installation.contracts : [contractOf(installation, service)];
  const found = among.filter(({ modes }) => Object.hasOwn(modes.effects, name));
  const [contract, ...others] = found;
  if (contract === undefined) {
    const names = among.flatMap(({ modes }) => Object.keys(modes.effects));
    throw new UsageError(`There is no event "${name}"; there are: ${names.join(', ')}.`);
  }
  if (others.length === 0) return contract;
  throw new UsageError(
    `Several services have "${name}": ${found.map((one) => one.name).join(', ')}; choose with --service.`,
  );
}

/** What is given as a whole, or else what the newest event of this name carried, or else nothing. */
async function baseOf(
  { database }: Installation,
  workspaceId: string,
  contract: ServiceContract,
  name: string,
  { data }: TriggerOptions,
): Promise<Record<string, unknown>> {
  if (data !== undefined) return readObject(data);
  const filter = { mode: null, service: contract.name, name, state: null, requestId: null };
  const { rows } = await listEffects(database, workspaceId, filter, { limit: 1, cursor: null });
  return { ...(contract.webhooks?.samples?.[name] ?? {}), ...rows[0]?.payload };
}

/** What leaves as a message of its own is encrypted with a key that this command does not have. */
function noSealer(name: string): Sealer {
  const refuse = (): never => {
    throw new UsageError(`"${name}" is a message that test mode delivers; call the operation that sends it instead.`);
  };
  return { seal: refuse, open: refuse };
}

function checkPayload(contract: ServiceContract, name: string, payload: Record<string, unknown>): void {
  const schema = contract.webhooks?.payloads?.[name];
  if (schema === undefined) return;
  const check = Compile(schema);
  if (check.Check(payload)) return;
  const [problem] = check.Errors(payload);
  const field = (problem?.instancePath ?? '').slice(1).replaceAll('/', '.');
  throw new UsageError(
    `This is not what "${name}" carries: ${field === '' ? 'the data' : `"${field}"`} ${problem?.message ?? 'is wrong'}; mend it with --set.`,
  );
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

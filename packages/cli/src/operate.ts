import { createAuditLog } from '../../server/src/core/audit/audit.ts';
import { committed } from '../../server/src/core/db/committed.ts';
import { newRequestId } from '../../server/src/core/ids.ts';
import { compileInput, type OperatorAction } from '../../server/src/core/service.ts';
import { chooseWorkspace } from './choose.ts';
import { type Installation, withInstallation } from './installation.ts';
import { setValues } from './set-values.ts';
import { type Outcome, type Terminal, UsageError } from './terminal.ts';
import { textFacts, textTable } from './text-table.ts';

/**
 * Does something to one workspace that its own people cannot, such as giving it credits; without a name, lists what there
 * is. What changes something has a row in the audit log.
 */
export async function operate(
  terminal: Terminal,
  id: string | undefined,
  values: readonly string[],
  { workspace: wanted }: { workspace?: string },
): Promise<Outcome> {
  return withInstallation(terminal, async (installation) => {
    const actions = installation.services.flatMap(({ contract, operatorActions = [] }) =>
      operatorActions.map((action) => ({ service: contract.name, action })),
    );
    if (id === undefined) return list(actions.map(({ action }) => action));
    const found = actions.find(({ action }) => action.id === id);
    if (found === undefined) {
      throw new UsageError(
        `There is no "${id}" to operate; there are: ${actions.map(({ action }) => action.id).join(', ')}.`,
      );
    }
    const { service, action } = found;
    const given = setValues({}, values);
    const known = Object.keys(action.input.properties);
    const unknown = Object.keys(given).find((key) => !known.includes(key));
    if (unknown !== undefined) {
      throw new UsageError(`${id} takes no "${unknown}"; it takes: ${known.join(', ') || 'nothing'}.`);
    }
    const input = compileInput(action.input).fromMixed(given);
    const { id: workspaceId, name } = await chooseWorkspace(installation, wanted);
    const requestId = newRequestId();
    const shown = await run(terminal, installation, { service, action, input, workspaceId, requestId });
    return {
      json: { action: id, workspaceId, ...(action.writes === true ? { requestId } : {}), ...shown },
      text: `${name} (${workspaceId})\n${textFacts(linesOf(shown))}`,
    };
  });
}

async function run(
  { clock }: Terminal,
  { database }: Installation,
  asked: {
    readonly service: string;
    readonly action: OperatorAction;
    readonly input: Readonly<Record<string, unknown>>;
    readonly workspaceId: string;
    readonly requestId: string;
  },
): Promise<Readonly<Record<string, unknown>>> {
  const { service, action, input, workspaceId, requestId } = asked;
  const audit = createAuditLog(database);
  try {
    return await committed(database.transaction('test', workspaceId), (test) =>
      committed(database.transaction('live', workspaceId), async (live) => {
        const shown = await action.run({ workspaceId, db: { live, test }, now: () => clock.now() }, input);
        if (action.writes === true) {
          audit.record(live, {
            workspaceId,
            mode: 'live',
            at: clock.now(),
            service,
            operation: null,
            method: 'POST',
            route: `interlock operate ${action.id}`,
            status: 200,
            code: null,
            durationUs: 0,
            requestId,
            caller: 'system',
            keyId: null,
            actor: 'interlock operate',
            address: '',
            suppressed: null,
          });
        }
        return shown;
      }),
    );
  } finally {
    await audit.close();
  }
}

function list(actions: readonly OperatorAction[]): Outcome {
  const shown = actions.map(({ id, summary, input }) => ({ id, summary, values: Object.keys(input.properties) }));
  return {
    json: { actions: shown },
    text: textTable(
      ['ACTION', 'VALUES', 'WHAT IT DOES'],
      shown.map(({ id, summary, values }) => [id, values.join(', ') || '–', summary]),
    ),
  };
}

/** Nested facts as paths, each on a line. */
function linesOf(value: unknown, path = ''): [string, string][] {
  if (typeof value !== 'object' || value === null) return [[path, value === null ? '–' : String(value)]];
  return Object.entries(value).flatMap(([name, inner]) => linesOf(inner, path === '' ? name : `${path}.${name}`));
}

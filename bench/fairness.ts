/** A backlog of one workspace, and what it does to the deliveries of another. */
import { now, Planter, quantile, startSink } from './support/deliveries.ts';
import { type BenchResult, print } from './support/result.ts';
import { startServer } from './support/server.ts';

const backlog = 100_000;
const perSecond = 100;
const seconds = 10;
const most = 1.2;

export async function run(): Promise<BenchResult> {
  const sink = await startSink();
  const server = await startServer('dispatch');
  const quiet = await Planter.connect(server.owner, sink.url, 'ws_bench');
  await quiet.query(`insert into core.workspaces (id, name, slug) values ('ws_busy', 'busy', 'busy')`);
  const busy = await Planter.connect(server.owner, sink.url, 'ws_busy');
  try {
    await trial('warm');
    const alone = await trial('alone');
    await busy.due(backlog, Math.ceil(now()) - 60_000, 1_000, 'backlog');
    const beside = await trial('beside');
    const [row] = await busy.query<{ left: number }>(
      `select count(*)::int as left from live.deliveries where workspace_id = 'ws_busy' and finalized_at is null`,
    );
    const ratio = beside.p99 / alone.p99;
    return {
      claim: `fairness: ${perSecond} deliveries/s of one workspace beside a backlog of ${backlog} of another`,
      figures: [
        { name: 'p99 alone', value: alone.p99, unit: 'ms' },
        { name: 'p99 beside the backlog', value: beside.p99, unit: 'ms' },
        { name: 'p50 alone', value: alone.p50, unit: 'ms' },
        { name: 'p50 beside the backlog', value: beside.p50, unit: 'ms' },
        { name: 'backlog left at the end', value: row?.left ?? 0, unit: '' },
      ],
      ratio,
      bar: `p99 at most ${most} times that of without the backlog, while there is backlog left`,
      passed: ratio <= most && (row?.left ?? 0) > 0,
    };
  } finally {
    await quiet.close();
    await busy.close();
    await server.stop();
    await sink.close();
  }

  async function trial(name: string): Promise<{ p50: number; p99: number }> {
    const size = perSecond * seconds;
    await quiet.due(size, Math.ceil(now()) + 3_000, seconds * 1_000, name);
    const ours = () => sink.arrivals.filter(({ id }) => id.startsWith(`${name}-`));
    while (ours().length < size) await new Promise((resolve) => setTimeout(resolve, 100));
    const lates = ours().map(({ lateMs }) => lateMs);
    return { p50: quantile(lates, 0.5), p99: quantile(lates, 0.99) };
  }
}

if (import.meta.main) print(await run());

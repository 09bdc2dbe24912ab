import { createMetrics } from '../../packages/server/src/core/metrics.ts';
import type { Service } from '../../packages/server/src/core/service.ts';
import { code, table } from './table.ts';

/** Every figure of `GET /metrics`. */
export function metricsPage(services: readonly Service[]): string {
  const noFigures = {
    database: {
      get pools(): never {
        throw new Error('the reference asks for no figure');
      },
    },
    auditDropped: () => 0,
    quotaPending: () => 0,
    clockOffsetMs: () => null,
    dispatch: (): never => {
      throw new Error('the reference asks for no figure');
    },
    services: services.flatMap(({ gauges = [] }) => gauges.map((gauge) => ({ ...gauge, read: async () => 0 }))),
  };
  const rows = createMetrics(noFigures)
    .describe()
    .map(({ name, type, help, labels }) => [code(name), type, labels.map(code).join(', ') || '–', help]);
  return `# Metrics

\`GET /metrics\` answers in the Prometheus text format. Labels are names and numbers of a closed set, never an id or a key.

${table(['name', 'kind', 'labels', 'meaning'], rows)}
`;
}

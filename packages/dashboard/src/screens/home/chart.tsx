import '@mantine/charts/styles.css';
import { BarChart } from '@mantine/charts';
import type { Step } from './series.ts';

/** Drawn patterns would be better for the colour-blind; the totals beside it say the same in words. */
export default function Chart({ series, label }: { readonly series: readonly Step[]; readonly label: string }) {
  return (
    <figure aria-label={label} style={{ margin: 0 }}>
      <BarChart
        h={200}
        data={series.map((step) => ({ ...step, time: format.format(step.at) }))}
        dataKey="time"
        withLegend
        series={[
          { name: 'requests', color: 'indigo.6', label: 'Requests' },
          { name: 'errors', color: 'red.6', label: 'Errors' },
          { name: 'suppressed', color: 'yellow.6', label: 'Suppressed' },
          { name: 'delivered', color: 'teal.6', label: 'Delivered' },
        ]}
        barProps={{ isAnimationActive: false }}
      />
    </figure>
  );
}

const format = new Intl.DateTimeFormat(undefined, {
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
});

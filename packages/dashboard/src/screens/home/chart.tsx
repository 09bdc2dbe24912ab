import { Group, Text } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { useId } from 'react';
import type { Step } from './series.ts';
import { ticksUpTo } from './ticks.ts';
import './chart.css';

type Count = 'requests' | 'errors' | 'suppressed' | 'delivered';

/** Each with a pattern of its own, so that nobody has to tell colours apart. */
const counts: readonly { readonly name: Count; readonly label: string; readonly pattern: string | null }[] = [
  { name: 'requests', label: 'Requests', pattern: null },
  { name: 'errors', label: 'Errors', pattern: 'M0 4 L4 0' },
  { name: 'suppressed', label: 'Suppressed', pattern: 'M0 2 H4' },
  { name: 'delivered', label: 'Delivered', pattern: 'M2 0 V4' },
];

const [height, left, bottom, top] = [190, 40, 22, 6];
const dayMs = 86_400_000;

/** Bars over time. Drawn here: a library for charts weighs as much as all the rest of the first load. */
export function Chart({ series, label }: { readonly series: readonly Step[]; readonly label: string }) {
  const id = useId();
  // As wide as there is room, so that its words are as large as all others.
  const { ref, width: room } = useElementSize();
  const width = Math.max(240, room);
  const stepMs = (series[1]?.at ?? 0) - (series[0]?.at ?? 0);
  const time = stepMs >= dayMs ? days : stepMs * series.length > dayMs ? daysAndHours : hours;
  const labels = Math.max(2, Math.floor((width - left) / (time === daysAndHours ? 120 : 90)));
  const ticks = ticksUpTo(Math.max(...series.flatMap((step) => counts.map(({ name }) => step[name]))));
  const most = ticks.at(-1) ?? 1;
  const heightOf = (value: number): number => (value / most) * (height - bottom - top);
  const slot = (width - left) / series.length;
  const bar = Math.min(14, (slot * 0.8) / counts.length);
  const every = Math.ceil(series.length / labels);
  return (
    <figure aria-label={label} className="chart" ref={ref}>
      <Group gap="md" justify="flex-end">
        {counts.map(({ name, label: word }) => (
          <Group key={name} gap={6}>
            <svg width="12" height="12" aria-hidden="true">
              <rect width="12" height="12" className={name} />
              <rect width="12" height="12" fill={`url(#${id}${name})`} />
            </svg>
            <Text size="sm">{word}</Text>
          </Group>
        ))}
      </Group>
      <svg width={width} height={height} aria-hidden="true">
        <defs>
          {counts.map(({ name, pattern }) => (
            <pattern key={name} id={`${id}${name}`} width="4" height="4" patternUnits="userSpaceOnUse">
              {pattern !== null && <path d={pattern} className="pattern" />}
            </pattern>
          ))}
        </defs>
        {ticks.map((tick) => {
          const y = height - bottom - heightOf(tick);
          return (
            <g key={tick}>
              <line x1={left} x2={width} y1={y} y2={y} className="grid" />
              <text x={left - 6} y={y + 4} textAnchor="end">
                {short.format(tick)}
              </text>
            </g>
          );
        })}
        {series.map((step, index) => {
          const middle = left + slot * (index + 0.5);
          return (
            <g key={step.at}>
              <title>
                {`${full.format(step.at)}: ${counts.map(({ name }) => `${step[name]} ${name}`).join(', ')}`}
              </title>
              <rect x={middle - slot / 2} y={top} width={slot} height={height - bottom - top} fill="transparent" />
              {counts.map(({ name }, place) => {
                // What happened once among thousands is still to be seen.
                const tall = step[name] === 0 ? 0 : Math.max(2, heightOf(step[name]));
                const box = {
                  x: middle + (place - counts.length / 2) * bar,
                  y: height - bottom - tall,
                  width: bar,
                  height: tall,
                };
                return (
                  <g key={name}>
                    <rect {...box} className={name} />
                    <rect {...box} fill={`url(#${id}${name})`} />
                  </g>
                );
              })}
              {(series.length - 1 - index) % every === 0 && (
                <text x={Math.min(middle, width - 34)} y={height - 6} textAnchor="middle">
                  {time.format(step.at)}
                </text>
              )}
            </g>
          );
        })}
      </svg>
    </figure>
  );
}

const short = new Intl.NumberFormat(undefined, { notation: 'compact' });
const day = { month: 'short', day: 'numeric' } as const;
const hour = { hour: 'numeric', minute: '2-digit' } as const;
const full = new Intl.DateTimeFormat(undefined, { ...day, ...hour });
const days = new Intl.DateTimeFormat(undefined, day);
const daysAndHours = new Intl.DateTimeFormat(undefined, { ...day, hour: 'numeric' });
const hours = new Intl.DateTimeFormat(undefined, hour);

import { Tabs } from '@mantine/core';
import { ScreenTitle } from '../../parts/screen-title.tsx';
import { useFilter } from '../../parts/use-filter.ts';
import { useScope } from '../../shell/scope.ts';
import { ClockTab } from './clock-tab.tsx';
import { DeadLettersTab } from './dead-letters-tab.tsx';
import { DeliveriesTab } from './deliveries-tab.tsx';
import { EndpointsTab } from './endpoints-tab.tsx';
import { SchedulesTab } from './schedules-tab.tsx';
import { SloTab } from './slo-tab.tsx';

const tabs = [
  { name: 'schedules', label: 'Schedules', Body: SchedulesTab },
  { name: 'deliveries', label: 'Deliveries', Body: DeliveriesTab },
  { name: 'dead-letters', label: 'Dead letters', Body: DeadLettersTab },
  { name: 'endpoints', label: 'Endpoints', Body: EndpointsTab },
  { name: 'slo', label: 'SLO', Body: SloTab },
  { name: 'clock', label: 'Test clock', Body: ClockTab, mode: 'test' },
] as const;

export function Screen() {
  const { mode } = useScope();
  const [chosen, choose] = useFilter('tab');
  const shown = tabs.filter((tab) => !('mode' in tab) || tab.mode === mode);
  const current = shown.find(({ name }) => name === chosen)?.name ?? 'schedules';
  return (
    <>
      <ScreenTitle>Scheduler</ScreenTitle>
      <Tabs value={current} onChange={choose} keepMounted={false}>
        <Tabs.List mb="sm" aria-label="Scheduler">
          {shown.map(({ name, label }) => (
            <Tabs.Tab key={name} value={name}>
              {label}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {shown.map(({ name, Body }) => (
          <Tabs.Panel key={name} value={name}>
            <Body />
          </Tabs.Panel>
        ))}
      </Tabs>
    </>
  );
}

import { TabbedScreen } from '../../parts/tabbed-screen.tsx';
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
  return <TabbedScreen title="Scheduler" tabs={tabs} />;
}

import { NavLink, ScrollArea } from '@mantine/core';
import { useLocation } from '@tanstack/react-router';
import { useServices } from '../console/console.ts';
import type { ServiceInfo } from '../console/types.ts';
import { ScreenLink } from '../parts/screen-link.tsx';

interface Entry {
  readonly to: string;
  readonly label: string;
  readonly icon: string;
}

const home: Entry = { to: '/', label: 'Home', icon: '⌂' };

const ofServices: readonly (Entry & { readonly service: string })[] = [
  { to: '/customers', label: 'Customers', icon: '☺', service: 'onboarding' },
  { to: '/onboardings', label: 'Onboarding board', icon: '▤', service: 'onboarding' },
  { to: '/invoices', label: 'Invoices', icon: '▧', service: 'invoices' },
  { to: '/scheduler', label: 'Scheduler', icon: '◷', service: 'scheduler' },
  { to: '/randomness', label: 'Randomness', icon: '⚄', service: 'randomness' },
];

const ofAll: readonly Entry[] = [
  { to: '/admin/api-keys', label: 'API keys', icon: '✱' },
  { to: '/admin/logs', label: 'Logs', icon: '≡' },
  { to: '/effects', label: 'Effects', icon: '↗' },
  { to: '/webhooks', label: 'Webhooks', icon: '⇄' },
  { to: '/settings', label: 'Settings', icon: '⚙' },
];

/** The screens of a service that is installed; one that nobody has drawn screens for shows its lists. */
function entriesOf({ name, title, lists }: ServiceInfo): readonly Entry[] {
  const drawn = ofServices.filter(({ service }) => service === name);
  return drawn.length > 0 || lists.length === 0 ? drawn : [{ to: `/services/${name}`, label: title, icon: '◇' }];
}

export function Navigation() {
  const { pathname } = useLocation();
  const { services } = useServices();
  const shown = [home, ...services.flatMap(entriesOf), ...ofAll];
  return (
    <ScrollArea>
      {shown.map(({ to, label, icon }) => {
        const active = to === '/' ? pathname === '/' : pathname.startsWith(to);
        return (
          <NavLink
            key={to}
            component={ScreenLink}
            to={to}
            label={label}
            leftSection={
              <span aria-hidden="true" style={{ width: 18, textAlign: 'center' }}>
                {icon}
              </span>
            }
            active={active}
            {...(active ? { 'aria-current': 'page' as const } : {})}
          />
        );
      })}
    </ScrollArea>
  );
}

import { NavLink, ScrollArea } from '@mantine/core';
import { useLocation } from '@tanstack/react-router';
import { useServices } from '../console/console.ts';
import { ScreenLink } from '../parts/screen-link.tsx';

interface Entry {
  readonly to: string;
  readonly label: string;
  readonly icon: string;
  /** Shown where this service is installed. */
  readonly service?: string;
}

const entries: readonly Entry[] = [
  { to: '/', label: 'Home', icon: '⌂' },
  { to: '/customers', label: 'Customers', icon: '☺', service: 'onboarding' },
  { to: '/onboardings', label: 'Onboarding board', icon: '▤', service: 'onboarding' },
  { to: '/invoices', label: 'Invoices', icon: '▧', service: 'invoices' },
  { to: '/scheduler', label: 'Scheduler', icon: '◷', service: 'scheduler' },
  { to: '/randomness', label: 'Randomness', icon: '⚄', service: 'randomness' },
  { to: '/admin/api-keys', label: 'API keys', icon: '✱' },
  { to: '/admin/logs', label: 'Logs', icon: '≡' },
  { to: '/effects', label: 'Effects', icon: '↗' },
  { to: '/webhooks', label: 'Webhooks', icon: '⇄' },
  { to: '/settings', label: 'Settings', icon: '⚙' },
];

export function Navigation() {
  const { pathname } = useLocation();
  const { services } = useServices();
  const shown = entries.filter(({ service }) => service === undefined || services.some(({ name }) => name === service));
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

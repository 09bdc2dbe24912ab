import type { ComponentType } from 'react';

interface ScreenEntry {
  readonly path: string;
  /** Loaded when somebody goes there. */
  readonly load: () => Promise<{ readonly Screen: ComponentType }>;
}

/** Every screen by its path: those of a workspace, and those that need none. */
export const screens: { readonly inside: readonly ScreenEntry[]; readonly outside: readonly ScreenEntry[] } = {
  inside: [
    { path: '/', load: () => import('./home/home.tsx') },
    { path: '/admin/api-keys', load: () => import('./keys/keys.tsx') },
    { path: '/admin/logs', load: () => import('./logs/logs.tsx') },
    { path: '/effects', load: () => import('./effects/effects.tsx') },
    { path: '/webhooks', load: () => import('./webhooks/webhooks.tsx') },
    { path: '/webhooks/$endpointId', load: () => import('./webhooks/endpoint.tsx') },
    { path: '/settings', load: () => import('./settings/settings.tsx') },
    { path: '/scheduler', load: () => import('./scheduler/scheduler.tsx') },
    { path: '/randomness', load: () => import('./randomness/randomness.tsx') },
    { path: '/invoices', load: () => import('./invoices/invoices.tsx') },
    { path: '/invoices/$invoiceId', load: () => import('./invoices/invoice.tsx') },
    { path: '/customers', load: () => import('./customers/customers.tsx') },
    { path: '/customers/$ref', load: () => import('./customers/customer.tsx') },
    { path: '/services/$service', load: () => import('./service/service.tsx') },
    { path: '/onboardings', load: () => import('./onboardings/board.tsx') },
    { path: '/onboardings/$ref', load: () => import('./onboardings/onboarding.tsx') },
  ],
  outside: [
    { path: '/sign-in', load: () => import('./sign-in/sign-in.tsx') },
    { path: '/sign-up', load: () => import('./sign-in/sign-up.tsx') },
    { path: '/verify', load: () => import('./verify/verify.tsx') },
    { path: '/transparency', load: () => import('./verify/transparency.tsx') },
    { path: '/invitations/$invitationId', load: () => import('./sign-in/invitation.tsx') },
  ],
};

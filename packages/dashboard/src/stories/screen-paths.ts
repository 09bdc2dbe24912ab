/** Every screen that can be opened as it is. */
export const screenPaths = [
  '/',
  '/admin/api-keys',
  '/admin/logs',
  '/effects',
  '/webhooks',
  '/settings',
  '/scheduler',
  '/scheduler?tab=slo',
  '/randomness',
  '/customers',
  '/onboardings',
  '/verify',
  '/transparency',
  '/sign-in',
  '/sign-up',
];

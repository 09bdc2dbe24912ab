/** Every screen that can be opened as it is. */
export const screenPaths = [
  '/',
  '/admin/api-keys',
  '/admin/logs',
  '/effects',
  '/webhooks',
  '/settings',
  '/sign-in',
  '/sign-up',
];

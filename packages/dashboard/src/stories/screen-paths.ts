/** Every screen that can be opened as it is, with its heading. */
export const screenPaths = {
  '/': 'Home',
  '/admin/api-keys': 'API keys',
  '/admin/logs': 'Logs',
  '/effects': 'Effects',
  '/webhooks': 'Webhooks',
  '/settings': 'Settings',
  '/scheduler': 'Scheduler',
  '/scheduler?tab=slo': 'Scheduler',
  '/randomness': 'Randomness',
  '/customers': 'Customers',
  '/onboardings': 'Onboarding board',
  '/verify': 'Verify an outcome',
  '/transparency': 'Transparency log',
  '/sign-in': 'Sign in to Interlock',
  '/sign-up': 'Sign up to Interlock',
} as const;

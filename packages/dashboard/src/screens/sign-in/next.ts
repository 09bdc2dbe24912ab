/** Where to go after signing in: a path of this server, whatever the address bar says. */
export function nextPath(text: string | undefined): string {
  if (text === undefined || !text.startsWith('/')) return '/';
  const { origin, pathname, search } = new URL(text, 'https://here.invalid');
  return origin === 'https://here.invalid' ? pathname + search : '/';
}

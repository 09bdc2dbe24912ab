import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet } from '@tanstack/react-router';
import { ScreenFailed } from './parts/screen-failed.tsx';
import { screens } from './screens/screens.ts';
import { NotFound } from './shell/not-found.tsx';
import { Shell } from './shell/shell.tsx';

/** What every link keeps, so that who follows it sees what its sender saw; each screen adds its own filters. */
export interface Search {
  readonly mode?: 'test' | undefined;
  readonly workspace?: string | undefined;
  readonly [filter: string]: string | undefined;
}

const root = createRootRoute({
  component: Outlet,
  notFoundComponent: NotFound,
  validateSearch: (search): Search => readSearch(search),
  search: { middlewares: [keepScope] },
});

/** Follows every link, whatever else it says. */
function keepScope({ search, next }: { search: Search; next: (search: Search) => Search }): Search {
  const result = next(search);
  // Who leaves test mode says so with a mode that is there and empty.
  const mode = 'mode' in result ? result.mode : search.mode;
  return { ...result, mode, workspace: result.workspace ?? search.workspace };
}

const signedIn = createRoute({ getParentRoute: () => root, id: 'signed-in', component: Shell });

const routeTree = root.addChildren([
  signedIn.addChildren(
    screens.inside.map(({ path, load }) =>
      createRoute({
        getParentRoute: () => signedIn,
        path,
        component: lazyRouteComponent(load, 'Screen'),
        errorComponent: ScreenFailed,
      }),
    ),
  ),
  ...screens.outside.map(({ path, load }) =>
    createRoute({
      getParentRoute: () => root,
      path,
      component: lazyRouteComponent(load, 'Screen'),
      errorComponent: ScreenFailed,
    }),
  ),
]);

export const router = createRouter({
  routeTree,
  defaultPreload: 'intent',
  // The address bar is read by people: ?mode=test, not ?mode=%22test%22.
  parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
  stringifySearch: (search) => {
    const params = new URLSearchParams();
    for (const [name, value] of Object.entries(search))
      if (value !== undefined && value !== '') params.set(name, String(value));
    const text = params.toString();
    return text === '' ? '' : `?${text}`;
  },
});

function readSearch(search: Readonly<Record<string, unknown>>): Search {
  const { mode, ...rest } = search;
  // A filter that was taken away is still named, as undefined.
  const filters = Object.fromEntries(
    Object.entries(rest).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );
  return { ...filters, ...(mode === 'test' ? { mode } : {}) };
}

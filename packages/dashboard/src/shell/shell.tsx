import { AppShell, Burger, Center, Group, Loader, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { Outlet, useLocation, useSearch } from '@tanstack/react-router';
import { useEffect, useMemo, useRef } from 'react';
import { meQuery } from '../console/console.ts';
import { Problem } from '../console/problem.ts';
import type { Me, Mode } from '../console/types.ts';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { AccountMenu } from './account-menu.tsx';
import { FirstWorkspace } from './first-workspace.tsx';
import { ModeSwitch } from './mode-switch.tsx';
import { Navigation } from './navigation.tsx';
import { SchemeToggle } from './scheme-toggle.tsx';
import { ScopeContext } from './scope.ts';
import { useGo } from './use-go.ts';
import { WorkspaceMenu } from './workspace-menu.tsx';

/** Everything around the screens of a workspace: who is signed in, where, and in which mode. */
export function Shell() {
  const { data: me, error } = useQuery(meQuery);
  if (error instanceof Problem && error.status === 401) return <ToSignIn />;
  if (error !== null) {
    return (
      <Center h="100vh" p="md">
        <ProblemAlert error={error} />
      </Center>
    );
  }
  if (me === undefined) {
    return (
      <Center h="100vh">
        <Loader role="progressbar" aria-label="Loading" />
      </Center>
    );
  }
  return <Frame me={me} />;
}

/** Once: the router draws this again while the next screen is being loaded, with another place each time. */
function ToSignIn() {
  const go = useGo();
  const { href } = useLocation();
  // biome-ignore lint/correctness/useExhaustiveDependencies: as said above
  useEffect(() => void go({ to: '/sign-in', search: { next: href }, replace: true }), []);
  return null;
}

function Frame({ me }: { readonly me: Me }) {
  const search = useSearch({ strict: false });
  const go = useGo();
  const { pathname } = useLocation();
  const [opened, { toggle, close }] = useDisclosure(false);
  const mode: Mode = search.mode === 'test' ? 'test' : 'live';
  const asked = search.workspace;
  const workspace = asked === undefined ? me.active : (me.workspaces.find(({ id }) => id === asked) ?? null);
  const scope = useMemo(
    () =>
      workspace === null
        ? null
        : { workspaceId: workspace.id, workspaceName: workspace.name, role: workspace.role, mode },
    [workspace, mode],
  );

  useEffect(() => {
    // A link names the workspace, so that it shows the same to whoever has several.
    if (workspace !== null && asked === undefined) {
      void go({ to: '.', search: (now) => ({ ...now, workspace: workspace.id }), replace: true });
    }
  }, [workspace, asked, go]);
  useEffect(() => {
    document.documentElement.dataset.mode = mode;
  }, [mode]);
  const first = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: when another screen is shown
  useEffect(() => {
    close();
    // Who came by the menu goes on in the screen; on a narrow window the menu is gone.
    if (!first.current) document.getElementById('main')?.focus({ preventScroll: true });
    first.current = false;
  }, [pathname]);

  if (scope === null) return <FirstWorkspace me={me} unknown={asked !== undefined && me.workspaces.length > 0} />;
  const test = mode === 'test';
  return (
    <ScopeContext.Provider value={scope}>
      <a className="skip" href="#main">
        Skip to the content
      </a>
      <AppShell
        header={{ height: test ? 84 : 60 }}
        navbar={{ width: 220, breakpoint: 'sm', collapsed: { mobile: !opened } }}
        padding={{ base: 'sm', sm: 'lg' }}
      >
        <AppShell.Header>
          <Group h={60} px="sm" justify="space-between" wrap="nowrap" gap="xs">
            <Group gap="xs" wrap="nowrap" miw={0}>
              <Burger
                opened={opened}
                onClick={toggle}
                hiddenFrom="sm"
                size="sm"
                aria-label={opened ? 'Close the menu' : 'Open the menu'}
              />
              <Text fw={700} visibleFrom="sm">
                Interlock
              </Text>
              <WorkspaceMenu me={me} current={scope.workspaceId} />
            </Group>
            <Group gap="xs" wrap="nowrap">
              <ModeSwitch mode={mode} />
              <SchemeToggle />
              <AccountMenu me={me} />
            </Group>
          </Group>
          {test && (
            <div className="test-banner" role="status">
              <span>⚠ TEST MODE — nothing here is live</span>
            </div>
          )}
        </AppShell.Header>
        <AppShell.Navbar p="xs" aria-label="Screens">
          <Navigation />
        </AppShell.Navbar>
        <AppShell.Main id="main" tabIndex={-1}>
          {/* Nothing that a screen holds, such as a shown secret or a half-filled form, crosses into another mode. */}
          <Outlet key={`${scope.workspaceId} ${mode}`} />
        </AppShell.Main>
      </AppShell>
    </ScopeContext.Provider>
  );
}

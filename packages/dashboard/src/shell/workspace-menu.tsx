import { Button, Menu } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { request } from '../console/request.ts';
import type { Me } from '../console/types.ts';
import { showProblem } from '../parts/show-problem.ts';
import { NewWorkspace } from './new-workspace.tsx';
import { useGo } from './use-go.ts';

export function WorkspaceMenu({ me, current }: { readonly me: Me; readonly current: string }) {
  const goTo = useGo();
  const queries = useQueryClient();
  const [creating, setCreating] = useState(false);
  const go = async (id: string): Promise<void> => {
    try {
      // Remembered for the next sign-in; what is shown follows the address bar.
      await request('POST', `/console/v1/workspaces/${id}/activate`, { body: {} });
      await queries.invalidateQueries({ queryKey: ['me'] });
      await goTo({ to: '/', search: ({ mode }) => ({ mode, workspace: id }) });
    } catch (error) {
      showProblem(error);
    }
  };
  const name = me.workspaces.find(({ id }) => id === current)?.name ?? '';
  return (
    <>
      <Menu position="bottom-start">
        <Menu.Target>
          <Button variant="default" size="xs" aria-label={`Workspace ${name}: switch`} maw={{ base: 110, sm: 220 }}>
            {name}
            <span aria-hidden="true"> ▾</span>
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {me.workspaces.map((workspace) => (
            <Menu.Item
              key={workspace.id}
              {...(workspace.id === current ? { 'aria-current': true as const, fw: 700 } : {})}
              onClick={() => void go(workspace.id)}
            >
              {workspace.name} · {workspace.role}
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Item onClick={() => setCreating(true)}>New workspace …</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <NewWorkspace opened={creating} onClose={() => setCreating(false)} onMade={(id) => void go(id)} />
    </>
  );
}

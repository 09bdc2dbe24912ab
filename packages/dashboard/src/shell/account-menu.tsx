import { ActionIcon, Menu, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { request } from '../console/request.ts';
import type { Me } from '../console/types.ts';
import { showProblem } from '../parts/show-problem.ts';

export function AccountMenu({ me }: { readonly me: Me }) {
  const queries = useQueryClient();
  const signOut = async (): Promise<void> => {
    try {
      await request('POST', '/auth/logout', { body: {} });
      queries.clear();
      // A fresh page: nothing of the person stays in memory.
      window.location.assign('/sign-in');
    } catch (error) {
      showProblem(error);
    }
  };
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="default" size="lg" aria-label={`Account of ${me.person.email}`}>
          <svg aria-hidden="true" width="18" height="18" viewBox="0 0 18 18" fill="currentColor">
            <circle cx="9" cy="6" r="3.5" />
            <path d="M2 16a7 6 0 0 1 14 0z" />
          </svg>
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Text size="sm" px="sm" py={4}>
          {me.person.email}
        </Text>
        <Menu.Item onClick={() => void signOut()}>Sign out</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

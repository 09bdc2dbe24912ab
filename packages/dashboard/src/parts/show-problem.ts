import { notifications } from '@mantine/notifications';
import { Problem } from '../console/problem.ts';

/** For what was refused away from any form. */
export function showProblem(error: unknown): void {
  const id = error instanceof Problem && error.requestId !== null ? ` (request id ${error.requestId})` : '';
  notifications.show({
    color: 'red',
    title: 'That did not work',
    message: `${error instanceof Error ? error.message : String(error)}${id}`,
    autoClose: 12_000,
  });
}

export function showDone(message: string): void {
  notifications.show({ color: 'green', message });
}

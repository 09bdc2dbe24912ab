import { Alert, Code, Text } from '@mantine/core';
import { Problem } from '../console/problem.ts';

/** What was refused and why, with the id under which it can be found; nothing where nothing was. */
export function ProblemAlert({ error, title }: { readonly error: unknown; readonly title?: string }) {
  if (error === null || error === undefined) return null;
  const problem = error instanceof Problem ? error : null;
  return (
    <Alert color="red" role="alert" title={title ?? 'That did not work'}>
      <Text size="sm">{error instanceof Error ? error.message : String(error)}</Text>
      {problem?.details.map((detail) => (
        <Text size="sm" key={detail}>
          {detail}
        </Text>
      ))}
      {problem?.requestId != null && (
        <Text size="sm" mt={4}>
          Request id: <Code>{problem.requestId}</Code>
        </Text>
      )}
    </Alert>
  );
}

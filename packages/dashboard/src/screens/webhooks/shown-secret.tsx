import { Alert, Button, Stack, Text } from '@mantine/core';
import { CodeBlock } from '../../parts/code-block.tsx';

/** The only time that a signing secret is shown. */
export function ShownSecret({ secret, onClose }: { readonly secret: string; readonly onClose: () => void }) {
  return (
    <Alert color="green" mb="md" title="Copy the signing secret now">
      <Stack gap="xs">
        <Text size="sm">It is shown this once. Verify each request that you get with it.</Text>
        <CodeBlock code={secret} label="the signing secret" />
        <Button variant="default" w="fit-content" onClick={onClose}>
          I have kept it
        </Button>
      </Stack>
    </Alert>
  );
}

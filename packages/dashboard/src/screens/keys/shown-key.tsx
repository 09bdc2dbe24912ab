import { Alert, Button, Stack, Text } from '@mantine/core';
import { useServices } from '../../console/console.ts';
import type { ApiKey } from '../../console/types.ts';
import { CodeBlock } from '../../parts/code-block.tsx';
import { exampleCurl } from '../../parts/example.ts';

interface ShownKeyProps {
  readonly apiKey: ApiKey & { readonly key: string };
  readonly onClose: () => void;
}

/** The only time that a key's text is shown. */
export function ShownKey({ apiKey, onClose }: ShownKeyProps) {
  const { services, publicUrl } = useServices();
  const service = services.find(({ name }) => name === apiKey.service);
  const curl = exampleCurl(publicUrl, service, apiKey.mode).replace(
    `${service?.prefix[apiKey.mode] ?? ''}…`,
    apiKey.key,
  );
  return (
    <Alert color="green" mb="md" title={`Copy the ${apiKey.mode} key “${apiKey.name}” now`}>
      <Stack gap="xs">
        <Text size="sm">It is shown this once: only its digest is kept.</Text>
        <CodeBlock code={apiKey.key} label="the key" />
        <CodeBlock code={curl} label="a first request" />
        <Button variant="default" w="fit-content" onClick={onClose}>
          I have kept it
        </Button>
      </Stack>
    </Alert>
  );
}

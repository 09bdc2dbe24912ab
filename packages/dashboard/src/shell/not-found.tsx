import { Anchor, Center, Stack, Text, Title } from '@mantine/core';

export function NotFound() {
  return (
    <Center mih="60vh" p="md">
      <Stack align="center">
        <Title order={1}>There is no such page</Title>
        <Text>
          <Anchor href="/">Go to the start</Anchor>, or look at <Anchor href="/docs/api">the API pages</Anchor>.
        </Text>
      </Stack>
    </Center>
  );
}

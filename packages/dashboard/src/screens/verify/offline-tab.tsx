import { Button, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { type Check, type Verdict, verifyOutcome } from '../../../../client/src/verify.ts';
import { VerdictAlert } from './verdict.tsx';

/** Asks nobody: works with the network cut. */
export function OfflineTab() {
  const [outcome, setOutcome] = useState('');
  const [seed, setSeed] = useState('');
  const [items, setItems] = useState('');
  const [verdict, setVerdict] = useState<Verdict<{ readonly checked: readonly Check[] }> | null>(null);
  const check = (): void => {
    const record = readJson(outcome);
    const list = items.trim() === '' ? undefined : readJson(items);
    if (record === undefined || (list !== undefined && !Array.isArray(list))) {
      setVerdict({ ok: false, reason: 'The outcome must be JSON, and the items a JSON list.' });
      return;
    }
    setVerdict(verifyOutcome(record, seed.trim(), Array.isArray(list) ? { items: list } : {}));
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        check();
      }}
    >
      <Stack>
        <Text size="sm">Paste the outcome as the API answered it and the seed that was revealed. Nothing is sent.</Text>
        <Textarea
          label="Outcome (JSON)"
          required
          autosize
          minRows={6}
          maxRows={16}
          value={outcome}
          onChange={(event) => setOutcome(event.currentTarget.value)}
        />
        <TextInput label="Server seed" required value={seed} onChange={(event) => setSeed(event.currentTarget.value)} />
        <TextInput
          label="Items (JSON list)"
          description="For a shuffle or a pick: the list that was sent."
          value={items}
          onChange={(event) => setItems(event.currentTarget.value)}
        />
        <Button type="submit" w="fit-content">
          Verify here
        </Button>
        {verdict !== null && <VerdictAlert verdict={verdict} />}
      </Stack>
    </form>
  );
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

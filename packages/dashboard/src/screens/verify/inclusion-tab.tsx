import { Button, Stack, Text, Textarea } from '@mantine/core';
import { useState } from 'react';
import { type Verdict, verifyInclusion } from '../../../../client/src/verify.ts';
import { VerdictAlert } from './verdict.tsx';

/** A proof as `/api/merkle/:date/proof/:outcomeId` answers it, followed up to the root of its day. */
export function InclusionTab() {
  const [text, setText] = useState('');
  const [verdict, setVerdict] = useState<Verdict<{ readonly date: string; readonly root: string }> | null>(null);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        setVerdict(check(text));
      }}
    >
      <Stack>
        <Textarea
          label="Proof (JSON)"
          required
          autosize
          minRows={6}
          maxRows={16}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Button type="submit" w="fit-content">
          Verify here
        </Button>
        {verdict !== null && <VerdictAlert verdict={verdict} />}
        {verdict?.ok === true && (
          <Text size="sm">
            It leads to the root of {verdict.date}: <span className="code">{verdict.root}</span>. Compare it with the
            published one.
          </Text>
        )}
      </Stack>
    </form>
  );
}

function check(text: string): Verdict<{ readonly date: string; readonly root: string }> {
  try {
    return verifyInclusion(JSON.parse(text));
  } catch {
    return { ok: false, reason: 'The proof must be JSON.' };
  }
}

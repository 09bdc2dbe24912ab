import { Alert, List } from '@mantine/core';
import type { Check, Verdict } from '../../../../client/src/verify.ts';

const meanings: Readonly<Record<Check, string>> = {
  commitment: 'the seed is the one whose hash was published before the draw',
  values: 'the values follow from the seed, the client seed, the nonce and the parameters',
  receipt: 'every field of the record is as it was when the server sealed it',
};

/** What this browser found. */
export function VerdictAlert({ verdict }: { readonly verdict: Verdict<{ readonly checked?: readonly Check[] }> }) {
  if (!verdict.ok) {
    return (
      <Alert color="red" role="status" title="✗ Mismatch">
        {verdict.reason}
      </Alert>
    );
  }
  return (
    <Alert color="green" role="status" title="✓ Verified by your browser">
      <List size="sm">
        {verdict.checked?.map((check) => (
          <List.Item key={check}>{meanings[check]}</List.Item>
        ))}
      </List>
    </Alert>
  );
}

import { Text } from '@mantine/core';
import { useScope } from '../../shell/scope.ts';

/** Said in the forms of onboarding, where test mode changes what live mode has. */
export function SharedNote() {
  const { mode } = useScope();
  if (mode !== 'test') return null;
  return <Text size="sm">This is stored for both modes to see; what it would send is held back.</Text>;
}

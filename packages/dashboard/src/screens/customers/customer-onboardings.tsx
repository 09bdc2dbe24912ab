import { Anchor, Badge, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { ScreenLink } from '../../parts/screen-link.tsx';
import { useGo } from '../../shell/use-go.ts';
import { OnboardingForm } from '../onboardings/onboarding-form.tsx';
import { Panel, PanelButton } from './panel.tsx';
import { type Customer, type Onboarding, words } from './types.ts';
import { usePart } from './use-part.ts';

/** How far the onboardings of a customer are. */
export function CustomerOnboardings({ customer }: { readonly customer: Customer }) {
  const go = useGo();
  const [starting, setStarting] = useState(false);
  const { rows, more, error } = usePart<Onboarding>(customer, 'onboardings');
  return (
    <Panel
      title="Onboardings"
      error={error}
      actions={<PanelButton onClick={() => setStarting(true)}>Start an onboarding</PanelButton>}
    >
      {rows?.length === 0 && <Text size="sm">None: start one to bring this customer to its launch.</Text>}
      <Stack gap="xs">
        {rows?.map(({ id, display_id, name, phase, state }) => (
          <div key={id}>
            <Anchor
              component={ScreenLink}
              to="/onboardings/$ref"
              params={{ ref: String(display_id) }}
              size="sm"
              underline="always"
              lineClamp={3}
            >
              {name ?? `Onboarding ${display_id}`}
            </Anchor>
            <Group gap={4}>
              <Badge size="sm">{words(phase)}</Badge>
              <Badge size="sm" color="gray">
                {words(state)}
              </Badge>
            </Group>
          </div>
        ))}
      </Stack>
      {more && <Text size="sm">Only the newest 100 are shown.</Text>}
      {starting && (
        <OnboardingForm
          customer={customer}
          onboarding={null}
          onDone={({ display_id }) => void go({ to: `/onboardings/${display_id}` })}
          onClose={() => setStarting(false)}
        />
      )}
    </Panel>
  );
}

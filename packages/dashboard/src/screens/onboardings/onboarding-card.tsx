import { Anchor, Group, NativeSelect } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useConsole } from '../../console/console.ts';
import { useChanged } from '../../console/use-changed.ts';
import { nameOfMember, useMembers } from '../../console/use-members.ts';
import { Danger } from '../../parts/danger.tsx';
import { Facts } from '../../parts/facts.tsx';
import { ScreenLink } from '../../parts/screen-link.tsx';
import { showDone } from '../../parts/show-problem.ts';
import { When } from '../../parts/when.tsx';
import { useGo } from '../../shell/use-go.ts';
import { Panel, PanelButton } from '../customers/panel.tsx';
import { SharedNote } from '../customers/shared-note.tsx';
import { type Customer, type Onboarding, phases, states, words } from '../customers/types.ts';
import { OnboardingForm } from './onboarding-form.tsx';

interface OnboardingCardProps {
  readonly onboarding: Onboarding;
  readonly customer: Customer;
}

export function OnboardingCard({ onboarding, customer }: OnboardingCardProps) {
  const api = useConsole();
  const go = useGo();
  const members = useMembers();
  const changed = useChanged('onboarding');
  const service = api.service('onboarding');
  const path = `/onboardings/${onboarding.id}`;
  const [changing, setChanging] = useState(false);
  const move = useMutation({
    mutationFn: (body: { readonly phase?: string; readonly state?: string }) => service.patch(path, { body }),
    onSettled: changed,
  });
  const name = onboarding.name ?? `Onboarding ${onboarding.display_id}`;
  const choose = (label: string, field: 'phase' | 'state', values: readonly string[]) => (
    <NativeSelect
      label={label}
      size="xs"
      value={(move.isPending ? move.variables[field] : undefined) ?? onboarding[field]}
      data={values.map((value) => ({ value, label: words(value) }))}
      onChange={(event) => move.mutate({ [field]: event.currentTarget.value })}
    />
  );
  return (
    <Panel
      title="Onboarding"
      error={move.error}
      actions={
        <>
          <PanelButton onClick={() => setChanging(true)}>Change</PanelButton>
          <Danger
            action="Delete"
            label={`Delete ${name}`}
            title={`Delete ${name}?`}
            run={() => service.delete(path)}
            onDone={async () => {
              showDone(`${name} is deleted.`);
              await go({ to: `/customers/${customer.slug}` });
              await changed();
            }}
          >
            Both modes share this onboarding, and neither has it any more; its reminders end with it.
          </Danger>
        </>
      }
    >
      <SharedNote />
      <Group my="xs">
        {choose('Phase', 'phase', phases)}
        {choose('State', 'state', states)}
      </Group>
      <Facts
        facts={{
          Customer: (
            <Anchor
              component={ScreenLink}
              to="/customers/$ref"
              params={{ ref: customer.slug }}
              underline="always"
              inherit
              lineClamp={3}
            >
              {customer.name}
            </Anchor>
          ),
          Number: onboarding.display_id,
          Id: <span className="code">{onboarding.id}</span>,
          CSM: onboarding.csm_id === null ? null : nameOfMember(members, onboarding.csm_id),
          'Target launch': onboarding.target_launch_date?.slice(0, 10),
          Started: <When at={onboarding.started_at} />,
          Completed: <When at={onboarding.completed_at} empty="not yet" />,
          Reminders: onboarding.reminders_enabled ? 'the primary contact is reminded' : 'off',
          Notes: onboarding.notes,
        }}
      />
      {changing && <OnboardingForm customer={customer} onboarding={onboarding} onClose={() => setChanging(false)} />}
    </Panel>
  );
}

import { Select, Switch, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useConsole } from '../../console/console.ts';
import { useChanged } from '../../console/use-changed.ts';
import { useMembers } from '../../console/use-members.ts';
import { FormDialog, TextField, type TextFields } from '../../parts/form-dialog.tsx';
import { SharedNote } from '../customers/shared-note.tsx';
import { type Customer, type Onboarding, phases, words } from '../customers/types.ts';

interface OnboardingFormProps {
  readonly customer: Pick<Customer, 'id' | 'name'>;
  readonly onboarding: Onboarding | null;
  readonly onDone?: (onboarding: Onboarding) => unknown;
  readonly onClose: () => void;
}

/** Starts an onboarding of a customer, or changes what is known of one. */
export function OnboardingForm({ customer, onboarding, onDone, onClose }: OnboardingFormProps) {
  const api = useConsole();
  const changed = useChanged('onboarding');
  const members = useMembers();
  const service = api.service('onboarding');
  const [fields, setFields] = useState<TextFields>({ name: onboarding?.name ?? `${customer.name} onboarding` });
  const [phase, setPhase] = useState<string>(phases[0]);
  const [launch, setLaunch] = useState(onboarding?.target_launch_date?.slice(0, 10) ?? '');
  const [csm, setCsm] = useState<string | null>(onboarding?.csm_id ?? null);
  const [notes, setNotes] = useState(onboarding?.notes ?? '');
  const [reminders, setReminders] = useState(onboarding?.reminders_enabled ?? true);
  const body = {
    ...fields,
    target_launch_date: launch === '' ? null : `${launch}T00:00:00Z`,
    csm_id: csm,
    notes: notes || null,
    reminders_enabled: reminders,
  };
  return (
    <FormDialog
      title={onboarding === null ? `Start an onboarding of ${customer.name}` : `Change ${onboarding.name}`}
      action={`${onboarding === null ? 'Start' : 'Change'} in ${api.mode} mode`}
      onClose={onClose}
      run={() =>
        onboarding === null
          ? service.post<Onboarding>('/onboardings', { body: { ...body, phase, customer_id: customer.id } })
          : service.patch<Onboarding>(`/onboardings/${onboarding.id}`, { body })
      }
      onDone={async (made) => {
        await changed();
        await onDone?.(made);
      }}
    >
      <SharedNote />
      <TextField {...{ fields, setFields }} name="name" label="Name" required />
      {onboarding === null && (
        <Select
          label="Phase"
          allowDeselect={false}
          data={phases.map((value) => ({ value, label: words(value) }))}
          value={phase}
          onChange={(value) => value !== null && setPhase(value)}
        />
      )}
      <TextInput
        label="Target launch"
        description="A day, in UTC."
        type="date"
        value={launch}
        onChange={(event) => setLaunch(event.currentTarget.value)}
      />
      <Select
        label="CSM"
        description="The member who manages the customer, and hears of it in Slack."
        placeholder="nobody"
        clearable
        searchable
        data={members.map(({ personId, name }) => ({ value: personId, label: name }))}
        value={csm}
        onChange={setCsm}
      />
      <Textarea
        label="Notes"
        autosize
        minRows={2}
        maxRows={8}
        value={notes}
        onChange={(event) => setNotes(event.currentTarget.value)}
      />
      <Switch
        label="Remind the primary contact"
        checked={reminders}
        onChange={(event) => setReminders(event.currentTarget.checked)}
      />
    </FormDialog>
  );
}

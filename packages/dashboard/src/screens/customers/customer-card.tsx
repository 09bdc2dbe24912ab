import { Badge } from '@mantine/core';
import { useState } from 'react';
import { useConsole } from '../../console/console.ts';
import { useChanged } from '../../console/use-changed.ts';
import { Danger } from '../../parts/danger.tsx';
import { Facts } from '../../parts/facts.tsx';
import { Json } from '../../parts/json.tsx';
import { ModeBadge } from '../../parts/mode-badge.tsx';
import { showDone } from '../../parts/show-problem.ts';
import { When } from '../../parts/when.tsx';
import { useGo } from '../../shell/use-go.ts';
import { CustomerForm } from './customer-form.tsx';
import { isTestRow } from './fold-test-rows.ts';
import { Panel, PanelButton } from './panel.tsx';
import { type Customer, words } from './types.ts';

export function CustomerCard({ customer }: { readonly customer: Customer }) {
  const api = useConsole();
  const go = useGo();
  const changed = useChanged('onboarding');
  const [changing, setChanging] = useState(false);
  return (
    <Panel
      title="Customer"
      marks={
        <>
          <Badge>{words(customer.status)}</Badge>
          {isTestRow(customer) && <ModeBadge mode="test" />}
        </>
      }
      actions={
        <>
          <PanelButton onClick={() => setChanging(true)}>Change</PanelButton>
          <Danger
            action="Delete"
            label={`Delete ${customer.name}`}
            title={`Delete ${customer.name}?`}
            run={() => api.service('onboarding').delete(`/customers/${customer.id}`)}
            onDone={async () => {
              showDone(`${customer.name} is deleted.`);
              await go({ to: '/customers' });
              await changed();
            }}
          >
            Both modes share this customer, and neither has it any more; its contacts and onboardings leave the lists
            with it. What happened to it stays in the logs.
          </Danger>
        </>
      }
    >
      <Facts
        facts={{
          Number: customer.display_id,
          Slug: customer.slug,
          Id: <span className="code">{customer.id}</span>,
          Domain: customer.domain,
          Plan: customer.plan,
          'Slack channel': customer.slack_channel_id,
          Created: <When at={customer.created_at} />,
        }}
      />
      {Object.keys(customer.metadata).length > 0 && <Json value={customer.metadata} label="the metadata" />}
      {changing && (
        <CustomerForm
          customer={customer}
          onClose={() => setChanging(false)}
          // The page stands under its slug.
          onDone={({ slug }) => slug !== customer.slug && void go({ to: `/customers/${slug}`, replace: true })}
        />
      )}
    </Panel>
  );
}

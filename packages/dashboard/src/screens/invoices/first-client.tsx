import { Button } from '@mantine/core';
import { useState } from 'react';
import { useConsole, useServices } from '../../console/console.ts';
import { Empty } from '../../parts/empty.tsx';
import { ClientForm } from './client-form.tsx';

/** Where there is no client yet, nothing can be uploaded. */
export function FirstClient() {
  const api = useConsole();
  const { publicUrl, services } = useServices();
  const [creating, setCreating] = useState(false);
  const service = services.find(({ name }) => name === 'invoices');
  return (
    <Empty
      title={`There is no client in ${api.mode} mode`}
      curl={`curl '${publicUrl}${service?.basePath ?? ''}/clients' \\\n  -H 'authorization: Bearer ${service?.prefix[api.mode] ?? ''}…' -H 'content-type: application/json' \\\n  -d '{"name": "Acme UAB"}'`}
    >
      A client is a company whose invoices are read; each invoice belongs to one. Clients of the other mode are of no
      use here.
      <div>
        <Button mt="sm" onClick={() => setCreating(true)}>
          New client
        </Button>
      </div>
      {creating && <ClientForm client={null} onClose={() => setCreating(false)} />}
    </Empty>
  );
}

import { Button } from '@mantine/core';
import { useState } from 'react';
import { useConsole } from '../../console/console.ts';
import { Empty } from '../../parts/empty.tsx';
import { useCurl } from '../../parts/use-curl.ts';
import { ClientForm } from './client-form.tsx';

/** Where there is no client yet, nothing can be uploaded. */
export function FirstClient() {
  const api = useConsole();
  const curl = useCurl('invoices');
  const [creating, setCreating] = useState(false);
  return (
    <Empty
      title={`There is no client in ${api.mode} mode`}
      curl={curl({ path: '/clients', body: { name: 'Acme UAB' } })}
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

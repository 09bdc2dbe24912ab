import { TabbedScreen } from '../../parts/tabbed-screen.tsx';
import { ClientsTab } from './clients-tab.tsx';
import { ContactsTab } from './contacts-tab.tsx';
import { InvoicesTab } from './invoices-tab.tsx';
import { TestDataTab } from './test-data-tab.tsx';
import { UploadsTab } from './uploads-tab.tsx';

const tabs = [
  { name: 'invoices', label: 'Invoices', Body: InvoicesTab },
  { name: 'uploads', label: 'Uploads', Body: UploadsTab },
  { name: 'clients', label: 'Clients', Body: ClientsTab },
  { name: 'contacts', label: 'Contacts', Body: ContactsTab },
  { name: 'test-data', label: 'Test data', Body: TestDataTab, mode: 'test' },
] as const;

export function Screen() {
  return <TabbedScreen title="Invoices" tabs={tabs} />;
}

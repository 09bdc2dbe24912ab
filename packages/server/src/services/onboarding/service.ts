import { listActivity } from './activity.ts';
import { upsertCustomers } from './bulk.ts';
import { createContact, deleteContact, getContact, listContacts, patchContact } from './contacts.ts';
import { service } from './contract.ts';
import { createCustomer } from './create-customer.ts';
import { deleteCustomer, getCustomer, listCustomers } from './customers.ts';
import { health } from './health.ts';
import { me } from './me.ts';
import { takeStripeEvent } from './stripe-events.ts';
import { patchCustomer } from './update-customer.ts';

/** Customer onboarding. Its promises stand in `contract.ts`; this is its table of contents. */
export const onboarding = service({
  operations: [
    health,
    me,
    listCustomers,
    createCustomer,
    upsertCustomers,
    getCustomer,
    patchCustomer,
    deleteCustomer,
    listContacts,
    createContact,
    getContact,
    patchContact,
    deleteContact,
    listActivity,
  ],
  loops: [],
  inbound: { stripe: takeStripeEvent },
  migrations: new URL('./migrations/', import.meta.url),
});

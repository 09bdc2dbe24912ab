import { listActivity } from './activity.ts';
import { exportActivity } from './activity-export.ts';
import { upsertCustomers } from './bulk.ts';
import { createCalendarFeed, deleteCalendarFeed, listCalendarFeeds } from './calendar-feeds.ts';
import { cleanUp } from './cleanup.ts';
import { createContact, deleteContact, getContact, listContacts, patchContact } from './contacts.ts';
import { service } from './contract.ts';
import { createCustomer } from './create-customer.ts';
import { exportCustomers } from './csv-export.ts';
import { importCustomers } from './csv-import.ts';
import { deleteCustomer, getCustomer, listCustomers } from './customers.ts';
import { eventPayloads } from './event-payloads.ts';
import { deepHealth, health } from './health.ts';
import { launchCalendar } from './launch-calendar.ts';
import { me } from './me.ts';
import { mergeCustomers } from './merge.ts';
import {
  createOnboarding,
  deleteOnboarding,
  getOnboarding,
  listCustomerOnboardings,
  listOnboardings,
  patchOnboarding,
} from './onboardings.ts';
import { reminderLoops } from './reminders.ts';
import { takeStripeEvent } from './stripe-events.ts';
import { createTask, deleteTask, getTask, listTasks, patchTask } from './tasks.ts';
import { patchCustomer } from './update-customer.ts';

/** Customer onboarding. Its promises stand in `contract.ts`; this is its table of contents. */
export const onboarding = service({
  operations: [
    health,
    deepHealth,
    me,
    listCustomers,
    createCustomer,
    upsertCustomers,
    importCustomers,
    exportCustomers,
    cleanUp,
    mergeCustomers,
    getCustomer,
    patchCustomer,
    deleteCustomer,
    listContacts,
    createContact,
    getContact,
    patchContact,
    deleteContact,
    listOnboardings,
    createOnboarding,
    listCustomerOnboardings,
    getOnboarding,
    patchOnboarding,
    deleteOnboarding,
    listTasks,
    createTask,
    getTask,
    patchTask,
    deleteTask,
    listActivity,
    exportActivity,
    listCalendarFeeds,
    createCalendarFeed,
    deleteCalendarFeed,
  ],
  feeds: [launchCalendar],
  inbound: { stripe: takeStripeEvent },
  loops: reminderLoops,
  eventPayloads,
  migrations: new URL('./migrations/', import.meta.url),
});

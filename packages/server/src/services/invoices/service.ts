import { auditLogs } from './audit-logs.ts';
import { createClient, deleteClient, getClient, listClients, patchClient, rotateMailbox } from './clients.ts';
import { createContact, deleteContact, getContact, listContacts, patchContact } from './contacts.ts';
import { service } from './contract.ts';
import { getError, listErrors } from './error-registry.ts';
import { eventPayloads } from './event-payloads.ts';
import { getEvent, listEvents, triggerEvent } from './events.ts';
import { exportInvoice, exportInvoices } from './exports.ts';
import {
  confirmInvoice,
  deleteInvoice,
  getInvoice,
  getInvoiceFile,
  getInvoiceStatus,
  listInvoices,
  patchInvoice,
  reprocessInvoice,
} from './invoices.ts';
import { getJob, listJobs } from './jobs.ts';
import { loops } from './loops.ts';
import { mailboxes } from './mailboxes.ts';
import { credits, me, quota } from './me.ts';
import { gauges, operatorActions } from './operator.ts';
import { pipeline } from './pipeline.ts';
import { refused } from './refusals.ts';
import { getReset, resetTestMode } from './reset.ts';
import { uploadInvoice } from './upload.ts';
import {
  createWebhook,
  deleteWebhook,
  getDelivery,
  getWebhook,
  listDeliveries,
  listWebhooks,
  patchWebhook,
  redeliver,
  redeliverFailed,
  rotateWebhookSecret,
  testWebhook,
} from './webhooks.ts';

/** Invoice extraction. Its promises stand in `contract.ts`; this is its table of contents. */
export const invoices = service({
  operations: [
    uploadInvoice,
    listInvoices,
    exportInvoices,
    getInvoice,
    getInvoiceStatus,
    getInvoiceFile,
    exportInvoice,
    patchInvoice,
    deleteInvoice,
    reprocessInvoice,
    confirmInvoice,
    getJob,
    listJobs,
    listContacts,
    createContact,
    getContact,
    patchContact,
    deleteContact,
    listClients,
    getClient,
    createClient,
    patchClient,
    rotateMailbox,
    deleteClient,
    listWebhooks,
    getWebhook,
    createWebhook,
    patchWebhook,
    deleteWebhook,
    testWebhook,
    rotateWebhookSecret,
    listDeliveries,
    getDelivery,
    redeliver,
    redeliverFailed,
    listEvents,
    getEvent,
    auditLogs,
    me,
    credits,
    quota,
    resetTestMode,
    getReset,
    triggerEvent,
    listErrors,
    getError,
  ],
  loops,
  stages: [pipeline],
  gauges,
  operatorActions,
  refused,
  inbound: { mail: mailboxes },
  eventPayloads,
  migrations: new URL('./migrations/', import.meta.url),
});

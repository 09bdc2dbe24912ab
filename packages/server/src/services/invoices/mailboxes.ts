import { hash } from 'node:crypto';
import { ApiError, type MailIntake } from '../../core/service.ts';
import { readAccount } from './account.ts';
import { findMailboxOwner } from './clients-repository.ts';
import { type Ctx, type contract, error } from './contract.ts';
import { ingest } from './ingest.ts';
import { listJobsOfMessage, lockQueue } from './jobs-repository.ts';
import { mailboxIn } from './mailbox-address.ts';
import type { Attachment } from './read-mail.ts';

/** What came of one file of a message. */
type Taken =
  | { readonly fileName: string; readonly jobId: string }
  | { readonly fileName: string; readonly code: string; readonly message: string };

/**
 * Documents that are sent by mail (specification 9.5): each file of a message is an upload for the client whose mailbox it
 * was sent to, and goes the way of any upload.
 */
export const mailboxes: MailIntake<typeof contract> = {
  // Base64 makes a file a third larger, and a message may hold a few.
  maxBytes: ({ maxFileBytes }) => 2 * maxFileBytes,
  find: async (ctx, address) => {
    const mailbox = mailboxIn(ctx, address);
    const owner = mailbox === null ? undefined : await findMailboxOwner(ctx.db, mailbox);
    return owner === undefined ? null : { workspaceId: owner.workspace_id, mailbox: owner.client_id };
  },
  run: async (ctx, clientId, bytes) => {
    // What reads mail takes 6 MB, and few servers are handed any.
    const { readMail } = await import('./read-mail.ts');
    const files = await readMail(bytes);
    const message = hash('sha256', bytes);
    // A mail server that was not told that its message was taken hands it in again, perhaps at the same moment.
    await lockQueue(ctx.db, ctx.workspaceId);
    const before = await listJobsOfMessage(ctx.db, clientId, message);
    if (before.length > 0) {
      return { duplicate: true, files: before.map(({ id, source_file }) => ({ fileName: source_file, jobId: id })) };
    }
    const taken: Taken[] = [];
    for (const file of files) taken.push(await takeIn(ctx, clientId, file, message));
    return { duplicate: false, files: taken };
  },
};

/** A file that is no document keeps the others from nothing; whatever else is wrong is wrong with the message. */
async function takeIn(ctx: Ctx, clientId: string, { name, bytes }: Attachment, message: string): Promise<Taken> {
  try {
    if (bytes.length > ctx.settings.maxFileBytes) {
      throw error('file.too_large', `The file has more than ${ctx.settings.maxFileBytes} bytes.`);
    }
    const account = await readAccount(ctx);
    const { jobId } = await ingest(ctx, account, {
      clientId,
      file: { name, bytes },
      hints: {},
      given: { message },
      source: 'email',
    });
    return { fileName: name, jobId };
  } catch (refused) {
    if (!(refused instanceof ApiError && refused.code.startsWith('file.'))) throw refused;
    return { fileName: name, code: refused.code, message: refused.message };
  }
}

import { csprng } from '../../core/service.ts';
import type { ClientRow } from './clients-repository.ts';
import type { Ctx } from './contract.ts';

/** The part of an address that nobody can guess, in letters that every mail server keeps. */
export function newMailbox(): string {
  return Buffer.from(csprng.bytes(16)).toString('hex');
}

/** The inbound address of a client, such as `test-4f…@in.example.com`; `null` where no domain is set. */
export function addressOf({ mode, settings }: Pick<Ctx, 'mode' | 'settings'>, { mailbox }: ClientRow): string | null {
  return settings.mailDomain === '' ? null : `${mode}-${mailbox}@${settings.mailDomain}`;
}

/** The mailbox that an address names in this mode, or `null`. */
export function mailboxIn({ mode, settings }: Pick<Ctx, 'mode' | 'settings'>, address: string): string | null {
  const [, named, mailbox, domain] =
    /^<?(live|test)-([0-9a-f]{32})@([^>]+)>?$/.exec(address.trim().toLowerCase()) ?? [];
  return named === mode && domain === settings.mailDomain ? (mailbox ?? null) : null;
}

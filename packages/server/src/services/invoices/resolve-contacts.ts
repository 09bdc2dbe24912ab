import { holdName } from './clients-repository.ts';
import {
  addContactRole,
  type ContactRow,
  findContact,
  insertContact,
  matchContact,
  nameKey,
} from './contacts-repository.ts';
import type { Ctx } from './contract.ts';
import type { InvoiceFields, Party } from './invoice-fields.ts';
import type { Given } from './jobs-repository.ts';
import { resembles } from './validate.ts';

export interface Resolved {
  readonly direction: 'purchase' | 'sale' | 'unknown';
  readonly sellerContactId: string | null;
  readonly buyerContactId: string | null;
}

interface Who {
  readonly id: string;
  readonly name: string;
  readonly companyCode: string | null;
  readonly vatCode: string | null;
}

/** Finds the contacts behind the parties of a document, and makes those that are new. The client is no contact of its own. */
export async function resolveContacts(
  ctx: Ctx,
  fields: InvoiceFields,
  client: Who,
  given: Given,
  source: 'extracted' | 'fixture',
): Promise<Resolved> {
  const buys = resembles(fields.buyer, client);
  const sells = !buys && resembles(fields.seller, client);
  const find = async (side: 'seller' | 'buyer', named: string | null | undefined, isClient: boolean) => {
    if (named != null && (await findContact(ctx.db, named, client.id)) !== undefined) return named;
    return isClient ? null : contactOf(ctx, fields[side], side, client.id, source);
  };
  return {
    direction: buys ? 'purchase' : sells ? 'sale' : 'unknown',
    sellerContactId: await find('seller', given.sellerContactId, sells),
    buyerContactId: await find('buyer', given.buyerContactId, buys),
  };
}

async function contactOf(
  ctx: Ctx,
  party: Party,
  role: 'seller' | 'buyer',
  clientId: string,
  source: ContactRow['source'],
): Promise<string | null> {
  if (party.name === null) return null;
  // Two documents of one new seller wait for each other here, so that the second one finds the first one's contact.
  await holdName(ctx.db, 'party', ctx.workspaceId, party.companyCode ?? nameKey(party.name));
  const found = await matchContact(ctx.db, clientId, {
    companyCode: party.companyCode,
    vatCode: party.vatCode,
    iban: party.bankAccounts[0]?.iban ?? null,
    name: party.name,
    country: party.address?.country ?? null,
    domain: domainOf(party.email),
  });
  if (found !== undefined) {
    await addContactRole(ctx.db, found.id, role);
    return found.id;
  }
  const now = new Date(ctx.now());
  const id = ctx.newId('con');
  await insertContact(ctx.db, {
    id,
    client_id: null,
    name: party.name.slice(0, 200),
    kind: 'company',
    roles: [role],
    company_code: party.companyCode?.slice(0, 50) ?? null,
    vat_code: party.vatCode,
    tax_code: party.taxCode,
    email: party.email,
    phone: party.phone,
    website: null,
    country: party.address?.country ?? null,
    address: party.address,
    bank_accounts: party.bankAccounts.slice(0, 10),
    payment_terms_days: null,
    external_id: null,
    source,
    metadata: {},
    created_at: now,
    updated_at: now,
  });
  return id;
}

/** Providers at which anybody can have an address say nothing about who writes. */
const shared =
  /^(?:gmail|googlemail|outlook|hotmail|live|yahoo|icloud|gmx|web|mail|aol|proton(?:mail)?|t-online|orange|free|libero)\./;

function domainOf(email: string | null): string | null {
  const domain = email?.split('@')[1]?.toLowerCase() ?? '';
  return domain === '' || shared.test(domain) ? null : domain;
}

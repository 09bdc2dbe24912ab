import { type Db, fragment, sql } from '../../core/service.ts';

export interface Address {
  readonly line1: string | null;
  readonly line2: string | null;
  readonly city: string | null;
  readonly postalCode: string | null;
  readonly region: string | null;
  readonly country: string | null;
  readonly raw: string | null;
}

export interface BankAccount {
  readonly iban: string | null;
  readonly accountNumber: string | null;
  readonly bic: string | null;
  readonly bankName: string | null;
  readonly currency: string | null;
}

export interface ContactRow {
  readonly id: string;
  readonly client_id: string | null;
  readonly name: string;
  readonly kind: 'company' | 'person';
  readonly roles: readonly ('seller' | 'buyer')[];
  readonly company_code: string | null;
  readonly vat_code: string | null;
  readonly tax_code: string | null;
  readonly email: string | null;
  readonly phone: string | null;
  readonly website: string | null;
  readonly country: string | null;
  readonly address: Address | null;
  readonly bank_accounts: readonly BankAccount[];
  readonly payment_terms_days: number | null;
  readonly external_id: string | null;
  readonly source: 'api' | 'dashboard' | 'extracted' | 'fixture';
  readonly metadata: Readonly<Record<string, string>>;
  readonly created_at: Date;
  readonly updated_at: Date;
}

const columns = fragment`
  id, client_id, name, kind, roles, company_code, vat_code, tax_code, email, phone, website, country, address,
  bank_accounts, payment_terms_days, external_id, source, metadata, created_at, updated_at`;

const find = sql`
  select ${columns} from invoices_contacts where id = $1 and ($2::text is null or client_id is null or client_id = $2)`;
const lock = sql`
  select ${columns} from invoices_contacts where id = $1 and ($2::text is null or client_id is null or client_id = $2)
  for update`;
const twin = sql`
  select id from invoices_contacts
  where id <> $1 and (external_id = $2
    or (company_code = $3 and country = $4 and coalesce(client_id, '') = coalesce($5::text, '')))
  order by created_at limit 1`;
const insert = sql`
  insert into invoices_contacts (id, client_id, name, name_key, kind, roles, company_code, vat_code, tax_code, email, phone,
    website, country, address, bank_accounts, payment_terms_days, external_id, source, metadata, created_at, updated_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)`;
const update = sql`
  update invoices_contacts set client_id = $2, name = $3, name_key = $4, kind = $5, roles = $6, company_code = $7,
    vat_code = $8, tax_code = $9, email = $10, phone = $11, website = $12, country = $13, address = $14,
    bank_accounts = $15, payment_terms_days = $16, external_id = $17, source = $18, metadata = $19, updated_at = $21
  where id = $1 and created_at = $20`;
const remove = sql`delete from invoices_contacts where id = $1`;
const addRole = sql`
  update invoices_contacts set roles = array(select distinct unnest(roles || $2::text) order by 1) where id = $1
    and not roles @> array[$2::text]`;

const list = sql`
  select ${columns} from invoices_contacts
  where ($1::text is null or client_id is null or client_id = $1)
    and ($2::text is null or name ilike '%' || $2 || '%' or email ilike '%' || $2 || '%')
    and ($3::text is null or roles @> array[$3]) and ($4::text is null or vat_code = $4)
    and ($5::text is null or company_code = $5) and ($6::text is null or lower(email) = lower($6))
    and ($7::text is null or external_id = $7) and ($8::timestamptz is null or updated_at >= $8)
    and ($9::timestamptz is null or (created_at, id) < ($9, $10::text)) and ($12::text is null or client_id = $12)
  order by created_at desc, id desc limit $11`;

// In the order of what proves most: a registration number, a VAT number, an account, a name with its country, a domain.
const match = sql`
  select ${columns},
    case when company_code = $2 then 1 when vat_code = $3 then 2
      when bank_accounts @> $4::jsonb then 3 when name_key = $5 and ($6::text is null or country is null or country = $6) then 4
      else 5 end as proof
  from invoices_contacts
  where (client_id is null or client_id = $1) and (
    (company_code = $2 and ($6::text is null or country is null or country = $6)) or vat_code = $3
    or ($4::jsonb is not null and bank_accounts @> $4::jsonb)
    or (name_key = $5 and ($6::text is null or country is null or country = $6)
      and ($2::text is null or company_code is null) and ($3::text is null or vat_code is null))
    or ($7::text is not null and lower(split_part(email, '@', 2)) = $7))
  order by proof, created_at, id limit 1`;

export const findContact = (db: Db, id: string, bound: string | null) => db.row<ContactRow>(find, [id, bound]);

export const lockContact = (db: Db, id: string, bound: string | null) => db.row<ContactRow>(lock, [id, bound]);

export const findTwin = async (db: Db, row: ContactRow) =>
  (await db.row<{ id: string }>(twin, [row.id, row.external_id, row.company_code, row.country, row.client_id]))?.id ??
  null;

const valuesOf = (row: ContactRow) => [
  row.id,
  row.client_id,
  row.name,
  nameKey(row.name),
  row.kind,
  row.roles,
  row.company_code,
  row.vat_code,
  row.tax_code,
  row.email,
  row.phone,
  row.website,
  row.country,
  row.address === null ? null : JSON.stringify(row.address),
  JSON.stringify(row.bank_accounts),
  row.payment_terms_days,
  row.external_id,
  row.source,
  JSON.stringify(row.metadata),
  row.created_at,
  row.updated_at,
];

export const insertContact = (db: Db, row: ContactRow) => db.run(insert, valuesOf(row));

export const updateContact = (db: Db, row: ContactRow) => db.run(update, valuesOf(row));

export const removeContact = (db: Db, id: string) => db.run(remove, [id]);

export const addContactRole = (db: Db, id: string, role: 'seller' | 'buyer') => db.run(addRole, [id, role]);

export interface ContactQuestion {
  readonly bound: string | null;
  readonly clientId: string | null;
  readonly q: string | null;
  readonly role: string | null;
  readonly vatCode: string | null;
  readonly companyCode: string | null;
  readonly email: string | null;
  readonly externalId: string | null;
  readonly updatedFrom: Date | null;
}

export const listContactRows = (db: Db, q: ContactQuestion, after: { at: Date; id: string } | null, limit: number) =>
  db.rows<ContactRow>(list, [
    q.bound,
    q.q,
    q.role,
    q.vatCode,
    q.companyCode,
    q.email,
    q.externalId,
    q.updatedFrom,
    after?.at ?? null,
    after?.id ?? null,
    limit,
    q.clientId,
  ]);

/** What a document says of a party, to find it by. */
export interface PartyMarks {
  readonly companyCode: string | null;
  readonly vatCode: string | null;
  readonly iban: string | null;
  readonly name: string | null;
  readonly country: string | null;
  readonly domain: string | null;
}

export const matchContact = (db: Db, clientId: string, marks: PartyMarks) =>
  db.row<ContactRow>(match, [
    clientId,
    marks.companyCode,
    marks.vatCode,
    marks.iban === null ? null : JSON.stringify([{ iban: marks.iban }]),
    marks.name === null ? null : nameKey(marks.name),
    marks.country,
    marks.domain,
  ]);

const legalForms =
  /\b(?:uab|ab|mb|vsi|vši|gmbh|mbh|ag|kg|ohg|ug|se|ltd|limited|llc|inc|plc|llp|sarl|sas|sa|srl|spa|snc|bv|nv|oy|oyj|as|sl|slu|co|kgaa|ek|ev)\b/gu;

/** A name as it is compared: without case, accents, marks and the legal form. */
export function nameKey(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/(?<=\b\p{L})\.(?=\p{L}\b)/gu, '')
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ');
  const short = plain.replaceAll(legalForms, ' ').replaceAll(/\s+/g, ' ').trim();
  return short === '' ? plain.trim() : short;
}

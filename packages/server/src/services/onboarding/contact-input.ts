import { type Static, Type } from 'typebox';
import { checkedBy } from '../../core/service.ts';
import type { ContactFields } from './contact-row.ts';
import { error } from './contract.ts';
import { readEmail } from './email.ts';
import { metadataInput, optionalText, textInput } from './schemas.ts';

const name = textInput(200, 'Of the person.');
const email = checkedBy(
  (value) => readEmailField(String(value)),
  Type.String({
    minLength: 1,
    maxLength: 254,
    description: 'An e-mail address, in any script; kept in lower case. Unique among the contacts of the customer.',
  }),
);
/** A check stays with the schema that it was given to. */
const optionalEmail = checkedBy((value) => readEmailField(String(value)), Type.Optional(email));
const fields = {
  title: optionalText(200, 'What the person does there.'),
  is_primary: Type.Optional(
    Type.Boolean({
      description:
        'Whether notifications go to this one. It takes over from another; the first contact is primary anyway.',
    }),
  ),
  labels: Type.Optional(
    Type.Array(Type.String({ minLength: 1, maxLength: 100 }), {
      maxItems: 50,
      description: 'Your own words for the person.',
    }),
  ),
  metadata: metadataInput,
};

export const newContactInput = { name, email, ...fields };
export const contactChangeInput = { name: Type.Optional(name), email: optionalEmail, ...fields };

export type ContactChange = Partial<ContactFields>;

const changeSchema = Type.Object(contactChangeInput);

/** What an update changes, in the form in which it is kept. */
export function readContactChange(input: Static<typeof changeSchema>): ContactChange {
  const change: Record<string, unknown> = {};
  for (const field of Object.keys(contactChangeInput)) {
    const value = input[field as keyof typeof input];
    if (value !== undefined) change[field] = value;
  }
  if (input.email !== undefined) change.email = readEmailField(input.email);
  return change as ContactChange;
}

/** @throws `invalid_string` */
export function readEmailField(text: string): string {
  const email = readEmail(text);
  if (email !== null) return email;
  throw error('invalid_string', '"email" must be an e-mail address such as "mira@aurora.com".', { param: 'email' });
}

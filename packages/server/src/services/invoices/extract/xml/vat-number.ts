import { euVat, stdnum } from 'stdnum';

/**
 * Whether a VAT number's check digits hold, by the rules of the country whose letters it begins with. Without such
 * letters, or from a country whose numbers have no check, nothing is confirmed.
 */
export function isVatNumber(value: string): boolean {
  const prefix = value.slice(0, 2);
  const validators = VALIDATORS[prefix] ?? [];
  return validators.some((validator) => validator.validate(value).isValid);
}

type Validators = Readonly<Record<string, readonly { validate(value: string): { isValid: boolean } }[]>>;

/** Greece writes EL; Northern Ireland's numbers are British ones. */
const VALIDATORS: Validators = {
  ...euVat,
  EL: euVat.GR ?? [],
  GB: [stdnum.GB?.vat].filter((validator) => validator !== undefined),
};

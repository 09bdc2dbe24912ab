import type { Chance } from './chance.ts';

/** Countries whose numbers are made with all their check digits. */
export type TruthCountry = 'DE' | 'GB' | 'FR' | 'IT' | 'ES' | 'LT';

/** A VAT number whose check digits hold. */
export function makeVatNumber(country: TruthCountry, chance: Chance): string {
  return country + VAT[country](chance);
}

/** An IBAN whose own check digits hold, and those of the national number inside it. */
export function makeIban(country: TruthCountry, chance: Chance): string {
  const national = NATIONAL[country](chance);
  const check = 98 - mod97(`${national}${country}00`);
  return `${country}${String(check).padStart(2, '0')}${national}`;
}

export function makeBic(country: TruthCountry, chance: Chance): string {
  const letters = Array.from({ length: 4 }, () => String.fromCharCode(65 + chance.integer(0, 25))).join('');
  return `${letters}${country}${chance.pick(['2X', 'MM', 'FF', 'P2'])}${chance.percent(30) ? 'XXX' : ''}`;
}

const VAT: Record<TruthCountry, (chance: Chance) => string> = {
  DE(chance) {
    const digits = `${chance.integer(1, 9)}${chance.digits(7)}`;
    let product = 10;
    for (const digit of digits) {
      const sum = (Number(digit) + product) % 10 || 10;
      product = (sum * 2) % 11;
    }
    return digits + String((11 - product) % 10);
  },
  GB(chance) {
    const digits = `${chance.integer(1, 9)}${chance.digits(6)}`;
    const sum = weighted(digits, [8, 7, 6, 5, 4, 3, 2]);
    const check = 97 - (sum % 97);
    return digits + String(check).padStart(2, '0');
  },
  FR(chance) {
    const body = `${chance.integer(3, 8)}${chance.digits(7)}`;
    const siren = body + luhnDigit(body);
    const key = (12 + 3 * (Number(siren) % 97)) % 97;
    return String(key).padStart(2, '0') + siren;
  },
  IT(chance) {
    const body = `0${chance.integer(1, 9)}${chance.digits(5)}${chance.pick(['001', '015', '058', '063', '092'])}`;
    return body + luhnDigit(body);
  },
  ES(chance) {
    const digits = `${chance.pick(['08', '28', '41', '46'])}${chance.digits(5)}`;
    let sum = 0;
    for (const [index, digit] of [...digits].entries()) {
      const doubled = Number(digit) * 2;
      sum += index % 2 === 0 ? Math.floor(doubled / 10) + (doubled % 10) : Number(digit);
    }
    return `${chance.pick(['A', 'B'])}${digits}${(10 - (sum % 10)) % 10}`;
  },
  LT(chance) {
    for (;;) {
      const digits = `${chance.digits(7)}1`;
      const first = weighted(digits, [1, 2, 3, 4, 5, 6, 7, 8]) % 11;
      const check = first === 10 ? weighted(digits, [3, 4, 5, 6, 7, 8, 9, 1]) % 11 : first;
      if (check < 10 && !digits.startsWith('0')) return digits + String(check);
    }
  },
};

const NATIONAL: Record<TruthCountry, (chance: Chance) => string> = {
  DE: (chance) => `${chance.integer(1, 8)}${chance.digits(7)}${chance.digits(10)}`,
  GB: (chance) => `${chance.pick(['BARC', 'NWBK', 'MIDL'])}${chance.digits(14)}`,
  FR(chance) {
    const [bank, branch, account] = [chance.digits(5), chance.digits(5), chance.digits(11)];
    const key = 97 - ((89 * Number(bank) + 15 * Number(branch) + 3 * Number(account)) % 97);
    return `${bank}${branch}${account}${String(key).padStart(2, '0')}`;
  },
  IT(chance) {
    const digits = `0${chance.digits(4)}${chance.digits(5)}${chance.digits(12)}`;
    const odd = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21];
    let sum = 0;
    for (const [index, digit] of [...digits].entries())
      sum += index % 2 === 0 ? (odd[Number(digit)] ?? 0) : Number(digit);
    return String.fromCharCode(65 + (sum % 26)) + digits;
  },
  ES(chance) {
    const [bank, account] = [chance.digits(8), chance.digits(10)];
    const check = (digits: string) => {
      const rest = 11 - (weighted(digits, [1, 2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11);
      return rest === 11 ? 0 : rest === 10 ? 1 : rest;
    };
    return `${bank}${check(`00${bank}`)}${check(account)}${account}`;
  },
  LT: (chance) => `${chance.pick(['10000', '70440', '73000', '40100'])}${chance.digits(11)}`,
};

function weighted(digits: string, weights: readonly number[]): number {
  return weights.reduce((sum, weight, index) => sum + weight * Number(digits[index]), 0);
}

function luhnDigit(digits: string): string {
  let sum = 0;
  for (const [index, digit] of [...digits].reverse().entries()) {
    const value = index % 2 === 0 ? Number(digit) * 2 : Number(digit);
    sum += value > 9 ? value - 9 : value;
  }
  return String((10 - (sum % 10)) % 10);
}

function mod97(text: string): number {
  let rest = 0;
  for (const character of text) {
    const value = /\d/.test(character) ? Number(character) : character.charCodeAt(0) - 55;
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest;
}

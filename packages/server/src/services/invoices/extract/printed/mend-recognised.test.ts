import { Decimal } from 'decimal.js';
import { isValidIBAN } from 'ibantools';
import { describe, expect, it } from 'vitest';
import { mendedByCheck, mendedMarks, mendedRate, mendProduct } from './mend-recognised.ts';

describe('a recognised rate', () => {
  it.each([
    ['2196', '21'],
    ['21096', '21'],
    ['5096', '5'],
    ['506', '5'],
    ['905', '9'],
    ['2006', '20'],
    ['5.596', '5.596'],
    ['16.34', '16.34'],
    ['19', '19'],
    ['4711', null],
    ['300', null],
  ])('%s is %s', (printed, rate) => {
    expect(mendedRate(new Decimal(printed))?.toFixed() ?? null).toBe(rate);
  });
});

describe('an amount of which the marks were confused', () => {
  it.each([
    ['11:567.11', ',', '11567,11'],
    ['1:251:22 €', ',', '1251,22 €'],
    ['1.234.567.89', ',', '1234567,89'],
    ['(1,251:22)', '.', '(1251.22)'],
    ['1.251,22', ',', '1251,22'],
    ['12:30', ',', '12:30'],
    ['11.09.2023', ',', '11.09.2023'],
    ['352.12', ',', '352.12'],
    ['1.234', ',', '1.234'],
    ['1.234:567', ',', '1.234:567'],
  ] as const)('%s with decimals behind %s is %s', (recognised, mark, printed) => {
    expect(mendedMarks(recognised, mark)).toBe(printed);
  });
});

describe('an IBAN whose check digits do not hold', () => {
  it.each([
    ['has a letter for a digit', 'DE89370400440S32013000', 'DE89370400440532013000'],
    ['has several', 'DE8937O4OO44O532O13OOO', 'DE89370400440532013000'],
    ['has a letter and the digit that it looks like', 'IT60XO0542811101000000123456', 'IT60X0542811101000000123456'],
    ['has another digit, which could be any', 'DE89370400440532013001', null],
    ['is that of a country whose banks have letters', 'GB29NWBK6O161331926819', 'GB29NWBK60161331926819'],
  ])('%s', (_, recognised, meant) => {
    expect(mendedByCheck(recognised, (text) => isValidIBAN(text))).toBe(meant);
  });
});

describe('a line whose numbers do not agree', () => {
  const mend = (quantity: string, price: string, net: string, discount = '0') => {
    const mended = mendProduct(
      {
        quantity: new Decimal(quantity),
        price: new Decimal(price),
        net: new Decimal(net),
        discount: new Decimal(discount),
      },
      2,
    );
    return mended === null ? null : `${mended.part} ${mended.value.toFixed()}`;
  };

  it.each([
    [
      'the amount lost a digit, and its discount was rounded before it was taken off',
      mend('170.75', '75.27', '1567.11', '0.1'),
      'net 11567.11',
    ],
    ['the amount has another digit', mend('77.1', '305.15', '93527.07'), 'net 23527.07'],
    ['the amount has another first digit', mend('115.62', '305.15', '95281.44'), 'net 35281.44'],
    ['the amount has one digit too many', mend('3', '1070.82', '83212.46'), 'net 3212.46'],
    ['the quantity has lost a digit', mend('2', '13.37', '294.14'), 'quantity 22'],
    ['the price has another digit', mend('7', '18.99', '90.93'), 'price 12.99'],
    ['with its discount', mend('10', '20.00', '150.00', '0.1'), 'net 180'],
    ['the amount has lost its mark', mend('4', '88.03', '35212'), 'net 352.12'],
    ['the quantity has lost its mark', mend('135', '10.20', '137.70'), 'quantity 13.5'],
    ['they do agree', mend('2', '10.00', '20.00'), null],
    ['more than one would mend it', mend('1', '20.00', '30.00'), null],
    ['nothing is near', mend('3', '7.50', '911.00'), null],
  ])('where %s', (_, mended, expected) => {
    expect(mended).toBe(expected);
  });
});

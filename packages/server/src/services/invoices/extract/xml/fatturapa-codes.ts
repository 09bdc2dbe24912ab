/** TipoDocumento as UNTDID 1001. */
export function typeOf(tipo: string): string {
  return TYPES.get(tipo) ?? '380';
}

const TYPES = new Map([
  ['TD02', '386'],
  ['TD03', '386'],
  ['TD04', '381'],
  ['TD05', '383'],
  ['TD08', '381'],
  ['TD09', '383'],
  ['TD16', '389'],
  ['TD17', '389'],
  ['TD18', '389'],
  ['TD19', '389'],
  ['TD20', '389'],
  ['TD21', '389'],
  ['TD27', '389'],
]);

/** Natura, why there is no VAT, as a category of UNTDID 5305: by its first part where the second does not matter. */
export function categoryOfNatura(natura: string): string {
  return NATURES.get(natura) ?? NATURES.get(natura.split('.')[0] ?? '') ?? 'E';
}

const NATURES = new Map([
  // Outside the base, and outside the scope.
  ['N1', 'O'],
  ['N2', 'O'],
  // Not taxed: exports, supplies within the Union, and what is treated like them.
  ['N3', 'G'],
  ['N3.1', 'G'],
  ['N3.2', 'K'],
  ['N3.3', 'G'],
  ['N3.4', 'G'],
  ['N3.5', 'G'],
  ['N3.6', 'G'],
  // Exempt, and taxed on the margin.
  ['N4', 'E'],
  ['N5', 'E'],
  // The buyer owes it.
  ['N6', 'AE'],
  // Paid in another member state.
  ['N7', 'O'],
]);

/** ModalitaPagamento as UNTDID 4461. */
export function meansOf(modalita: string): string {
  return MEANS.get(modalita) ?? 'ZZZ';
}

const MEANS = new Map([
  ['MP01', '10'],
  ['MP02', '20'],
  ['MP03', '23'],
  ['MP04', '10'],
  ['MP05', '30'],
  ['MP06', '60'],
  ['MP07', '50'],
  ['MP08', '48'],
  ['MP09', '49'],
  ['MP10', '49'],
  ['MP11', '49'],
  ['MP12', '70'],
  ['MP16', '49'],
  ['MP17', '49'],
  ['MP18', '50'],
  ['MP19', '59'],
  ['MP20', '59'],
  ['MP21', '59'],
]);

/** What Italian invoices commonly call a unit, as Recommendation 20; `null` for words of other kinds. */
export function unitOf(words: string): string | null {
  return UNITS.get(words.toLowerCase().replace(/[.\s']+/g, '')) ?? null;
}

const UNITS = new Map(
  Object.entries({
    H87: 'pz pezzo pezzi pce pcs',
    C62: 'nr n num numero cad unità unita',
    KGM: 'kg kgm chilogrammi',
    GRM: 'g gr grammi',
    TNE: 't ton tonnellate',
    MTR: 'm mt ml metri',
    MTK: 'mq m2',
    MTQ: 'mc m3',
    LTR: 'l lt litri',
    HUR: 'h ore ora hur',
    DAY: 'gg giorni giorno gior',
    MON: 'mesi mese',
    ANN: 'anni anno',
    KWH: 'kwh',
    KTM: 'km',
    SET: 'set',
    PR: 'paia paio',
    XPK: 'conf confezioni confezione',
    XBX: 'scatola scatole',
  }).flatMap(([code, words]) => words.split(' ').map((word) => [word, code] as const)),
);

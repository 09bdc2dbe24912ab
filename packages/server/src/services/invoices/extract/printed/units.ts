import { plain } from './lexicon.ts';

/** The code of UN/ECE Recommendation 20 for a unit as it is printed, in the six languages. */
export function unitCodeOf(unit: string): string | null {
  return codes.get(plain(unit)) ?? null;
}

const names: Readonly<Record<string, string>> = {
  H87: 'stuck|stk|st|pcs|pc|piece|pieces|pce|ea|each|piece s|pieces s|piece|pz|pezzi|pezzo|ud|uds|unidad|unidades|vnt|vienetas|vienetai|pza|pzas|stck',
  C62: 'unit|units|unite|unites|u|nr|pauschal|pausch|psch|forfait|ens|lump sum|einheit|einheiten|un',
  KGM: 'kg|kgs|kilo|kilogramm|kilogram|kilograms|kilogramme|chilogrammo',
  GRM: 'g|gr|gramm|gram|gramme',
  TNE: 't|to|tonne|tonnen|tonnes|ton',
  LTR: 'l|ltr|liter|litre|litres|litro|litri|litros|litras|litrai|lt',
  MTR: 'm|mt|mtr|meter|metre|metres|metro|metri|metros|metras|metrai|lfm|ml|lm',
  MTK: 'm2|qm|sqm|mq|m 2|quadratmeter|kv m',
  MTQ: 'm3|cbm|mc|kubikmeter|kub m',
  KMT: 'km|kilometer|kilometre|chilometri|kilometros',
  HUR: 'h|std|stunde|stunden|hr|hrs|hour|hours|heure|heures|ore|ora|hora|horas|val|valanda|valandos|valandu|stdn',
  MIN: 'min|minuten|minutes|minuti|minutos|minutes',
  DAY: 'tag|tage|day|days|jour|jours|gg|giorno|giorni|dia|dias|d|diena|dienos|dienu',
  MON: 'monat|monate|mon|month|months|mois|mese|mesi|mes|meses|men|menuo|menesiai|mth',
  ANN: 'jahr|jahre|year|years|an|ans|anno|anni|ano|anos|metai',
  KWH: 'kwh',
  SET: 'set|sets|satz|kit|kits|kompl|komplektas|komplekt|juego',
  PR: 'paar|pair|pairs|paire|paio|par|pora',
  XPK: 'pack|packung|pkg|paket|pak|pk|paq|confezione|conf|pakuote|ve',
  XBX: 'box|karton|ktn|boxes|carton|cartons|scatola|caja|cajas|deze|dezes|schachtel|boite',
};

const codes = new Map(
  Object.entries(names).flatMap(([code, list]) => list.split('|').map((name) => [name, code] as const)),
);

/** The code of the one unit whose name differs from a recognised word by one letter. */
export function likelyUnitCode(word: string): string | null {
  const letters = plain(word);
  if (letters.length < 3) return null;
  const near = [...codes].filter(([name]) => oneLetterApart(name, letters)).map(([, code]) => code);
  return new Set(near).size === 1 ? (near[0] ?? null) : null;
}

function oneLetterApart(a: string, b: string): boolean {
  return a.length === b.length && [...a].filter((letter, at) => letter !== b[at]).length === 1;
}

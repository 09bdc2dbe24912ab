import type { Chance } from './chance.ts';
import type { TruthLanguage } from './invoice-truth.ts';
import type { TruthCountry } from './numbers-of-parties.ts';

/** What invoices of one country are made of, in its language. */
export interface Words {
  readonly country: TruthCountry;
  readonly rates: readonly string[];
  readonly series: string;
  readonly firms: readonly string[];
  readonly forms: readonly string[];
  readonly people: readonly string[];
  readonly streets: readonly string[];
  readonly street2: readonly string[];
  /** Postal code and city. */
  readonly places: readonly (readonly [string, string])[];
  readonly items: readonly { readonly name: string; readonly service: boolean }[];
  readonly goodsUnits: readonly (readonly [string, string])[];
  readonly serviceUnits: readonly (readonly [string, string])[];
  readonly allowances: readonly string[];
  readonly charges: readonly string[];
  readonly banks: readonly string[];
  readonly notes: readonly string[];
  readonly exemptions: Readonly<Record<'E' | 'AE' | 'K' | 'G' | 'O', string>>;
  readonly terms: (days: number) => string;
  readonly companyCode: (chance: Chance) => string;
  readonly phone: (chance: Chance) => string;
}

const goods = (...names: readonly string[]) => names.map((name) => ({ name, service: false }));
const services = (...names: readonly string[]) => names.map((name) => ({ name, service: true }));

export const WORDS: Readonly<Record<TruthLanguage, Words>> = {
  de: {
    country: 'DE',
    rates: ['19.00', '19.00', '7.00'],
    series: 'RE',
    firms: [
      'Müller Bürobedarf',
      'Nordlicht Technik',
      'Schöne Aussicht Hotelbetriebe',
      'Weber & Söhne',
      'Alpenblick Möbel',
      'Stahlbau Krüger',
    ],
    forms: ['GmbH', 'AG', 'GmbH & Co. KG', 'e.K.', 'UG (haftungsbeschränkt)'],
    people: ['Jürgen Groß', 'Anna Weiß', 'Dr. Petra Schäfer', 'Lukas Bauer'],
    streets: ['Hauptstraße', 'Lindenweg', 'Am Markt', 'Königsallee', 'Gewerbering'],
    street2: ['Hinterhaus', '3. Stock', 'Gebäude C'],
    places: [
      ['80331', 'München'],
      ['20095', 'Hamburg'],
      ['50667', 'Köln'],
      ['01067', 'Dresden'],
      ['99084', 'Erfurt'],
    ],
    items: [
      ...goods(
        'Kopierpapier A4, 80 g',
        'Bürostuhl ergonomisch',
        'Aktenordner breit',
        'Tonerkassette schwarz',
        'Netzwerkkabel Cat. 6',
        'Schreibtischlampe LED',
        'Trennblätter A4 Karton',
      ),
      ...services('Beratung vor Ort', 'Wartung Heizungsanlage', 'Softwarepflege', 'Anfahrtspauschale'),
    ],
    goodsUnits: [
      ['H87', 'Stück'],
      ['C62', 'Stk.'],
      ['KGM', 'kg'],
      ['MTR', 'm'],
    ],
    serviceUnits: [
      ['HUR', 'Std.'],
      ['C62', 'pauschal'],
      ['DAY', 'Tage'],
    ],
    allowances: ['Treuerabatt', 'Sondernachlass', 'Mengenrabatt'],
    charges: ['Versandkosten', 'Verpackung', 'Mindermengenzuschlag'],
    banks: ['Sparkasse Musterstadt', 'Volksbank Beispiel eG', 'Nordbank AG'],
    notes: ['Vielen Dank für Ihren Auftrag.', 'Die Ware bleibt bis zur vollständigen Bezahlung unser Eigentum.'],
    exemptions: {
      E: 'Steuerfrei nach § 4 UStG',
      AE: 'Steuerschuldnerschaft des Leistungsempfängers',
      K: 'Steuerfreie innergemeinschaftliche Lieferung',
      G: 'Steuerfreie Ausfuhrlieferung',
      O: 'Nicht steuerbar',
    },
    terms: (days) => `Zahlbar innerhalb von ${days} Tagen ohne Abzug.`,
    companyCode: (chance) => `HRB ${chance.digits(5)}`,
    phone: (chance) => `+49 ${chance.integer(30, 999)} ${chance.digits(7)}`,
  },
  en: {
    country: 'GB',
    rates: ['20.00', '20.00', '5.00'],
    series: 'INV',
    firms: [
      'Thames Valley Supplies',
      "O'Neill Catering",
      'Harbour Lights',
      'Pennine Engineering',
      'Blackwood & Daughters',
    ],
    forms: ['Ltd', 'PLC', 'LLP', 'Limited'],
    people: ['Jane Smith', "Siobhan O'Hara", 'Arjun Patel', 'Tom Whitfield'],
    streets: ['High Street', 'Station Road', 'Mill Lane', 'Queen Street', 'Park Avenue'],
    street2: ['Unit 4', 'Second Floor', 'The Old Mill'],
    places: [
      ['SW1A 1AA', 'London'],
      ['M1 2WD', 'Manchester'],
      ['EH1 1YZ', 'Edinburgh'],
      ['CF10 1EP', 'Cardiff'],
    ],
    items: [
      ...goods(
        'Copy paper A4',
        'Office chair',
        'Lever arch file',
        'Network cable Cat 6',
        'LED desk lamp',
        'Oak bookcase',
      ),
      ...services('Consulting on site', 'Boiler maintenance', 'Software support', 'Call-out charge'),
    ],
    goodsUnits: [
      ['H87', 'pcs'],
      ['C62', 'each'],
      ['KGM', 'kg'],
      ['MTR', 'm'],
    ],
    serviceUnits: [
      ['HUR', 'hrs'],
      ['C62', 'unit'],
      ['DAY', 'days'],
    ],
    allowances: ['Loyalty discount', 'Special discount', 'Volume rebate'],
    charges: ['Shipping', 'Packing', 'Small order fee'],
    banks: ['Barlow Bank', 'Northern Trust Savings', 'Midshire Bank plc'],
    notes: ['Thank you for your business.', 'Goods remain our property until paid for in full.'],
    exemptions: {
      E: 'Exempt supply',
      AE: 'Reverse charge',
      K: 'Intra-community supply',
      G: 'Export outside the UK',
      O: 'Outside the scope of VAT',
    },
    terms: (days) => `Payment within ${days} days of the invoice date.`,
    companyCode: (chance) => `0${chance.digits(7)}`,
    phone: (chance) => `+44 20 ${chance.digits(4)} ${chance.digits(4)}`,
  },
  fr: {
    country: 'FR',
    rates: ['20.00', '20.00', '10.00', '5.50'],
    series: 'FA',
    firms: [
      'Société Générale du Café',
      'Ateliers Lefèvre',
      'Boulangerie Aurélie',
      'Électricité du Rhône',
      'Maison Dupré',
    ],
    forms: ['SARL', 'SAS', 'SA', 'EURL'],
    people: ['Hélène Lefèvre', 'François Dupré', 'Zoé Bérard', 'Noël Garçon'],
    streets: ['rue de la République', 'avenue Foch', 'boulevard Voltaire', 'place du Marché', 'chemin des Écoles'],
    street2: ['Bâtiment B', '2e étage', 'BP 1234'],
    places: [
      ['75011', 'Paris'],
      ['69003', 'Lyon'],
      ['13001', 'Marseille'],
      ['31000', 'Toulouse'],
      ['67000', 'Strasbourg'],
    ],
    items: [
      ...goods(
        'Papier A4 80 g',
        'Chaise de bureau',
        'Classeur à levier',
        'Câble réseau',
        'Lampe de bureau à LED',
        'Café moulu',
      ),
      ...services('Prestation de conseil', 'Entretien de chaudière', 'Maintenance logicielle', 'Frais de déplacement'),
    ],
    goodsUnits: [
      ['H87', 'pièce'],
      ['C62', 'unité'],
      ['KGM', 'kg'],
      ['MTR', 'm'],
    ],
    serviceUnits: [
      ['HUR', 'h'],
      ['C62', 'forfait'],
      ['DAY', 'jours'],
    ],
    allowances: ['Remise fidélité', 'Remise exceptionnelle', 'Remise quantitative'],
    charges: ['Frais de port', 'Emballage', 'Frais de dossier'],
    banks: ['Banque du Rhône', 'Crédit Exemple', 'Caisse Modèle'],
    notes: ['Merci de votre confiance.', 'Pas d’escompte pour paiement anticipé.'],
    exemptions: {
      E: 'Exonération de TVA, article 261 du CGI',
      AE: 'Autoliquidation',
      K: 'Livraison intracommunautaire exonérée',
      G: 'Exportation exonérée',
      O: 'Hors du champ de la TVA',
    },
    terms: (days) => `Paiement à ${days} jours date de facture.`,
    companyCode: (chance) => `${chance.integer(3, 8)}${chance.digits(8)}`,
    phone: (chance) => `+33 1 ${chance.digits(2)} ${chance.digits(2)} ${chance.digits(2)} ${chance.digits(2)}`,
  },
  it: {
    country: 'IT',
    rates: ['22.00', '22.00', '10.00', '4.00'],
    series: 'FT',
    firms: ['Officine Rossi', 'Caffè Bellavista', 'Tessitura Città Alta', 'Fratelli Bianchi', 'Studio Perù'],
    forms: ['S.r.l.', 'S.p.A.', 'S.a.s.', 'S.n.c.'],
    people: ['Niccolò Rossi', 'Giulia Bianchi', 'Andrea Conti', 'Lucia Perù'],
    streets: ['Via Roma', 'Corso Italia', 'Viale della Libertà', 'Piazza del Popolo', 'Via dei Mille'],
    street2: ['Scala B', 'Piano 2', 'Interno 5'],
    places: [
      ['00184', 'Roma'],
      ['20121', 'Milano'],
      ['10121', 'Torino'],
      ['50122', 'Firenze'],
      ['80134', 'Napoli'],
    ],
    items: [
      ...goods(
        'Carta A4 80 g',
        'Sedia da ufficio',
        'Raccoglitore ad anelli',
        'Cavo di rete',
        'Lampada da tavolo LED',
        'Caffè macinato',
      ),
      ...services('Consulenza', 'Manutenzione caldaia', 'Assistenza software', 'Spese di trasferta'),
    ],
    goodsUnits: [
      ['H87', 'PZ'],
      ['C62', 'NR'],
      ['KGM', 'KG'],
      ['MTR', 'MT'],
    ],
    serviceUnits: [
      ['HUR', 'ORE'],
      ['C62', 'NR'],
      ['DAY', 'GG'],
    ],
    allowances: ['Sconto fedeltà', 'Sconto speciale', 'Sconto quantità'],
    charges: ['Spese di spedizione', 'Imballaggio', 'Spese di incasso'],
    banks: ['Banca Esempio', 'Credito Modello', 'Cassa di Risparmio di Prova'],
    notes: ['Grazie per averci scelto.', 'Contributo ambientale assolto.'],
    exemptions: {
      E: 'Esente ai sensi dell’art. 10 DPR 633/72',
      AE: 'Inversione contabile',
      K: 'Cessione intracomunitaria non imponibile',
      G: 'Esportazione non imponibile',
      O: 'Fuori campo IVA',
    },
    terms: (days) => `Bonifico a ${days} giorni data fattura.`,
    companyCode: (chance) => `MI-${chance.digits(7)}`,
    phone: (chance) => `+39 02 ${chance.digits(7)}`,
  },
  es: {
    country: 'ES',
    rates: ['21.00', '21.00', '10.00', '4.00'],
    series: 'F',
    firms: ['Suministros Núñez', 'Construcciones García', 'Café del Río', 'Hermanos Ibáñez', 'Diseño Peña'],
    forms: ['S.L.', 'S.A.', 'S.L.U.', 'S.Coop.'],
    people: ['José Núñez', 'María Ibáñez', 'Íñigo Peña', 'Lucía García'],
    streets: ['Calle Mayor', 'Avenida de la Constitución', 'Plaza de España', 'Paseo de Gracia', 'Calle Álvarez'],
    street2: ['2.º izquierda', 'Nave 7', 'Edificio Sur'],
    places: [
      ['28013', 'Madrid'],
      ['08007', 'Barcelona'],
      ['41001', 'Sevilla'],
      ['46002', 'Valencia'],
      ['15001', 'A Coruña'],
    ],
    items: [
      ...goods(
        'Papel A4 80 g',
        'Silla de oficina',
        'Archivador de palanca',
        'Cable de red',
        'Lámpara de escritorio LED',
        'Café molido',
      ),
      ...services('Consultoría', 'Mantenimiento de caldera', 'Soporte de software', 'Gastos de desplazamiento'),
    ],
    goodsUnits: [
      ['H87', 'uds.'],
      ['C62', 'ud.'],
      ['KGM', 'kg'],
      ['MTR', 'm'],
    ],
    serviceUnits: [
      ['HUR', 'h'],
      ['C62', 'ud.'],
      ['DAY', 'días'],
    ],
    allowances: ['Descuento por fidelidad', 'Descuento especial', 'Descuento por volumen'],
    charges: ['Gastos de envío', 'Embalaje', 'Gastos de gestión'],
    banks: ['Banco Ejemplo', 'Caja Modelo', 'Banca del Sur'],
    notes: ['Gracias por su confianza.', 'No se admiten devoluciones pasados 30 días.'],
    exemptions: {
      E: 'Exento según artículo 20 LIVA',
      AE: 'Inversión del sujeto pasivo',
      K: 'Entrega intracomunitaria exenta',
      G: 'Exportación exenta',
      O: 'No sujeto a IVA',
    },
    terms: (days) => `Pago a ${days} días fecha factura.`,
    companyCode: (chance) => `M-${chance.digits(6)}`,
    phone: (chance) => `+34 91 ${chance.digits(3)} ${chance.digits(4)}`,
  },
  lt: {
    country: 'LT',
    rates: ['21.00', '21.00', '9.00', '5.00'],
    series: 'SF',
    firms: ['Baltijos mediena', 'Žalgirio statyba', 'Šviesos namai', 'Gintaro krantas', 'Ąžuolo baldai'],
    forms: ['UAB', 'AB', 'MB'],
    people: ['Jonas Kazlauskas', 'Eglė Žukauskienė', 'Rūta Šimkutė', 'Tomas Čepaitis'],
    streets: ['Gedimino pr.', 'Laisvės al.', 'Žirmūnų g.', 'Šilutės pl.', 'Vytauto g.'],
    street2: ['2 aukštas', 'B korpusas', '14 kab.'],
    places: [
      ['LT-01103', 'Vilnius'],
      ['LT-44240', 'Kaunas'],
      ['LT-92228', 'Klaipėda'],
      ['LT-76298', 'Šiauliai'],
    ],
    items: [
      ...goods(
        'Biuro popierius A4',
        'Biuro kėdė',
        'Segtuvas',
        'Tinklo kabelis',
        'Stalinė lempa LED',
        'Medienos plokštė',
      ),
      ...services('Konsultacija', 'Katilo priežiūra', 'Programinės įrangos priežiūra', 'Transporto išlaidos'),
    ],
    goodsUnits: [
      ['H87', 'vnt.'],
      ['C62', 'vnt.'],
      ['KGM', 'kg'],
      ['MTR', 'm'],
    ],
    serviceUnits: [
      ['HUR', 'val.'],
      ['C62', 'vnt.'],
      ['DAY', 'd.'],
    ],
    allowances: ['Lojalumo nuolaida', 'Speciali nuolaida', 'Kiekio nuolaida'],
    charges: ['Pristatymas', 'Pakavimas', 'Administravimo mokestis'],
    banks: ['Pavyzdžio bankas', 'Baltijos kredito bankas', 'Medicinos unija'],
    notes: ['Dėkojame, kad renkatės mus.', 'Prekės priklauso pardavėjui iki visiško apmokėjimo.'],
    exemptions: {
      E: 'Neapmokestinama PVM',
      AE: 'Atvirkštinis apmokestinimas',
      K: 'Prekių tiekimas Europos Sąjungos viduje',
      G: 'Prekių eksportas',
      O: 'Ne PVM objektas',
    },
    terms: (days) => `Apmokėti per ${days} dienų.`,
    companyCode: (chance) => `30${chance.digits(7)}`,
    phone: (chance) => `+370 6${chance.digits(2)} ${chance.digits(5)}`,
  },
};

import type { Column, Label, Total } from './words/language-words.ts';

/**
 * What a phrase says that no list holds, from what its words say: `Gesamtbetrag der Abschläge`, `Total amount excluding
 * tax` and `Montant global de la remise` are put together from few words, and lists of phrases never hold them all.
 * Every word must be known, so that a sentence is never taken for a label.
 */
export function composedTotal(phrase: string): Total | undefined {
  const parts = partsOf(phrase);
  if (parts === null) return undefined;
  const has = (part: Part) => parts.has(part);
  if (has('number') || has('date') || has('customer') || has('id') || has('account') || has('quantity'))
    return undefined;
  if (has('withheld')) return undefined;
  if (has('carried')) return 'carried';
  if (has('rounding')) return 'rounding';
  if (has('discount')) return has('charge') ? undefined : 'discount';
  if (has('charge')) return 'charges';
  if (has('prepaid')) return has('without') ? 'gross' : 'prepaid';
  if (has('due')) return 'payable';
  if (has('tax') && has('without')) return has('gross') ? undefined : 'net';
  if (has('tax') && has('with')) return has('net') ? undefined : 'gross';
  if (has('tax') && has('base')) return 'net';
  if (has('net') && has('gross')) return undefined;
  if (has('net') && (has('sum') || has('invoice') || has('item') || has('base'))) return has('tax') ? undefined : 'net';
  if (has('gross') && (has('sum') || has('invoice'))) return has('tax') ? undefined : 'gross';
  if (has('tax') && (has('sum') || has('rate') || has('plus'))) return 'tax';
  if (has('item') && has('sum')) return 'lines';
  if (has('invoice') && has('sum')) return 'gross';
  return undefined;
}

export function composedColumn(phrase: string): Column | undefined {
  const parts = partsOf(phrase);
  if (parts === null) return undefined;
  const has = (part: Part) => parts.has(part);
  const net = has('net') || (has('tax') && has('without'));
  const gross = has('gross') || (has('tax') && has('with'));
  if (net && gross) return undefined;
  if (has('due') || has('prepaid') || has('date') || has('customer') || has('account')) return undefined;
  if (has('discount')) return has('charge') ? undefined : 'discount';
  if (has('price') && !has('sum'))
    return gross ? 'grossPrice' : net || has('unit') || has('item') ? 'unitPrice' : undefined;
  if (has('quantity')) return 'quantity';
  if (has('base') && (has('tax') || has('sum'))) return 'netAmount';
  if (has('tax') && !net && !gross) return has('rate') ? 'taxRate' : has('sum') ? 'taxAmount' : undefined;
  if (has('sum') || has('price') || has('item') || has('base')) {
    if (net) return 'netAmount';
    if (gross) return 'grossAmount';
    if (has('item') && has('number')) return 'code';
    if (has('item') && has('name')) return 'description';
    if (has('sum') && (has('item') || has('price'))) return 'amount';
  }
  return undefined;
}

export function composedLabel(phrase: string): Label | undefined {
  const parts = partsOf(phrase);
  if (parts === null) return undefined;
  const has = (part: Part) => parts.has(part);
  if (has('sum') || has('price') || has('quantity') || has('discount') || has('rate')) return undefined;
  if (has('iban')) return has('customer') ? 'otherNumber' : 'iban';
  if (has('tax') && (has('id') || has('number'))) {
    if (has('invoice')) return has('number') ? 'invoiceNumber' : undefined;
    return has('customer') || has('yours') ? 'buyerVatCode' : 'vatCode';
  }
  if (has('date')) {
    if (has('due') || has('payment')) return 'dueDate';
    if (has('delivery')) return has('order') ? 'otherDate' : 'supplyDate';
    if (has('order') || has('contract') || has('other')) return 'otherDate';
    return has('invoice') || has('issue') ? 'issueDate' : undefined;
  }
  if (has('number')) {
    if (has('original') && has('invoice')) return 'originalInvoiceNumber';
    if (has('delivery') || has('customer') || has('other') || has('item')) return 'otherNumber';
    if (has('order')) return 'orderNumber';
    if (has('contract')) return 'contractNumber';
    return has('invoice') ? 'invoiceNumber' : undefined;
  }
  if (has('original') && has('invoice')) return 'originalInvoiceNumber';
  return undefined;
}

/** Whether a word is one of those that invoices put their phrases together from. */
export function isKnownWord(word: string): boolean {
  return meanings.has(word) || compound(word) !== null;
}

/** Whether a word says that the payer keeps a part back for the tax office: that takes nothing off the invoice. */
export function isWithheld(word: string): boolean {
  return meanings.get(word)?.has('withheld') === true;
}

type Part = keyof typeof words;

/** Words of all six languages, in small letters without accents; German ones also as parts of longer words. */
const words = {
  sum: 'gesamt summe total betrag totale totali somme montant montants importe importi importo amount sum suma totaal gesamtbetrag sumos bendra viso is value wert valore valor valeur verte totals global globale complessivo subtotal sub zwischen sous parcial teil end entgelt',
  tax: 'mwst ust umsatzsteuer mehrwertsteuer steuer vat tax tva iva gst pvm mokestis mokesciai mokesciu taxes impuesto impuestos imposta imposte taxe igic',
  without:
    'ohne exkl exklusive excl ex exc excluding exclusive without before vor avant hors hors esclusa escluso escl esclusi senza sin excluido be neskaitant',
  with: 'inkl inklusive incl inc including inclusive with einschl einschliesslich mit after nach comprise comprises compris inclus avec inclusa incluso inclusi compresa con incluido incluida incluidos su iskaitant',
  plus: 'zzgl zuzuglich plus add more piu mas',
  base: 'basis bemessungs bemessungsgrundlage grundlage taxable base imponible imponibile assiette imposable apmokestinama basis grund',
  net: 'netto net nette neto netta netti netos warenwert',
  gross: 'brutto gross brut bruto lordo lordi brute',
  discount:
    'rabatt rabatte nachlass nachlasse abschlag abschlage abzug abzuge discount discounts allowance allowances rebate rebates remise remises rabais ristourne reduction sconto sconti abbuono descuento descuentos dto nuolaida nuolaidos nuolaidu nuolaidu',
  charge:
    'zuschlag zuschlage versandkosten versand fracht porto charge charges surcharge surcharges shipping freight postage carriage handling frais port transport supplement supplements spese trasporto spedizione maggiorazione maggiorazioni bollo bolli cargo cargos recargo recargos gastos envio portes priemoka priemokos pristatymo mokesciai',
  withheld:
    'ritenuta ritenute retencion retenciones irpf withholding withheld cis retenue quellensteuer bauabzugsteuer bauabzugssteuer einbehalt',
  prepaid:
    'erhaltene erhalten received recu recus ricevuti ricevuto recibido recibidos anzahlung anzahlungen vorauszahlung vorauszahlungen prepaid prepayment prepayments prepayed deposit deposits advance acompte acomptes avance acconto acconti anticipo anticipi anticipos avansas avansai gezahlt gezahlter gezahlte bezahlt bezahlter paid paye verse pagato pagado sumoketa sumoketas',
  due: 'zahl zahlbar zahlen zahlender fallig falliger falliges offen offener due payable outstanding pay owing payer regler pagar pagare dovuto moketi moketina apmoketi rest restant restante verbleibend verbleibender remaining',
  rounding: 'rundung rundungs rounding arrondi arrotondamento redondeo apvalinimas',
  carried: 'ubertrag carried forward report riporto arrastre perkelta',
  invoice:
    'rechnung rechnungs rechnungen rg re faktura fakturen fakturos beleg belegs dokument dokumenten gutschrift gutschrifts invoice invoices bill document credit note memo facture facturation avoir fattura documento factura abono saskaita saskaitos saskaitu',
  item: 'position positions positionen posten artikel item items line lines product products article articles ligne lignes produit produits riga righe articolo articoli prodotto linea lineas articulo articulos producto eilute eiluciu preke prekes prekiu paslauga paslaugu leistung leistungen service services goods waren ware merce merci beni mercancia mercancias marchandises',
  name: 'name bezeichnung beschreibung description designation libelle descrizione descripcion pavadinimas aprasymas nom denominazione denominacion concepto',
  unit: 'einzel einheit einheiten stuck unit units each unitaire unite unitario unitaria unita unidad unidades vieneto vnt mato einh stk per pro par',
  price: 'preis preise price prices cost prix tarif prezzo precio kaina kainos ansatz',
  quantity: 'menge mengen anzahl quantity qty quantite qte quantita cantidad kiekis',
  rate: 'satz satze rate rates % prozent percent taux aliquota tipo tarifas tarifo',
  number: 'nr nummer number no num nbr numero numeri n # numeris kennung id code kodas',
  id: 'idnr ident identifikations identification identifikation idno id registration reg intracommunautaire moketojo kodas partita identificacion nif cif',
  date: 'datum tag termin date datum data fecha diena giorno dated',
  payment:
    'zahlung zahlungs paiement reglement pagamento pago payment payments apmokejimo mokejimo echeance scadenza vencimiento termino frist ziel',
  issue:
    'ausstellungs ausstellung ausgestellt issue issued emission emissione emision israsymo isdavimo erstellungs erstell',
  delivery:
    'liefer lieferung lieferungs leistungs lieferschein versand delivery deliveries supply shipping shipment despatch dispatch livraison prestation consegna entrega albaran tiekimo pristatymo vaztarascio ausfuhrungs ddt bl',
  order:
    'bestell bestellung bestellungs auftrag auftrags order orders purchase po commande ordine ordini pedido pedidos uzsakymo uzsakymas',
  contract: 'vertrag vertrags contract agreement contrat marche contratto contrato sutarties sutartis',
  customer:
    'kunde kunden kaufer empfanger customer client buyer purchaser acheteur destinataire cliente acquirente comprador pirkejo pirkejas kliento gavejo leistungsempfanger rechnungsempfanger debtor zahlungspflichtiger',
  other:
    'projekt projekts angebot angebots offerte lieferant lieferanten kreditor debitor kostenstelle druck project quote offer supplier vendor period zeitraum projet devis fournisseur progetto offerta fornitore proyecto oferta proveedor projekto pasiulymo tiekejo referenz reference referencia riferimento nuoroda mandat mandats mandate',
  original:
    'ursprungs ursprunglich ursprungliche ursprunglichen original origine initiale origen originale rettificata rectificada stornierte korrigierte credited corrected kredituojamos pirmines pradines',
  account: 'konto kontos account compte conto cuenta saskaita',
  iban: 'iban',
  yours: 'ihre ihr your votre vos vostra vostro su sus jusu',
  filler:
    'der die das des den dem in im am an auf von vom zu zur zum fur und of the for to at on la le les l d du de des del della dello dell delle di da il lo el los las y e et and our unsere unser notre nos nostra nostro nuestra musu eur euro euros gbp usd chf pln czk verkaufer seller vendeur venditore vendedor pardavejo eine einer alle aller all',
} as const;

const meanings = new Map<string, Set<Part>>();
for (const [part, list] of Object.entries(words) as [Part, string][]) {
  for (const word of list.split(' ')) {
    if (word === '') continue;
    const set = meanings.get(word) ?? new Set<Part>();
    set.add(part);
    meanings.set(word, set);
  }
}

/** The parts of which German puts its words together, longest first. */
const stems = [...meanings.keys()]
  .filter((word) => word.length >= 4 || /^(ust|end)$/.test(word))
  .sort((a, b) => b.length - a.length);

/** What the words of a phrase say, or `null` where one is unknown or it is a single word that the lists would hold. */
function partsOf(phrase: string): ReadonlySet<Part> | null {
  const parts = new Set<Part>();
  const each = phrase.split(' ');
  for (const word of each) {
    const found = meanings.get(word) ?? compound(word);
    if (found === null) return null;
    for (const part of found) if (part !== 'filler') parts.add(part);
  }
  return each.length === 1 && parts.size < 2 ? null : parts;
}

/** `Gesamtnettobetrag`, `Lieferantennummer`: stems one behind the other, with the `s`, `n`, `en` or `es` that joins them. */
function compound(word: string): Set<Part> | null {
  if (word.length < 8) return null;
  const parts = new Set<Part>();
  let rest = word;
  while (rest !== '') {
    const stem = stems.find((each) => rest.startsWith(each));
    if (stem === undefined) return null;
    for (const part of meanings.get(stem) ?? []) parts.add(part);
    rest = rest.slice(stem.length);
    const joint = /^(?:es|en|s|n|e)/.exec(rest)?.[0] ?? '';
    if (
      rest === joint ||
      (joint !== '' &&
        stems.some((each) => rest.slice(joint.length).startsWith(each)) &&
        !stems.some((each) => rest.startsWith(each)))
    )
      rest = rest.slice(joint.length);
  }
  return parts;
}

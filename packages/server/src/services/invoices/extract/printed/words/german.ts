import type { LanguageWords } from './language-words.ts';

export const german: LanguageWords = {
  labels: {
    invoiceNumber:
      'rechnungsnummer|rechnungsnr|rechnungs nr|rechnungs nummer|rechnung nr|rechnung nummer|rechnung no|re nr|rg nr|rgnr|belegnummer|beleg nr|belegnr|gutschriftsnummer|gutschrift nr|gutschriftnummer|gutschriftsnr|gutschrifts nr|dokumentnummer|dokument nr|faktura nr|fakturanummer|korrektur nr|rechnungs id',
    orderNumber:
      'bestellnummer|bestellnr|bestell nr|bestellung|bestellung nr|ihre bestellung|ihre bestellnummer|ihre bestell nr|ihre bestellung nr|auftragsnummer|auftragsnr|auftrags nr|auftrag nr|auftrag|ihr auftrag|unsere auftragsnummer|po nummer|bestellreferenz|best nr',
    contractNumber: 'vertragsnummer|vertragsnr|vertrags nr|vertrag nr|vertrag|rahmenvertrag|vertragskonto',
    originalInvoiceNumber:
      'zu rechnung|zur rechnung|zu rechnung nr|zur rechnung nr|zu rechnungsnummer|ursprungliche rechnung|ursprungsrechnung|ursprungliche rechnungsnummer|originalrechnung|original rechnung|original rechnungsnummer|korrektur zu rechnung|korrektur zu rechnung nr|bezug auf rechnung|storno zu rechnung|gutschrift zu rechnung|gutschrift zur rechnung|betrifft rechnung|betrifft rechnung nr|bezugsrechnung|vorangegangene rechnung',
    otherNumber:
      'kundennummer|kundennr|kunden nr|kunde nr|kd nr|kdnr|ihre kundennummer|ihre kundennr|debitor|debitorennummer|debitor nr|lieferscheinnummer|lieferschein nr|lieferscheinnr|lieferschein|projektnummer|projekt nr|projekt|kostenstelle|leitweg id|leitweg|referenz|ihre referenz|ihr zeichen|unser zeichen|lieferantennummer|lieferanten nr|lieferantennr|seite|ihre referenznummer|kauferreferenz|angebot nr|angebotsnummer|filiale|zahlernummer|glaubiger id|glaubiger identifikationsnummer|mandatsreferenz|kassenzeichen',
    issueDate:
      'rechnungsdatum|rechnung vom|datum|ausstellungsdatum|belegdatum|rg datum|re datum|datum der rechnung|gutschriftsdatum|gutschriftdatum|dokumentdatum|ausgestellt am|datum rechnung|fakturadatum|erstellt am|druckdatum',
    supplyDate:
      'lieferdatum|leistungsdatum|liefertermin|lieferung am|liefer leistungsdatum|lieferdatum leistungsdatum|leistungs lieferdatum|leistungszeitpunkt|datum der lieferung|datum der leistung|lieferung vom|geliefert am|lieferzeitpunkt|leistung vom|tag der lieferung|leistung erbracht am',
    dueDate:
      'falligkeitsdatum|fallig am|fallig|falligkeit|zahlbar bis|zahlungsziel|zahlbar bis zum|zahlung bis|zu zahlen bis|fallig bis|zahlungsfrist|zahldatum|faellig am|bis spatestens',
    otherDate:
      'bestelldatum|auftragsdatum|vertragsdatum|versanddatum|datum der bestellung|lieferscheindatum|leistungszeitraum|abrechnungszeitraum|lieferzeitraum|zeitraum|bestellung vom|auftrag vom|skonto bis',
    currency: 'wahrung|rechnungswahrung',
    exchangeRate: 'wechselkurs|umrechnungskurs|kurs',
    vatCode:
      'ust idnr|ust id nr|ust id|ustid|ustidnr|ust ident nr|umsatzsteuer id|umsatzsteuer idnr|umsatzsteuer identifikationsnummer|umsatzsteueridentifikationsnummer|umsatzsteuer identnummer|uid|uid nr|uid nummer|mwst nr|mwst nummer|unsere ust idnr|unsere ust id',
    buyerVatCode:
      'ihre ust idnr|ihre ust id|ihre ust id nr|ust idnr des kunden|ust id kunde|kunden ust id|kunden ust idnr|ust idnr kunde|ust idnr des leistungsempfangers|ust idnr empfanger|ihre uid|ihre uid nummer|ust idnr kaufer',
    taxCode: 'steuernummer|steuernr|steuer nr|st nr|stnr|unsere steuernummer',
    companyCode:
      'handelsregister|handelsregisternummer|registernummer|hrb|hr nr|registergericht|amtsgericht|handelsregister nr|register nr|firmenbuchnummer|fn|hrb nr|handelsregistereintrag',
    email: 'e mail|email|mail|e mail adresse',
    phone: 'telefon|tel|fon|telefon nr|telefonnummer|mobil|tel nr',
    otherContact:
      'fax|telefax|web|internet|website|webseite|homepage|ansprechpartner|ansprechpartnerin|kontakt|ihr ansprechpartner|bearbeiter|sachbearbeiter|geschaftsfuhrer|geschaftsfuhrerin|geschaftsfuhrung|inhaber|vorstand|www',
    iban: 'iban',
    bic: 'bic|swift|bic swift|swift bic|bic code|swift code',
    bankName: 'bank|kreditinstitut|bankname|bankverbindung|name der bank|geldinstitut',
    accountNumber: 'konto|kontonummer|konto nr|kontonr|kto nr|kto|ktonr',
    accountHolder: 'kontoinhaber|zahlungsempfanger|inhaber des kontos|begunstigter|kto inhaber',
    reference:
      'verwendungszweck|zahlungsreferenz|buchungstext|bei zahlung angeben|bitte bei zahlung angeben|zahlungszweck|referenz zahlung|referenz fur zahlung',
    method: 'zahlungsart|zahlungsweise|zahlungsmethode|zahlart|zahlungsmittel',
    terms: 'zahlungsbedingungen|zahlungsbedingung|zahlungskonditionen|zahlungsvereinbarung|zahlung',
    seller: 'verkaufer|lieferant|rechnungssteller|absender|leistungserbringer|anbieter|aussteller|von',
    buyer:
      'rechnung an|rechnungsempfanger|rechnungsadresse|rechnungsanschrift|kunde|kaufer|empfanger|an|leistungsempfanger|auftraggeber|besteller|abnehmer|gutschrift an|kundenanschrift|firma',
    otherParty:
      'lieferadresse|lieferanschrift|lieferung an|warenempfanger|versandadresse|lieferort|leistungsort|abweichender zahlungsempfanger|abweichender warenempfanger|steuerbevollmachtigter|steuerbevollmachtigter des verkaufers|abweichende lieferanschrift|abweichende lieferadresse',
  },
  columns: {
    position: 'pos|position|nr|lfd nr|zeile|pos nr|lfd',
    code: 'artikelnummer|artikelnr|artikel nr|art nr|artnr|art nummer|artikel no|sku|code|artikelcode|bestellnr|artikel id|materialnr|material nr',
    ean: 'ean|gtin|ean code|barcode|ean gtin',
    description:
      'bezeichnung|beschreibung|artikel|leistung|artikelbezeichnung|produkt|text|leistungsbeschreibung|artikelbeschreibung|ware|leistung artikel|ware leistung|produktbezeichnung|gegenstand|bezeichnung der leistung|artikel leistung|artikel beschreibung',
    quantity: 'menge|anzahl|anz|mge|stuckzahl|stunden|lfm|menge einheit|liefermenge',
    unit: 'einheit|einh|me|mengeneinheit|eh|einheiten',
    unitPrice:
      'ansatz|einzelpreis|e preis|ep|stuckpreis|preis|einzelpreis netto|preis netto|preis einheit|einzelpreis eur|preis pro einheit|nettopreis|preis eur|ep netto|einheitspreis|einzel|stundensatz|preis stuck|e preis eur|ep eur|netto einzelpreis|einzelpreis in eur|nettoeinzelpreis',
    grossPrice: 'einzelpreis brutto|bruttopreis|preis brutto|ep brutto',
    discount: 'rabatt|nachlass|rabatt %|rab|rabatt in %|rab %|abschlag',
    taxRate:
      'mwst|ust|mwst %|ust %|mwst satz|ust satz|steuersatz|steuer %|mwst in %|ust in %|steuer|mehrwertsteuer|%|% mwst|satz',
    taxAmount: 'mwst betrag|ust betrag|steuerbetrag|mwst eur|ust eur|betrag mwst',
    amount:
      'gesamtpreis|gesamt|betrag|summe|g preis|gp|total|betrag eur|gesamtbetrag|gesamt eur|gesamtpreis eur|wert|preis gesamt|betrag in eur|gp eur|positionspreis|zeilensumme',
    netAmount:
      'nettobetrag|netto|gesamt netto|netto gesamt|betrag netto|summe netto|gesamtpreis netto|nettowert|netto eur|netto betrag|warenwert|nettosumme|gp netto|entgelt',
    grossAmount:
      'brutto|bruttobetrag|gesamt brutto|betrag brutto|gesamtpreis brutto|brutto betrag|brutto eur|summe brutto|bruttosumme',
    other: 'datum|lieferdatum|lieferschein|preiseinheit|pe|bestellung|kostenstelle',
  },
  totals: {
    lines:
      'zwischensumme|zwischentotal|summe positionen|warenwert|summe der positionen|zwischensumme netto|positionssumme|summe artikel|positionen gesamt|summe position|gesamtbetrag der positionen|gesamtsumme der positionen',
    net: 'nettobetrag|netto|gesamt netto|summe netto|nettosumme|gesamtbetrag netto|rechnungsbetrag netto|netto gesamt|gesamtsumme netto|netto summe|rechnungssumme ohne ust|gesamtbetrag ohne ust|summe ohne mwst|nettogesamtbetrag|betrag ohne mwst|gesamtnetto|nettobetrag gesamt|netto betrag|summe netto betrag|steuerbasis|rechnungssumme netto|gesamtbetrag ohne mwst|gesamt ohne mwst|nettowert|zwischensumme ohne mwst',
    discount:
      'rabatt|nachlass|abzuglich rabatt|treuerabatt|mengenrabatt|sondernachlass|gesamtrabatt|skonto|abschlag|sonderrabatt|preisnachlass|abzuge|summe nachlasse|abzuglich|rechnungsrabatt|nachlasse',
    charges:
      'versandkosten|versand|fracht|porto|verpackung|mindermengenzuschlag|zuschlag|zuschlage|transportkosten|frachtkosten|porto und verpackung|versand und verpackung|bearbeitungsgebuhr|summe zuschlage|lieferkosten|nebenkosten|verpackungskosten',
    tax: 'mwst|ust|umsatzsteuer|mehrwertsteuer|zzgl mwst|zzgl ust|zuzuglich mwst|zuzuglich ust|zzgl umsatzsteuer|zuzuglich umsatzsteuer|steuer|summe mwst|summe ust|steuerbetrag|mwst betrag|gesamt mwst|enthaltene mwst|summe umsatzsteuer|gesamtsteuer|ust betrag|mwst gesamt|steuern|umsatzsteuerbetrag|zuzuglich mehrwertsteuer|zzgl mehrwertsteuer|steuersumme|gesamtbetrag ust|gesamtbetrag mwst',
    gross:
      'bruttobetrag|brutto|gesamt brutto|summe brutto|gesamtbetrag brutto|bruttosumme|rechnungsbetrag brutto|brutto gesamt|gesamtbetrag inkl mwst|gesamt inkl mwst|summe inkl mwst|gesamtbetrag inkl ust|rechnungssumme|rechnungsbetrag|total inkl mwst|gesamtsumme brutto|bruttogesamtbetrag|betrag inkl mwst|endsumme|gesamtsumme inkl mwst|rechnungsendbetrag|gutschriftsbetrag|rechnungsbetrag inkl mwst|rechnungssumme mit ust|gesamt inkl ust|gesamtbetrag mit ust|rechnungsgesamtbetrag',
    total:
      'gesamtbetrag|gesamtsumme|gesamt|summe|total|endbetrag|gesamtpreis|betrag|rechnung gesamt|summe eur|gesamt eur',
    prepaid:
      'anzahlung|bereits gezahlt|abzuglich anzahlung|geleistete anzahlung|bereits bezahlt|vorauszahlung|abschlagszahlung|erhaltene anzahlung|bereits geleistete zahlungen|gezahlt|anzahlungsbetrag|abzuglich bereits gezahlt|geleistete zahlungen|gezahlter betrag|vorauszahlungen|anzahlungen',
    payable:
      'zahlbetrag|zu zahlen|zu zahlender betrag|offener betrag|restbetrag|fälliger betrag|falliger betrag|noch zu zahlen|zahllast|zahlungsbetrag|offen|uberweisungsbetrag|restzahlung|auszuzahlender betrag|verbleibender betrag|zu uberweisen|fälliger gesamtbetrag|fallige zahlung|auszahlungsbetrag',
    rounding: 'rundung|rundungsbetrag|rundungsdifferenz',
    carried:
      'ubertrag|zwischensumme seite|seitensumme|ubertrag von seite|ubertrag auf seite|ubertrag seite|summe seite',
  },
  titles: {
    invoice:
      'rechnung|handelsrechnung|schlussrechnung|faktura|teilrechnung|sammelrechnung|einzelrechnung|rechnung original|mietrechnung|kostenrechnung|gutschrift selbst ausgestellte rechnung|abrechnungsgutschrift',
    credit_note:
      'gutschrift|rechnungskorrektur|stornorechnung|korrekturrechnung|rechnungsgutschrift|storno|warengutschrift|kaufmannische gutschrift|rechnungsstorno|stornorechnung gutschrift',
    prepayment: 'abschlagsrechnung|anzahlungsrechnung|vorausrechnung|akontorechnung',
    proforma: 'proforma rechnung|proformarechnung|pro forma rechnung|proforma',
    receipt: 'quittung|kassenbon|kassenbeleg|bon',
    debit_note: 'lastschriftanzeige|belastungsanzeige',
  },
  months: [
    'januar|jan|janner',
    'februar|feb',
    'marz|mar|mrz|maerz',
    'april|apr',
    'mai',
    'juni|jun',
    'juli|jul',
    'august|aug',
    'september|sep|sept',
    'oktober|okt',
    'november|nov',
    'dezember|dez',
  ],
  between: { number: 'nr|nummer|no', date: 'vom|datum' },
  common:
    'und der die das fur mit von bitte wir sie ihre ist zum zur nicht uns ihrem auf bei gmbh innerhalb tagen ohne',
  terms:
    'innerhalb von # tagen|binnen # tagen|innerhalb # tagen|# tage netto|zahlbar in # tagen|netto # tage|zahlungsziel # tage|in # tagen|innerhalb der nachsten # tage|# tage|nach # tagen',
  methods: {
    bank_transfer: 'uberweisung|bankuberweisung|per uberweisung|sepa uberweisung|sepa credit transfer',
    card: 'kreditkarte|kartenzahlung|ec karte|girocard',
    cash: 'bar|barzahlung',
    direct_debit: 'lastschrift|bankeinzug|sepa lastschrift|einzugsermachtigung',
  },
  paid: 'bezahlt|dankend erhalten|betrag erhalten|bereits beglichen|vollstandig bezahlt',
  exemptions: {
    AE: 'steuerschuldnerschaft des leistungsempfangers|reverse charge|umkehr der steuerschuld',
    K: 'innergemeinschaftliche lieferung|innergemeinschaftlichen lieferung|innergemeinschaftliche lieferungen',
    G: 'ausfuhrlieferung|steuerfreie ausfuhr|export',
    E: 'steuerfrei|steuerbefreit|umsatzsteuerfrei|kleinunternehmer|19 ustg|4 ustg|befreit',
    O: 'nicht steuerbar|nicht umsatzsteuerbar',
  },
};

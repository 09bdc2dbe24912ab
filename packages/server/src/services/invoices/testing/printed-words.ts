import type { TruthLanguage } from './invoice-truth.ts';

/** What a printed invoice says before its values, in three wordings: layouts choose one each. */
export type PrintedWord =
  | 'invoice'
  | 'credit'
  | 'number'
  | 'date'
  | 'due'
  | 'delivery'
  | 'order'
  | 'contract'
  | 'original'
  | 'vat'
  | 'company'
  | 'taxCode'
  | 'phone'
  | 'email'
  | 'iban'
  | 'bic'
  | 'bank'
  | 'seller'
  | 'buyer'
  | 'pos'
  | 'code'
  | 'item'
  | 'quantity'
  | 'unit'
  | 'price'
  | 'discount'
  | 'rate'
  | 'amount'
  | 'lines'
  | 'net'
  | 'tax'
  | 'base'
  | 'taxAmount'
  | 'gross'
  | 'prepaid'
  | 'payable'
  | 'page'
  | 'carried'
  | 'greeting';

export type Wording = 0 | 1 | 2;

export function printedWord(language: TruthLanguage, word: PrintedWord, wording: Wording): string {
  const [first = '', ...others] = tables[language][word];
  return [first, ...others][wording] ?? first;
}

function table(text: string): Record<PrintedWord, string[]> {
  const rows = text
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s*=\s*/));
  return Object.fromEntries(rows.map(([word, list]) => [word, (list ?? '').split(/\s*\|\s*/)])) as Record<
    PrintedWord,
    string[]
  >;
}

const tables: Record<TruthLanguage, Record<PrintedWord, string[]>> = {
  de: table(`
    invoice = Rechnung | RECHNUNG | Rechnung
    credit = Gutschrift | GUTSCHRIFT | Rechnungskorrektur
    number = Rechnungsnummer | Rechnungs-Nr. | Belegnummer
    date = Rechnungsdatum | Datum | Belegdatum
    due = Fällig am | Zahlbar bis | Fälligkeit
    delivery = Lieferdatum | Leistungsdatum | Datum der Lieferung
    order = Bestellnummer | Ihre Bestellung | Auftragsnummer
    contract = Vertragsnummer | Vertrag | Vertrags-Nr.
    original = Zu Rechnung | Ursprungsrechnung | Korrektur zu Rechnung
    vat = USt-IdNr. | USt-ID | Umsatzsteuer-ID
    company = Handelsregister | Registernummer | Handelsregister
    taxCode = Steuernummer | St.-Nr. | Steuer-Nr.
    phone = Telefon | Tel. | Fon
    email = E-Mail | Mail | E-Mail
    iban = IBAN | IBAN | IBAN
    bic = BIC | SWIFT | BIC
    bank = Bank | Bankverbindung | Kreditinstitut
    seller = Lieferant | Verkäufer | Rechnungssteller
    buyer = Rechnung an | Kunde | Rechnungsempfänger
    pos = Pos. | Nr. | Pos
    code = Art.-Nr. | Artikelnummer | Artikel-Nr.
    item = Bezeichnung | Beschreibung | Leistung
    quantity = Menge | Anzahl | Menge
    unit = Einheit | ME | Einh.
    price = Einzelpreis | E-Preis | Preis
    discount = Rabatt % | Rab. % | Rabatt %
    rate = MwSt. % | USt. | MwSt.-Satz
    amount = Gesamtpreis | Gesamt | Betrag
    lines = Zwischensumme | Summe Positionen | Warenwert
    net = Nettobetrag | Summe netto | Gesamt netto
    tax = MwSt. | zzgl. USt. | Umsatzsteuer
    base = Netto | Nettobetrag | Netto
    taxAmount = MwSt.-Betrag | USt.-Betrag | Steuerbetrag
    gross = Gesamtbetrag | Rechnungsbetrag | Bruttobetrag
    prepaid = Anzahlung | Bereits gezahlt | abzüglich Anzahlung
    payable = Zahlbetrag | Zu zahlen | Offener Betrag
    page = Seite | Seite | Blatt
    carried = Übertrag | Übertrag | Übertrag
    greeting = Wir danken für Ihren Auftrag und berechnen wie folgt: | Sehr geehrte Damen und Herren, | Für unsere Leistungen stellen wir Ihnen in Rechnung:
  `),
  en: table(`
    invoice = Invoice | TAX INVOICE | Invoice
    credit = Credit note | CREDIT NOTE | Credit memo
    number = Invoice number | Invoice no. | Document no.
    date = Invoice date | Date | Date of issue
    due = Due date | Payment due | Please pay by
    delivery = Delivery date | Date of supply | Delivered on
    order = Order number | Your order no. | PO number
    contract = Contract number | Contract | Contract no.
    original = Original invoice | For invoice | Relates to invoice
    vat = VAT number | VAT reg. no. | VAT ID
    company = Company number | Registration no. | Company reg. no.
    taxCode = Tax number | UTR | Tax no.
    phone = Phone | Tel. | Telephone
    email = Email | E-mail | Email
    iban = IBAN | IBAN | IBAN
    bic = BIC | SWIFT | SWIFT/BIC
    bank = Bank | Bank name | Bank
    seller = From | Supplier | Seller
    buyer = Bill to | Customer | Invoice to
    pos = No. | # | Line
    code = Item code | SKU | Product code
    item = Description | Item | Product
    quantity = Qty | Quantity | Qty
    unit = Unit | UoM | Units
    price = Unit price | Price | Price each
    discount = Disc. % | Discount % | Disc %
    rate = VAT % | VAT rate | VAT
    amount = Amount | Total | Line total
    lines = Subtotal | Goods total | Items total
    net = Net total | Total excl. VAT | Net amount
    tax = VAT | VAT | Plus VAT
    base = Net | Net amount | Taxable amount
    taxAmount = VAT amount | VAT amount | Tax amount
    gross = Total | Invoice total | Total incl. VAT
    prepaid = Deposit | Amount paid | Less deposit
    payable = Amount due | Balance due | Total due
    page = Page | Page | Page
    carried = Carried forward | Carried forward | Brought forward
    greeting = Thank you for your order. | Dear customer, | We charge for the following:
  `),
  fr: table(`
    invoice = Facture | FACTURE | Facture
    credit = Avoir | AVOIR | Note de crédit
    number = Numéro de facture | Facture n° | N° de pièce
    date = Date de facture | Date | Date d’émission
    due = Date d’échéance | Échéance | À payer avant le
    delivery = Date de livraison | Livré le | Date de prestation
    order = Numéro de commande | Commande n° | Votre commande
    contract = Numéro de contrat | Contrat | Contrat n°
    original = Facture d’origine | Sur facture | Facture initiale
    vat = N° TVA | TVA intracommunautaire | N° TVA intracommunautaire
    company = SIREN | SIRET | RCS
    taxCode = Numéro fiscal | Identifiant fiscal | Numéro fiscal
    phone = Téléphone | Tél. | Tél.
    email = E-mail | Courriel | E-mail
    iban = IBAN | IBAN | IBAN
    bic = BIC | BIC | Code BIC
    bank = Banque | Domiciliation | Banque
    seller = Fournisseur | Vendeur | Émetteur
    buyer = Facturé à | Client | Destinataire
    pos = N° | Ligne | N°
    code = Référence | Réf. | Code article
    item = Désignation | Description | Libellé
    quantity = Quantité | Qté | Qté
    unit = Unité | U. | Unité
    price = Prix unitaire | P.U. HT | Prix unitaire HT
    discount = Remise % | Rem. % | Remise %
    rate = TVA % | Taux TVA | TVA
    amount = Montant HT | Total HT | Montant
    lines = Sous-total | Total lignes | Total brut HT
    net = Total HT | Total net HT | Montant HT
    tax = TVA | TVA | Montant TVA
    base = Base HT | Base HT | Montant HT
    taxAmount = Montant TVA | Montant TVA | Total TVA
    gross = Total TTC | Montant TTC | Total général TTC
    prepaid = Acompte versé | Déjà réglé | Acompte
    payable = Net à payer | Reste à payer | Solde à payer
    page = Page | Page | Page
    carried = Report | À reporter | Report
    greeting = Merci de votre confiance. | Madame, Monsieur, | Nous vous facturons :
  `),
  it: table(`
    invoice = Fattura | FATTURA | Fattura
    credit = Nota di credito | NOTA DI CREDITO | Nota di credito
    number = Numero fattura | Fattura n. | N. documento
    date = Data fattura | Data | Data documento
    due = Scadenza | Data scadenza | Da pagare entro
    delivery = Data consegna | Data di consegna | Consegna
    order = Numero ordine | Vostro ordine | Ordine n.
    contract = Numero contratto | Contratto | Contratto n.
    original = Fattura originale | Rif. fattura | Fattura di riferimento
    vat = Partita IVA | P.IVA | P. IVA
    company = REA | Numero REA | Registro imprese
    taxCode = Codice fiscale | Cod. fisc. | C.F.
    phone = Telefono | Tel. | Tel.
    email = E-mail | Email | E-mail
    iban = IBAN | IBAN | IBAN
    bic = BIC | SWIFT | BIC
    bank = Banca | Banca d’appoggio | Banca
    seller = Fornitore | Cedente | Venditore
    buyer = Cliente | Spett.le | Destinatario
    pos = N. | Pos. | Riga
    code = Codice | Cod. art. | Codice articolo
    item = Descrizione | Articolo | Prodotto
    quantity = Quantità | Q.tà | Qtà
    unit = U.M. | Unità | UM
    price = Prezzo unitario | Prezzo | Prezzo unit.
    discount = Sconto % | Sc. % | Sconto %
    rate = IVA % | IVA | Aliquota IVA
    amount = Importo | Totale | Importo netto
    lines = Totale merce | Subtotale | Totale righe
    net = Imponibile | Totale imponibile | Totale netto
    tax = IVA | IVA | Imposta
    base = Imponibile | Imponibile | Imponibile
    taxAmount = Imposta | Importo IVA | Imposta
    gross = Totale fattura | Totale documento | Importo totale
    prepaid = Acconto versato | Già pagato | Acconto
    payable = Netto a pagare | Totale da pagare | Saldo
    page = Pagina | Pag. | Pagina
    carried = Riporto | A riportare | Riporto
    greeting = Grazie per averci scelto. | Gentile cliente, | Vi addebitiamo quanto segue:
  `),
  es: table(`
    invoice = Factura | FACTURA | Factura
    credit = Factura rectificativa | NOTA DE CRÉDITO | Abono
    number = Número de factura | Factura n.º | N.º documento
    date = Fecha de factura | Fecha | Fecha de emisión
    due = Fecha de vencimiento | Vencimiento | Vence el
    delivery = Fecha de entrega | Fecha de operación | Entregado el
    order = Número de pedido | Su pedido | Pedido n.º
    contract = Número de contrato | Contrato | Contrato n.º
    original = Factura original | Factura rectificada | Rectifica la factura
    vat = NIF-IVA | NIF | CIF
    company = Registro Mercantil | N.º registro | Reg. Mercantil
    taxCode = Código fiscal | Número fiscal | Código fiscal
    phone = Teléfono | Tel. | Tlf.
    email = Correo electrónico | E-mail | Email
    iban = IBAN | IBAN | IBAN
    bic = BIC | SWIFT | BIC
    bank = Banco | Entidad | Banco
    seller = Emisor | Proveedor | Vendedor
    buyer = Cliente | Facturar a | Datos del cliente
    pos = N.º | Línea | Pos.
    code = Código | Ref. | Referencia
    item = Descripción | Concepto | Artículo
    quantity = Cantidad | Cant. | Uds.
    unit = Unidad | U.M. | Medida
    price = Precio unitario | Precio | P. unitario
    discount = Dto. % | Descuento % | Dto. %
    rate = IVA % | IVA | Tipo IVA
    amount = Importe | Total | Importe neto
    lines = Subtotal | Suma | Importe bruto
    net = Base imponible | Total neto | Importe neto
    tax = IVA | IVA | Cuota IVA
    base = Base imponible | Base | Base
    taxAmount = Cuota IVA | Importe IVA | Cuota
    gross = Total factura | Importe total | Total con IVA
    prepaid = Anticipo | Pagado | A cuenta
    payable = Total a pagar | Pendiente de pago | Importe a pagar
    page = Página | Pág. | Página
    carried = Suma y sigue | Suma anterior | Suma y sigue
    greeting = Gracias por su pedido. | Estimado cliente: | Le facturamos lo siguiente:
  `),
  lt: table(`
    invoice = PVM sąskaita faktūra | SĄSKAITA FAKTŪRA | PVM sąskaita faktūra
    credit = Kreditinė sąskaita | KREDITINĖ SĄSKAITA FAKTŪRA | Kreditinė PVM sąskaita faktūra
    number = Sąskaitos numeris | Sąskaitos Nr. | Serija ir numeris
    date = Sąskaitos data | Data | Išrašymo data
    due = Apmokėti iki | Apmokėjimo terminas | Mokėti iki
    delivery = Pristatymo data | Tiekimo data | Paslaugos suteikimo data
    order = Užsakymo numeris | Užsakymo Nr. | Užsakymas
    contract = Sutarties numeris | Sutarties Nr. | Sutartis
    original = Pradinė sąskaita | Kredituojama sąskaita | Pirminė sąskaita
    vat = PVM mokėtojo kodas | PVM kodas | PVM mok. kodas
    company = Įmonės kodas | Įm. kodas | Juridinio asmens kodas
    taxCode = Mokesčių mokėtojo kodas | Mokesčių mokėtojo kodas | Mokesčių mokėtojo kodas
    phone = Telefonas | Tel. | Tel.
    email = El. paštas | El. p. | El. paštas
    iban = IBAN | A. s. | Sąskaita (IBAN)
    bic = BIC | SWIFT | Banko SWIFT
    bank = Bankas | Bankas | Banko pavadinimas
    seller = Pardavėjas | Tiekėjas | Pardavėjas
    buyer = Pirkėjas | Klientas | Mokėtojas
    pos = Eil. Nr. | Nr. | Eil.
    code = Prekės kodas | Kodas | Artikulas
    item = Pavadinimas | Prekės ar paslaugos pavadinimas | Aprašymas
    quantity = Kiekis | Kiekis | Kiek.
    unit = Mato vnt. | Matas | Vnt.
    price = Kaina | Vnt. kaina | Kaina be PVM
    discount = Nuolaida % | Nuol. % | Nuolaida %
    rate = PVM % | PVM tarifas | PVM
    amount = Suma | Suma be PVM | Viso
    lines = Tarpinė suma | Prekių suma | Eilučių suma
    net = Suma be PVM | Viso be PVM | Iš viso be PVM
    tax = PVM | PVM suma | PVM
    base = Apmokestinamoji vertė | Suma be PVM | Be PVM
    taxAmount = PVM suma | PVM suma | PVM suma
    gross = Suma su PVM | Bendra suma | Iš viso su PVM
    prepaid = Sumokėtas avansas | Jau sumokėta | Avansas
    payable = Mokėtina suma | Suma apmokėjimui | Liko mokėti
    page = Puslapis | Psl. | Puslapis
    carried = Perkelta | Perkeliama | Perkelta
    greeting = Dėkojame už užsakymą. | Gerbiamas kliente, | Sąskaita už prekes ir paslaugas:
  `),
};

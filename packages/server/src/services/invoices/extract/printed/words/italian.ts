import type { LanguageWords } from './language-words.ts';

export const italian: LanguageWords = {
  labels: {
    invoiceNumber:
      'numero fattura|fattura n|fattura nr|n fattura|fattura numero|numero documento|nr fattura|documento n|fattura no|num fattura|n documento|numero|num documento|doc n|nr documento|fattura|nota di credito n|nota di credito nr|numero nota di credito|n nota di credito|numero della fattura|nr doc|nota credito n|nr nota di credito|nr|num doc|n doc|numero doc',
    orderNumber:
      'numero ordine|ordine n|ordine nr|n ordine|vostro ordine|rif ordine|ordine|riferimento ordine|ordine di acquisto|vs ordine|nr ordine|vs ordine n|ordine d acquisto|vostro ordine n|numero d ordine|n ordine di acquisto|ord n|vs rif ordine|numero ordine di acquisto|ordine cliente',
    contractNumber:
      'numero contratto|contratto n|contratto|n contratto|rif contratto|nr contratto|contratto nr|riferimento contratto|codice contratto',
    originalInvoiceNumber:
      'fattura originale|fattura di riferimento|rif fattura|fattura originaria|riferimento fattura|a storno fattura|storno fattura|su fattura|relativa alla fattura|storno della fattura|relativa a fattura|rif fattura n|a storno della fattura|a storno fattura n|fattura collegata|nota di credito su fattura|fattura rettificata|riferita alla fattura|n fattura originale|numero fattura originale|a rettifica della fattura|fattura originale n|fattura di riferimento n|fattura stornata',
    otherNumber:
      'codice cliente|cliente n|cod cliente|n cliente|numero cliente|ddt n|ddt|documento di trasporto|riferimento|vostro riferimento|nostro riferimento|vs riferimento|ns riferimento|pagina|commessa|codice destinatario|cup|cig|progetto|bolla n|agente|cod agente|pag|rif|nr cliente|riferimento acquirente|codice fornitore|codice ufficio|codice univoco|ddt nr|preventivo n|offerta n|riferimento cliente|codice sdi|sdi|rif cliente|numero protocollo',
    issueDate:
      'data fattura|data|data documento|data emissione|data di emissione|emessa il|del|data della fattura|data doc|emesso il|data nota di credito|fattura del|data nota credito|data nota|data del documento|rilasciata il',
    supplyDate:
      'data consegna|data di consegna|data prestazione|data della prestazione|consegna|consegnato il|data fornitura|data servizio|data di fornitura|data spedizione|data effettuazione|consegnata il|data di prestazione|data operazione|consegna del|data della consegna|consegna il|data cessione',
    dueDate:
      'scadenza|data scadenza|scadenza pagamento|data di scadenza|da pagare entro|pagamento entro|entro il|scadenze|da pagare entro il|pagare entro|scad|scadenza il|pagamento entro il|termine di pagamento|scadenza del pagamento|data pagamento|pagabile entro|data scad|saldo entro|da saldare entro',
    otherDate:
      'data ordine|periodo|periodo di fatturazione|data contratto|ordine del|periodo di riferimento|data ddt|data trasporto|competenza',
    currency: 'valuta|divisa',
    exchangeRate: 'cambio|tasso di cambio',
    vatCode:
      'partita iva|p iva|piva|p i|codice iva|part iva|p iva n|numero partita iva|partita iva n|id iva|p iva cod fisc|p iva c f|cod fisc p iva|c f p iva|p iva e c f|nostra partita iva|cf p iva|partita iva e codice fiscale|codice fiscale e partita iva|c f e p iva|vat|numero iva|p iva codice fiscale|codice fiscale p iva|p iva cf|ns p iva|partita iva cf',
    buyerVatCode:
      'p iva cliente|partita iva cliente|vostra partita iva|vs p iva|p iva del cliente|partita iva del cliente|vostra p iva|p iva acquirente|partita iva acquirente|vs partita iva|p iva cessionario|p iva destinatario',
    taxCode: 'codice fiscale|cod fiscale|c f|cod fisc|cf|numero fiscale',
    companyCode:
      'rea|numero rea|registro imprese|r e a|iscrizione registro imprese|n rea|rea n|reg imprese|iscr reg imprese|nr rea|iscritta al rea|cciaa|numero iscrizione|codice azienda',
    email: 'e mail|email|mail|pec|posta elettronica|indirizzo e mail',
    phone: 'telefono|tel|cellulare|cell|telefono n|n tel|recapito telefonico',
    otherContact:
      'fax|sito web|sito|web|contatto|referente|alla c a|alla cortese attenzione|www|responsabile|att ne|c a|rif persona|persona di contatto|amministratore',
    iban: 'iban|codice iban|coordinate iban|cod iban',
    bic: 'bic|swift|bic swift|codice swift|codice bic|swift bic|cod swift|cod bic',
    bankName:
      'banca|banca d appoggio|istituto|nome banca|istituto bancario|coordinate bancarie|banca appoggio|istituto di credito|nostra banca|appoggio bancario|ns banca|dati bancari|banca di appoggio',
    accountNumber: 'conto corrente|c c|numero conto|n conto|conto|c c n|conto n|conto corrente n|conto bancario',
    accountHolder:
      'intestatario|beneficiario|intestato a|intestatario conto|intestatario del conto|intestazione|conto intestato a',
    reference:
      'causale|riferimento pagamento|causale pagamento|causale bonifico|causale di pagamento|causale del pagamento|causale del bonifico|causale di versamento|riferimento di pagamento|causale versamento|riferimento per il pagamento',
    method:
      'modalita di pagamento|modalita pagamento|metodo di pagamento|tipo pagamento|forma di pagamento|mezzo di pagamento|mod pagamento|tipo di pagamento|pagamento tramite|metodo pagamento|pagamento mediante',
    terms:
      'condizioni di pagamento|termini di pagamento|condizioni pagamento|pagamento|termini|cond pagamento|termini pagamento|condizioni|cond di pagamento',
    seller:
      'venditore|fornitore|cedente|cedente prestatore|emittente|prestatore|mittente|da|emessa da|ditta fornitrice|azienda',
    buyer:
      'cliente|destinatario|spett le|spettabile|intestatario fattura|cessionario|cessionario committente|acquirente|fatturare a|committente|fattura a|spett le ditta|intestata a|dati cliente|intestazione cliente|spett|indirizzo di fatturazione|fatturato a|egr sig|indirizzo fatturazione|a|alla cortese attenzione di|all attenzione di',
    otherParty:
      'destinazione|luogo di consegna|destinazione merce|indirizzo di consegna|consegna a|luogo di destinazione|consegnare a|indirizzo di spedizione|spedire a|sede legale|luogo destinazione|sede operativa|indirizzo consegna|destinatario merce|luogo consegna|vettore',
  },
  columns: {
    position: 'n|pos|riga|nr|n riga|num|no|rif|nr riga|prog',
    code: 'codice|cod|codice articolo|cod articolo|cod art|art|articolo n|riferimento|codice art|cod prodotto|codice prodotto|cod prod|rif articolo|nr articolo|n articolo|sku',
    ean: 'ean|gtin|codice a barre|barcode|codice ean|cod ean|cod a barre',
    description:
      'descrizione|prodotto|articolo|servizio|descrizione articolo|descrizione prodotto|descrizione dei beni|prestazione|descrizione beni servizi|denominazione|prodotti|descrizione del servizio|descrizione dei servizi|descrizione merce|beni servizi|natura dei beni|descrizione prodotti servizi|oggetto|dettaglio|descrizione della prestazione|prodotto servizio|descrizione bene servizio|bene servizio|servizi',
    quantity: 'quantita|q ta|qta|qt|ore|qtà|q t|quant|qta fornita|pezzi|numero pezzi|nr pezzi',
    unit: 'u m|um|unita|unita di misura|unita misura|udm|mis|u di m|u d m|misura',
    unitPrice:
      'prezzo|prezzo unitario|prezzo unit|p unitario|importo unitario|p unit|prezzo un|prezzo netto|costo unitario|prezzo unitario eur|prezzo unit eur|pr unitario|pr unit|prezzo eur|tariffa|prezzo u|unitario|costo|prezzo cad|prezzo unitario netto|valore unitario|p u|pu',
    grossPrice: 'prezzo ivato|prezzo unitario ivato|prezzo lordo|prezzo iva inclusa',
    discount:
      'sconto|sc|sconto %|sc %|% sconto|% sc|sconti|sconto maggiorazione|sc to|sconto mag|ribasso|abbuono|riduzione',
    taxRate: 'iva|aliquota|iva %|% iva|aliquota iva|aliq iva|al iva|cod iva|c iva|aliq|codice iva|%|% aliquota|al|c i',
    taxAmount: 'imposta|importo iva|iva eur|totale iva|ammontare iva|valore iva|imp iva',
    amount:
      'importo|totale|prezzo totale|importo totale|importo eur|totale riga|valore|tot|prezzo tot|totale eur|importo riga|ammontare|valore totale|imp|somma|tot riga|costo totale',
    netAmount:
      'imponibile|importo netto|totale netto|netto|totale imponibile|importo imponibile|tot netto|importo netto eur|valore netto|totale senza iva|importo senza iva|netto riga|prezzo totale netto|totale iva esclusa|importo iva esclusa',
    grossAmount:
      'totale ivato|importo ivato|totale lordo|importo lordo|lordo|totale iva inclusa|totale iva compresa|totale con iva|importo con iva|ivato|valore lordo',
    other: 'data|lotto|ddt|colli|peso',
  },
  totals: {
    lines:
      'totale merce|subtotale|totale righe|sub totale|totale prestazioni|totale servizi|totale prodotti|totale beni|somma righe|merce|totale articoli|totale parziale|importo merce|totale merci|importo righe|tot merce|totale voci|somma articoli|totale lordo merce|merce netta|netto merce|totale netto merce|totale posizioni',
    net: 'imponibile|totale imponibile|totale netto|importo netto|netto|base imponibile|tot imponibile|totale senza iva|netto imponibile|importo imponibile|totale iva esclusa|imponibile totale|totale imponibile netto|totale al netto|totale al netto dell iva|totale escl iva|totale al netto iva|totale fattura netto|importo totale netto|imponibile netto|imponibile iva|importo al netto dell iva|totale esclusa iva|totale prima dell iva|totale netto iva esclusa|ammontare netto|totale escluso iva|totale netto fattura|totale documento netto',
    discount:
      'sconto|sconto fedelta|sconto speciale|sconto quantita|totale sconti|sconti|abbuono|sconto incondizionato|totale sconto|sconto totale|sconto cliente|sconto finale|sconto documento|ribasso|riduzioni|sconto globale|sconto merce|abbuoni|sconto extra|sconto commerciale|deduzione|riduzione',
    charges:
      'spese di spedizione|spese spedizione|trasporto|imballaggio|spese di incasso|spese incasso|spese accessorie|spese di trasporto|spese|spese trasporto|contributo spese|spese varie|bolli|spese bancarie|imballo|spese imballo|spese di imballaggio|spedizione|maggiorazione|maggiorazioni|supplemento|cassa previdenza|cassa di previdenza|contributo integrativo|contributo previdenziale|rivalsa inps|spese postali|porto|spese di gestione|altre spese|diritti di segreteria|totale spese|spese amministrative|spese di consegna|addebiti|commissioni|consegna|costi di spedizione',
    tax: 'iva|totale iva|imposta|totale imposta|importo iva|iva al|aliquota iva|i v a|imposte|totale imposte|ammontare iva|tot iva|totale i v a|iva totale|totale importo iva|di cui iva|imposta totale|imposta iva|totale tasse|importo totale iva|importo imposta',
    gross:
      'totale fattura|totale documento|importo totale|totale ivato|totale iva inclusa|totale complessivo|totale generale|totale lordo|tot documento|totale con iva|totale nota di credito|totale iva compresa|importo totale documento|totale della fattura|tot fattura|importo fattura|totale incl iva|totale fattura iva inclusa|totale comprensivo di iva|totale doc|lordo|importo totale fattura|totale inclusa iva|totale fattura ivato|totale fattura eur|totale documento eur|importo documento|importo lordo|totale compreso iva|valore totale fattura|totale nota credito|importo totale ivato|totale con imposte|totale compresa iva|totale comprensivo iva|totale finale',
    total: 'totale|totale eur|tot|somma|totale in eur',
    prepaid:
      'acconto|gia pagato|acconto versato|acconti|pagato|anticipo|importo pagato|acconto ricevuto|meno acconto|importo gia pagato|gia versato|anticipo versato|a dedurre acconto|importo versato|acconti versati|caparra|detratto acconto|acconto gia versato|acconti ricevuti|versato|a detrarre acconto|anticipi|pagamento ricevuto|gia corrisposto|gia saldato|acconto gia pagato|importo anticipato|acconto pagato',
    payable:
      'netto a pagare|totale da pagare|da pagare|totale a pagare|saldo|importo da pagare|importo dovuto|residuo da pagare|saldo da pagare|netto da pagare|totale dovuto|a pagare|importo a pagare|saldo dovuto|residuo|rimanenza|importo residuo|da saldare|saldo a pagare|netto pagare|totale netto a pagare|restante da pagare|resta da pagare|da rimborsare|saldo residuo|rimanente da pagare|saldo finale|totale residuo|dovuto',
    rounding: 'arrotondamento|arrotondamenti|arrot',
    carried:
      'riporto|a riportare|riporto da pagina|totale pagina|da riportare|segue|riporto pagina|totale parziale pagina|subtotale pagina|a riporto|riportato',
  },
  titles: {
    invoice:
      'fattura|fattura di vendita|fattura immediata|fattura differita|fattura accompagnatoria|fattura commerciale|parcella|fattura di cortesia|copia di cortesia fattura|fattura a saldo',
    credit_note:
      'nota di credito|nota credito|nota di accredito|nota di variazione|nota accredito|fattura rettificativa|nota di variazione in diminuzione',
    debit_note: 'nota di debito|nota di addebito|nota debito',
    prepayment:
      'fattura di acconto|fattura di anticipo|fattura d acconto|acconto fattura|fattura acconto|acconto su fattura',
    proforma: 'fattura proforma|fattura pro forma|proforma|pro forma|avviso di parcella',
    receipt: 'ricevuta|scontrino|ricevuta fiscale|scontrino fiscale',
  },
  months: [
    'gennaio|gen',
    'febbraio|feb|febb',
    'marzo|mar',
    'aprile|apr',
    'maggio|mag',
    'giugno|giu',
    'luglio|lug',
    'agosto|ago',
    'settembre|set|sett',
    'ottobre|ott',
    'novembre|nov',
    'dicembre|dic',
  ],
  between: { number: 'n|nr|numero|num|no', date: 'del|data|in data' },
  common:
    'il la di del della per con alla dei delle una un che sono vostro nostro giorni grazie in da al non ai si le fattura',
  terms:
    'a # giorni data fattura|entro # giorni|# giorni data fattura|# gg|a # giorni|# giorni fine mese|# giorni|bonifico a # giorni|# gg data fattura|# gg df|# gg dffm|bonifico # gg|rimessa diretta # gg|# gg fm',
  methods: {
    bank_transfer: 'bonifico|bonifico bancario|bonifico sepa|a mezzo bonifico|rimessa diretta a mezzo bonifico',
    card: 'carta di credito|carta|bancomat|carta di debito|pos',
    cash: 'contanti|contante',
    direct_debit:
      'rid|addebito diretto|sdd|addebito sepa|addebito in conto|domiciliazione bancaria|addebito diretto sepa',
  },
  paid: 'pagata|saldata|quietanzata|fattura pagata|gia saldata|fattura quietanzata|fattura saldata',
  exemptions: {
    AE: 'inversione contabile|reverse charge',
    K: 'cessione intracomunitaria|cessioni intracomunitarie|operazione intracomunitaria|intracomunitaria',
    G: 'esportazione|esportazioni|cessione all esportazione',
    E: 'esente|esente iva|esenzione|esente ai sensi|regime forfettario',
    O: 'fuori campo|fuori campo iva|escluso art 15|non soggetto|non soggetta',
  },
};

import type { LanguageWords } from './language-words.ts';

export const french: LanguageWords = {
  labels: {
    invoiceNumber:
      'numero de facture|n de facture|facture n|facture no|no de facture|n facture|numero facture|facture numero|num facture|reference facture|no facture|facture|numero de l avoir|avoir n|n avoir|n d avoir|numero d avoir|n de l avoir|avoir no|avoir|numero du document|n du document|numero de document|n de piece|n document|numero|piece n|ref facture|n de document',
    orderNumber:
      'numero de commande|n de commande|commande n|bon de commande|votre commande|n commande|commande|reference commande|numero commande|votre commande n|bon de commande n|n bon de commande|n de bon de commande|ref commande|commande no|no commande|no de commande|votre bon de commande',
    contractNumber:
      'numero de contrat|n de contrat|contrat n|contrat|n contrat|reference contrat|marche n|n de marche|contrat no|numero contrat',
    originalInvoiceNumber:
      'facture d origine|facture initiale|facture d origine n|sur facture|avoir sur facture|avoir sur facture n|concerne la facture|relatif a la facture|facture originale|facture rectifiee|annule la facture|facture de reference|facture concernee|n facture d origine|facture initiale n|sur facture n|relatif a la facture n|avoir relatif a la facture|numero de facture d origine|n de facture d origine|facture corrigee|facture creditee',
    otherNumber:
      'numero client|n client|code client|client n|bon de livraison|bon de livraison n|bl n|reference|votre reference|notre reference|n de client|numero de client|page|projet|affaire|code service|numero d engagement|n engagement|reference client|devis n|n devis|ref client|vos references|nos references|ref|n affaire|chantier|ref devis|reference acheteur|numero fournisseur|code fournisseur|reference du mandat|service executant|rum|ics',
    issueDate:
      'date de facture|date de facturation|date facture|date|date d emission|emise le|date de la facture|facture du|date de l avoir|date d avoir|date du document|emis le|le|date avoir|etablie le|date d etablissement|date document|etabli le|editee le',
    supplyDate:
      'date de livraison|date de prestation|livraison le|livre le|date de la prestation|date livraison|date d execution|date de la livraison|date de realisation|date de fourniture|date de vente|date de prestation de service|livraison du|date de la vente|date d expedition',
    dueDate:
      'date d echeance|echeance|date limite de paiement|a payer avant le|payable le|date de paiement|a regler avant le|date echeance|echeance le|payable avant le|paiement avant le|a payer avant|date de reglement|a regler le|date limite|paiement du|a payer le|echeance de paiement|date limite de reglement|reglement avant le|a payer pour le|payable jusqu au',
    otherDate:
      'date de commande|date commande|periode|periode de facturation|date du contrat|commande du|periode facturee|date du devis|devis du',
    currency: 'devise|monnaie|devise de facturation|devise de la facture',
    exchangeRate: 'taux de change|cours de change|cours',
    vatCode:
      'tva intracommunautaire|n tva|numero de tva|numero tva|n tva intracommunautaire|n de tva|tva intra|tva n|numero de tva intracommunautaire|n de tva intracommunautaire|id tva|n tva intra|no tva|num tva|tva intracom|identifiant tva|notre n tva|n id tva|tva intracommunautaire n|n ident tva|ident tva|no de tva|notre tva',
    buyerVatCode:
      'votre n tva|tva client|n tva client|votre tva|votre numero de tva|tva intracommunautaire client|n tva intracommunautaire client|n tva acheteur|n de tva client|tva intra client|numero de tva client|votre n de tva|tva acheteur|tva du client|votre n tva intracommunautaire|n tva du client|votre tva intracommunautaire',
    taxCode: 'numero fiscal|identifiant fiscal|n fiscal',
    companyCode:
      'siret|siren|rcs|n siret|n siren|numero siret|numero siren|n rcs|r c s|siret n|siren n|rcs paris|no siret|numero d entreprise|bce|immatriculation|n d entreprise|siret siren|siren siret',
    email: 'e mail|email|courriel|mail|adresse e mail|mel|adresse mail',
    phone: 'telephone|tel|portable|mobile|n de telephone|telephone n|numero de telephone',
    otherContact:
      'fax|telecopie|site web|site internet|site|contact|web|votre contact|interlocuteur|suivi par|a l attention de|responsable|dirigeant|gerant|www|votre interlocuteur|affaire suivie par|commercial',
    iban: 'iban|n iban',
    bic: 'bic|swift|bic swift|code bic|code swift',
    bankName:
      'banque|domiciliation|nom de la banque|etablissement bancaire|coordonnees bancaires|etablissement|domiciliation bancaire|notre banque',
    accountNumber: 'numero de compte|n de compte|compte|compte bancaire|rib|n compte|compte n',
    accountHolder: 'titulaire|titulaire du compte|beneficiaire|a l ordre de|nom du titulaire|ordre',
    reference:
      'reference de paiement|reference paiement|reference a rappeler|a rappeler|libelle du virement|motif du virement|communication|libelle|reference virement|a rappeler lors du paiement|reference du paiement|reference a rappeler lors du paiement|reference du virement',
    method:
      'mode de paiement|mode de reglement|moyen de paiement|modalites de paiement|paiement par|reglement par|moyens de paiement',
    terms:
      'conditions de paiement|conditions de reglement|delai de paiement|conditions|modalites de reglement|paiement|reglement|termes de paiement|delai de reglement',
    seller: 'vendeur|fournisseur|emetteur|prestataire|expediteur|emis par|de|societe',
    buyer:
      'facture a|client|destinataire|acheteur|adresse de facturation|facturer a|adressee a|facturation|adresse facturation|a l attention|adresse a|coordonnees client|facture pour|acquereur|donneur d ordre|votre client',
    otherParty:
      'adresse de livraison|livraison|livre a|lieu de livraison|livrer a|adresse livraison|siege social|adresse du chantier',
  },
  columns: {
    position: 'n|pos|ligne|no|n ligne|rang|poste',
    code: 'reference|ref|code|code article|article n|ref article|n article|reference article|code produit|reference produit|ref produit|code art|numero article|ref art',
    ean: 'ean|gtin|code barres|code ean|gencod',
    description:
      'designation|description|libelle|article|produit|prestation|designation des produits|detail|intitule|designation des articles|nature|prestations|produits|designation des prestations|produit service|produits et services|description des articles|nature de la prestation',
    quantity: 'quantite|qte|qte facturee|nombre|nb|heures|qt|quantites|q te|qté|quant',
    unit: 'unite|u|unites|un|unite de mesure|um',
    unitPrice:
      'prix unitaire|pu|p u|prix|prix unitaire ht|pu ht|p u ht|prix unit|prix u ht|tarif|prix unit ht|pu eur|prix ht|tarif unitaire|prix unitaire eur|prix unitaire net|pu net|taux horaire|pu h t|p u h t|prix u|tarif ht|pu net ht|prix unitaire hors taxe',
    grossPrice: 'prix unitaire ttc|pu ttc|p u ttc|prix ttc',
    discount: 'remise|rem|remise %|rabais|rem %|% remise|% rem|reduction|ristourne|remises',
    taxRate: 'tva|taux tva|tva %|% tva|taux|taux de tva|t v a|%|code tva|taux de tva %',
    taxAmount: 'montant tva|tva eur|total tva|mt tva|montant de tva|montant de la tva',
    amount: 'montant|total|prix total|montant total|montant eur|total ligne|total eur|valeur|somme',
    netAmount:
      'montant ht|total ht|prix total ht|montant net|ht|total net|net ht|montant net ht|total h t|montant h t|mt ht|total ligne ht|montant hors taxe|montant total ht|total net ht|valeur ht|prix net|sous total ht|total hors taxe',
    grossAmount: 'montant ttc|total ttc|ttc|prix total ttc|mt ttc|montant total ttc|total t t c|total ligne ttc',
    other: 'date|livraison|commande',
  },
  totals: {
    lines:
      'sous total|total lignes|total des lignes|total articles|total brut ht|total brut|sous total ht|total marchandises|somme des lignes|montant brut ht|total prestations|total des articles|total produits|sous total lignes|total hors remise',
    net: 'total ht|montant ht|total hors taxe|total hors taxes|total net ht|net ht|total h t|base ht|montant total ht|total net|montant net ht|net commercial|total hors tva|montant hors taxes|total general ht|montant hors taxe|total htva|montant net|base imposable|base hors taxe|montant hors tva|total facture ht|net|base d imposition|montant total hors taxe|montant total hors tva|total net hors taxe|ht|total avant tva|total avant taxes',
    discount:
      'remise|rabais|remise fidelite|remise exceptionnelle|remise quantitative|ristourne|remise globale|total remise|escompte|remises|reduction|remise commerciale|total remises|remise totale|reductions',
    charges:
      'frais de port|port|transport|emballage|frais de dossier|frais|livraison|frais de livraison|frais d expedition|port et emballage|frais de transport|frais de port ht|total frais|expedition|frais divers|frais d envoi|majoration|supplement|frais supplementaires|participation aux frais|frais de gestion',
    tax: 'tva|total tva|montant tva|t v a|montant de la tva|tva a|total taxes|taxes|taux tva|montant total tva|total de la tva|montant total de la tva|total t v a|taxe|total taxe|tva totale|montant de tva|montant t v a|dont tva',
    gross:
      'total ttc|montant ttc|total t t c|total toutes taxes comprises|montant total ttc|net ttc|total general ttc|total general|montant total|total facture|total avoir|total ttc a payer|total avec tva|montant tva comprise|total tvac|total tva comprise|montant de la facture|ttc|total facture ttc|total toutes taxes|montant toutes taxes comprises|total avoir ttc|montant tvac|total taxes comprises|total de la facture|montant de l avoir',
    total: 'total|somme|total eur|total en eur',
    prepaid:
      'acompte|acompte verse|deja paye|deja regle|acomptes|montant paye|montant deja paye|avance|acompte deduit|regle|paye|acomptes verses|acompte recu|montant regle|deja verse|avance versee|moins acompte|montant deja regle|acompte deja verse|acomptes deduits|arrhes|montant verse|reglement recu|acompte deja paye|a deduire acompte',
    payable:
      'net a payer|reste a payer|montant a payer|solde a payer|solde|montant du|total a payer|a payer|solde du|restant du|net a payer ttc|reste du|montant restant|montant restant du|a regler|net a regler|total a regler|total du|reste a regler|montant net a payer|montant a regler|solde restant|net a rembourser|a rembourser|total net a payer|net a deduire',
    rounding: 'arrondi|arrondis|ecart d arrondi|montant d arrondi',
    carried:
      'report|a reporter|report page|total page|sous total page|report de la page|total a reporter|sous total a reporter|total de la page|reporte',
  },
  titles: {
    invoice: 'facture|facture de vente|facture commerciale|facture finale|facture de solde|facture client',
    credit_note:
      'avoir|facture d avoir|note de credit|facture rectificative|avoir client|facture avoir|facture de credit',
    prepayment: 'facture d acompte|facture acompte|demande d acompte',
    proforma: 'facture proforma|facture pro forma|proforma|pro forma',
    receipt: 'recu|ticket de caisse|ticket|quittance',
    debit_note: 'note de debit',
  },
  months: [
    'janvier|janv|jan',
    'fevrier|fevr|fev',
    'mars|mar',
    'avril|avr',
    'mai',
    'juin',
    'juillet|juil',
    'aout',
    'septembre|sept|sep',
    'octobre|oct',
    'novembre|nov',
    'decembre|dec',
  ],
  between: { number: 'n|no|numero|num', date: 'du|date|le|en date du' },
  common: 'le la les et des du de pour avec votre vous nous est dans par une un sur aux jours date merci en sarl sas',
  terms:
    '# jours date de facture|a # jours|sous # jours|dans les # jours|# jours net|# jours fin de mois|# jours|paiement a # jours|# jours nets|paiement sous # jours',
  methods: {
    bank_transfer: 'virement|virement bancaire|virement sepa|par virement',
    card: 'carte bancaire|carte|cb|carte de credit|carte bleue',
    cash: 'especes|comptant en especes',
    direct_debit: 'prelevement|prelevement automatique|prelevement sepa|prelevement bancaire',
  },
  paid: 'acquittee|facture acquittee|payee|facture payee|reglee|facture reglee|acquitte',
  exemptions: {
    AE: 'autoliquidation|auto liquidation|tva due par le preneur',
    K: 'livraison intracommunautaire|livraisons intracommunautaires|prestation intracommunautaire',
    G: 'exportation|export hors ue|export',
    E: 'exoneration de tva|exonere|exoneree|tva non applicable|non assujetti|exoneration',
    O: 'hors du champ|hors champ|non soumis a la tva',
  },
};

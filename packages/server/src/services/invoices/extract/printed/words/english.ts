import type { LanguageWords } from './language-words.ts';

export const english: LanguageWords = {
  labels: {
    invoiceNumber:
      'invoice number|invoice no|invoice nr|invoice num|invoice id|inv no|inv number|inv nr|tax invoice no|tax invoice number|document number|document no|bill number|bill no|credit note number|credit note no|credit memo number|credit memo no|invoice ref|invoice reference|reference number|receipt number|invoice|credit note nr|number|proforma number|receipt no|our invoice no',
    orderNumber:
      'order number|order no|purchase order|purchase order number|purchase order no|po number|po no|po|p o number|p o no|your order|your order no|order ref|order reference|customer po|order|order id|sales order|so number|p o|your order number|order nr|customer order no|customer order',
    contractNumber:
      'contract number|contract no|contract|agreement number|agreement no|contract reference|contract ref|contract nr|contract id',
    originalInvoiceNumber:
      'original invoice|original invoice number|original invoice no|for invoice|for invoice no|relates to invoice|refers to invoice|credited invoice|credit for invoice|corrected invoice|against invoice|in respect of invoice|ref invoice|regarding invoice|corrects invoice|preceding invoice|preceding invoice number|related invoice|invoice credited|invoice corrected',
    otherNumber:
      'customer number|customer no|customer id|customer nr|account number ref|client number|client no|client id|delivery note|delivery note no|delivery note number|project|project number|project no|job no|job number|your reference|your ref|our reference|our ref|ref|reference|buyer reference|supplier number|supplier no|vendor number|vendor no|vendor id|page|cost centre|cost center|quote number|quote no|customer ref|customer reference|customer code|customer account|tracking number|account no ref|packing slip|despatch note|department|mandate reference|creditor id|creditor identifier',
    issueDate:
      'invoice date|date of invoice|date|issue date|date of issue|issued|issued on|date issued|tax point|invoice dated|billing date|bill date|credit note date|document date|dated|tax date|inv date|date of document|credit date|created|tax point date',
    supplyDate:
      'delivery date|date of delivery|supply date|date of supply|service date|date of service|delivered on|delivered|shipping date|ship date|date supplied|dispatch date|despatch date|performance date|shipped|shipped on|actual delivery date|time of supply|delivery',
    dueDate:
      'due date|pay until|payable until|please pay until|to be paid until|payment due|due|due on|payment due date|pay by|payment date|date due|due by|payable by|payment due by|please pay by|to be paid by|pay before|payment deadline|payable on|settlement date|payment due on',
    otherDate:
      'order date|date of order|contract date|period|billing period|service period|invoicing period|statement date|po date|printed|print date|valid until',
    currency: 'currency|invoice currency|currency code',
    exchangeRate: 'exchange rate|rate of exchange|fx rate|conversion rate',
    vatCode:
      'vat number|vat no|vat id|vat reg no|vat registration number|vat registration no|vat registration|vat reg|vat id no|vat reg number|gst no|gst number|vat code|vat identification number|vat|vat nr|our vat no|our vat number|vat reg nr|vat payer code|supplier vat no|vat identifier|seller vat id',
    buyerVatCode:
      'your vat no|your vat number|customer vat no|customer vat number|customer vat|your vat id|buyer vat|buyer vat no|client vat no|client vat number|customer vat id|your vat reg no|buyer vat number|your vat|customer vat reg no|buyer vat id|bill to vat',
    taxCode:
      'tax id|tax number|tax no|ein|tin|utr|tax reference|federal tax id|tax code|tax identification number|tax registration number|tax ref',
    companyCode:
      'company number|company no|company registration|company registration number|company registration no|registration number|registration no|company reg no|reg no|registered number|registered in england|registered in england no|registered in england and wales|co reg no|registered no|company code|company id|registered in england and wales no|registered in scotland|registered company number|crn|business id|trade register|commercial register|incorporation number',
    email: 'email|e mail|mail|email address|e mail address',
    phone: 'phone|tel|telephone|phone number|mobile|tel no|telephone no|call|phone no|ph',
    otherContact:
      'fax|web|website|contact|attention|attn|contact person|www|url|director|sales person|salesperson|sales rep|internet|account manager|issued by|prepared by',
    iban: 'iban|iban number|iban no',
    bic: 'bic|swift|bic swift|swift bic|swift code|bic code|swift bic code',
    bankName:
      'bank|bank name|name of bank|bank details|beneficiary bank|bank account details|banking details|our bank|remit to bank',
    accountNumber:
      'account number|account no|account|acct no|bank account|bank account number|a c no|account nr|acc no|bank account no',
    accountHolder:
      'account name|account holder|beneficiary|payee|account holder name|beneficiary name|name on account|pay to|payable to',
    reference:
      'payment reference|payment ref|remittance reference|reference for payment|please quote|when paying please quote|quote reference|remittance info|quote|remittance information|transfer reference|bank reference',
    method: 'payment method|method of payment|payment type|paid by|payment means|pay method|payment by',
    terms:
      'payment terms|terms|terms of payment|credit terms|conditions|settlement terms|payment conditions|payment term',
    seller:
      'seller|supplier|from|vendor|issued by|billed by|remit to|sold by|invoice from|provider|issuer|service provider|bill from|our details',
    buyer:
      'bill to|billed to|invoice to|sold to|customer|buyer|client|to|billing address|invoice address|invoiced to|purchaser|customer details|recipient|bill to address|client details|invoice recipient|credit to|customer address|customer name|billing to|for',
    otherParty:
      'ship to|deliver to|delivery address|shipping address|delivered to|consignee|site address|delivery to|service address|shipped to|place of delivery|remittance address|registered office|head office',
  },
  columns: {
    position: 'no|pos|item no|line|#|ln|line no|nr|row|sr no|sl no|s no|line item',
    code: 'code|item code|sku|product code|part no|part number|article no|article|product no|stock code|item number|article number|ref|product id|item id|catalogue no|cat no|part|model|material|product ref',
    ean: 'ean|gtin|barcode|ean code|upc',
    description:
      'description|item description|product|details|service|goods|particulars|item|product description|description of goods|services|description of services|product service|service description|item details|goods services|activity|work|goods or services|product or service|product name|item name|name',
    quantity:
      'qty|quantity|hours|units|number|qnty|hrs|hrs qty|qty hrs|volume|no of units|amount of units|count|quantity shipped|qty shipped|days|shipped|invoiced qty',
    unit: 'unit|uom|units|measure|unit of measure|um|per|u m|u o m',
    unitPrice:
      'unit price|price|rate|unit cost|price each|each|cost|price per unit|price unit|unit price net|net price|price gbp|unit price gbp|unit price eur|price eur|unit rate|hourly rate|net unit price|unit price ex vat|price ex vat|unit net|rate per hour|item price|list price|unit price usd|unit',
    grossPrice: 'gross price|price inc vat|unit price inc vat|gross unit price|price incl vat',
    discount: 'discount|disc|disc %|discount %|rebate|less|% disc|% discount|disc amount|discount amount',
    taxRate: 'vat|vat %|vat rate|tax|tax rate|tax %|gst|% vat|vat code|sales tax|rate %|gst %|%|tax code',
    taxAmount: 'vat amount|tax amount|vat gbp|vat eur|vat value|amount of vat|gst amount|vat total|vat amt',
    amount:
      'amount|total|line total|total price|extended price|value|total amount|amount gbp|amount eur|sum|total gbp|total eur|extended|line amount|ext price|extension|price total|total cost|subtotal|amount usd|total usd|total value|ext amount|line value',
    netAmount:
      'net amount|net|net total|amount excl vat|net value|total net|total excl vat|amount net|line net|total ex vat|net gbp|net price total|net eur|amount ex vat|goods value|total exc vat|net amt|excl vat|ex vat|taxable value|taxable amount|subtotal ex vat',
    grossAmount:
      'gross|gross amount|total incl vat|amount incl vat|gross total|total gross|total inc vat|amount inc vat|gross value|inc vat|incl vat|gross amt|total with vat',
    other: 'date|delivery date|order|serial no|weight|delivery note',
  },
  totals: {
    lines:
      'subtotal|sub total|goods total|items total|total goods|total lines|items subtotal|total of items|line total|sum of lines|lines total|total line items|net goods|goods|goods value|merchandise total|total items|sum of line items|items',
    net: 'net|net total|total net|net amount|total excluding vat|total excl vat|total ex vat|taxable amount|amount excluding vat|total before tax|total before vat|total net amount|net value|amount ex vat|total without vat|invoice total excl vat|subtotal excl vat|subtotal ex vat|excl vat|net invoice amount|total exc vat|total exclusive of vat|total amount without vat|tax basis|taxable|net subtotal|total net value|net total amount|total amount excluding vat|subtotal excluding vat|amount before tax|total taxable amount|total taxable|invoice net|net payable before tax|taxable total',
    discount:
      'discount|less discount|loyalty discount|special discount|volume rebate|rebate|allowance|discounts|total discount|trade discount|less|allowances|total allowances|discount total|customer discount|invoice discount|deduction',
    charges:
      'shipping|delivery|carriage|freight|postage|packing|handling|small order fee|shipping and handling|surcharge|delivery charge|charges|shipping cost|postage and packing|total charges|carriage and packing|p p|delivery cost|shipping costs|shipping charges|freight charges|admin fee|fuel surcharge|shipping fee|delivery fee',
    tax: 'vat|tax|total vat|vat amount|sales tax|gst|total tax|vat total|plus vat|tax amount|vat at|tax total|add vat|total vat amount|output vat|standard rate|value added tax|vat standard rate|vat reduced rate|standard rate vat|total tax amount|vat payable|invoice vat|total sales tax|tax payable',
    gross:
      'gross|gross total|total gross|gross amount|total including vat|total incl vat|total inc vat|grand total|invoice total|total amount|total invoice amount|amount including vat|invoice amount|total with vat|total inclusive of vat|total incl tax|credit total|total including tax|total invoice|total credit|total invoice value|total amount incl vat|total inc tax|total after tax|incl vat|total amount including vat|gross invoice amount|total amount with vat|amount incl vat|invoice value|total gross amount|credit note total|final total|invoice gross',
    total: 'total|sum|total gbp|total eur|total usd|overall total|full total',
    prepaid:
      'paid|deposit|amount paid|less deposit|prepaid|already paid|advance payment|payments received|less payments|payment received|prepayment|less paid|paid to date|prepaid amount|deposit paid|less amount paid|less prepaid|less advance payment|down payment|paid amount|advance|amount prepaid|deposit received|less prepayment|part payment received|less deposit paid|received|total paid|payments|payments made',
    payable:
      'amount due|balance due|total due|amount payable|balance|to pay|payable|total payable|due|outstanding|amount to pay|due for payment|amount outstanding|remaining balance|pay this amount|please pay|remaining amount|balance outstanding|amount due for payment|total amount due|net payable|balance to pay|total outstanding|amount owing|total to pay|remaining|due amount|now due|balance payable|total amount payable|outstanding amount|outstanding balance|due payable amount',
    rounding: 'rounding|round off|rounding amount|rounding adjustment|rounding difference|rounded',
    carried:
      'carried forward|brought forward|carry forward|page total|continued|c f|b f|carry over|subtotal page|page subtotal|carried over|subtotal carried forward|balance brought forward',
  },
  titles: {
    invoice:
      'invoice|self billed invoice|self billing invoice|tax invoice|vat invoice|commercial invoice|sales invoice|final invoice|bill|e invoice',
    credit_note:
      'credit note|credit memo|credit invoice|credit memorandum|tax credit note|sales credit note|vat credit note|invoice correction|corrective invoice|sales credit|self billed credit note',
    debit_note: 'debit note|debit memo',
    prepayment:
      'prepayment invoice|advance invoice|deposit invoice|down payment invoice|advance payment invoice|prepayment request|interim invoice',
    proforma: 'proforma invoice|pro forma invoice|proforma|pro forma',
    receipt: 'receipt|sales receipt|cash receipt|payment receipt|till receipt',
  },
  months: [
    'january|jan',
    'february|feb',
    'march|mar',
    'april|apr',
    'may',
    'june|jun',
    'july|jul',
    'august|aug',
    'september|sep|sept',
    'october|oct',
    'november|nov',
    'december|dec',
  ],
  between: { number: 'no|number|nr|num', date: 'of|dated|date|from' },
  common: 'the and of for with to your you our please by from are is this be on within payment thank days in account',
  terms:
    'within # days|net # days|# days net|net #|# days|payable in # days|due in # days|# days from invoice date|# days of invoice date|# days from date of invoice|due within # days',
  methods: {
    bank_transfer:
      'bank transfer|wire transfer|bacs|credit transfer|faster payments|wire|sepa credit transfer|sepa transfer|chaps|ach|electronic transfer|money transfer',
    card: 'credit card|card|debit card|card payment|visa|mastercard|by card',
    cash: 'cash|cash payment',
    direct_debit: 'direct debit|sepa direct debit',
  },
  paid: 'paid in full|paid with thanks|payment received with thanks|fully paid|invoice paid',
  exemptions: {
    AE: 'reverse charge|reverse charged|customer to account for|domestic reverse charge',
    K: 'intra community supply|intra community supplies|intra eu supply|intra community delivery|intra european union supply',
    G: 'export outside|export of goods|zero rated export|exports|export',
    E: 'exempt supply|vat exempt|exempt from vat|tax exempt|exempt',
    O: 'outside the scope|out of scope|not subject to vat',
  },
};

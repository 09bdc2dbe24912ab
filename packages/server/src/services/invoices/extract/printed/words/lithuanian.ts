import type { LanguageWords } from './language-words.ts';

export const lithuanian: LanguageWords = {
  labels: {
    invoiceNumber:
      'saskaitos numeris|saskaitos nr|saskaita nr|saskaitos fakturos nr|saskaita faktura nr|saskaitos fakturos numeris|pvm saskaita faktura nr|pvm saskaitos fakturos nr|serija ir numeris|serija ir nr|serija nr|dokumento nr|dokumento numeris|serija|kreditines saskaitos nr|kreditine saskaita nr|numeris|saskaitos serija ir numeris|kreditines saskaitos numeris|saskaitos serija ir nr|saskaitos serija nr|fakturos nr|sf nr|kreditines nr|pvm sf nr|pvm saskaita nr|israso nr|saskaita|pvm saskaitos fakturos numeris|kreditine pvm saskaita faktura nr|kreditines pvm saskaitos fakturos nr',
    orderNumber:
      'uzsakymo numeris|uzsakymo nr|uzsakymas nr|uzsakymas|jusu uzsakymas|pirkimo uzsakymas|uzsakymo nr jusu|jusu uzsakymo nr|pirkimo uzsakymo nr|pirkimo uzsakymo numeris|uzsak nr|jusu uzsakymas nr|uzsakymo kodas',
    contractNumber:
      'sutarties numeris|sutarties nr|sutartis nr|sutartis|pagal sutarti|pagal sutarti nr|sutarties kodas',
    originalInvoiceNumber:
      'pradine saskaita|pirmine saskaita|pradines saskaitos nr|kredituojama saskaita|pagal saskaita|saskaitai|originali saskaita|pirmines saskaitos nr|susijusi saskaita|koreguojama saskaita|pradine saskaita nr|kredituojamos saskaitos nr|pirmine saskaita nr|pagal saskaita nr|koreguojamos saskaitos nr|pagal saskaita faktura|saskaitai fakturai nr|pradines saskaitos numeris|kredituojama saskaita faktura|susijusios saskaitos nr|originali saskaita nr|koreguojama saskaita faktura|pradines saskaitos fakturos nr|taisoma saskaita',
    otherNumber:
      'kliento numeris|kliento nr|kliento kodas|pirkejo nr|vaztarascio nr|vaztarastis|nuoroda|jusu nuoroda|puslapis|projektas|psl|projekto nr|vadybininkas|pirkejo nuoroda|mokejimo kodas|tiekejo kodas|akto nr|pasiulymo nr|objektas|pirkejo numeris|mokytojo kodas|moketojo kodas',
    issueDate:
      'data|saskaitos data|israsymo data|saskaitos israsymo data|israsyta|israsymo data|isdavimo data|dokumento data|saskaitos fakturos data|isdata|surasymo data|isduota|data saskaitos|kreditines saskaitos data|kreditines data',
    supplyDate:
      'pristatymo data|tiekimo data|suteikimo data|paslaugos suteikimo data|pristatyta|atlikimo data|prekiu tiekimo data|prekiu paslaugu tiekimo data|prekiu pristatymo data|paslaugu suteikimo data|ikelimo data|isvezimo data|sandorio data|suteikta|tiekimo diena|prekiu isdavimo data|pardavimo data|perdavimo data',
    dueDate:
      'apmoketi iki|moketi iki|apmokejimo data|apmokejimo terminas|mokejimo terminas|sumoketi iki|apmoketi ne veliau kaip|terminas|mokejimo data|apmoketi iki datos|apmoketi ne veliau kaip iki|moketi ne veliau kaip|apmokejimas iki|apmokejimo terminas iki|mokejimas iki|prasome apmoketi iki|apmoketi ne veliau nei',
    otherDate:
      'uzsakymo data|laikotarpis|sutarties data|ataskaitinis laikotarpis|paslaugu laikotarpis|paslaugos laikotarpis|uz laikotarpi',
    currency: 'valiuta|saskaitos valiuta',
    exchangeRate: 'valiutos kursas|kursas|euro kursas',
    vatCode:
      'pvm moketojo kodas|pvm kodas|pvm moketojo k|pvm nr|pvm mok kodas|pvm m k|pvm mok k|pvm moketojo nr|pvm numeris|pvm moketojo numeris|pvm k|pardavejo pvm kodas|pardavejo pvm moketojo kodas|tiekejo pvm kodas',
    buyerVatCode:
      'pirkejo pvm kodas|pirkejo pvm moketojo kodas|kliento pvm kodas|jusu pvm kodas|gavejo pvm kodas|jusu pvm moketojo kodas|kliento pvm moketojo kodas|uzsakovo pvm kodas',
    taxCode: 'mokesciu moketojo kodas',
    companyCode:
      'imones kodas|im kodas|juridinio asmens kodas|kodas|i k|imones k|j a kodas|registracijos numeris|registracijos nr|registro kodas|registracijos kodas|asmens kodas|imones registracijos kodas|ja kodas|imones registracijos nr|imones nr|individualios veiklos nr',
    email: 'el pastas|e pastas|el p|email|e mail|elektroninis pastas|el pasto adresas|epastas',
    phone: 'telefonas|tel|mob|tel nr|telefono nr|mob tel|mobilus|telefono numeris',
    otherContact:
      'faksas|faks|svetaine|www|kontaktinis asmuo|interneto svetaine|kontaktai|direktorius|direktore|asmuo kontaktams|saskaita israse|israse|atsakingas asmuo|interneto puslapis|kontaktas|vadovas|saskaita isdave',
    iban: 'iban|a s|atsiskaitomoji saskaita|banko saskaita|saskaitos nr banke|sask nr|iban nr|banko saskaitos nr|saskaita iban|banko saskaitos numeris|a s nr|a saskaita|atsisk sask|banko sask|ats saskaita|sask|sask nr iban',
    bic: 'bic|swift|banko swift|swift kodas|bic kodas|bic swift|swift bic|banko swift kodas',
    bankName: 'bankas|banko pavadinimas|banko rekvizitai|mokejimo rekvizitai|rekvizitai|bankas gavejo',
    accountNumber: 'banko kodas|b k|sask numeris',
    accountHolder: 'gavejas mokejimo|saskaitos turetojas|mokejimo gavejas|saskaitos savininkas|lesu gavejas',
    reference:
      'mokejimo paskirtis|imokos kodas|paskirtis|moketojo nuoroda|mokejimo nuoroda|mokejimo pavedimo paskirtis|mokant nurodykite|mokejimo numeris|apmokejimo paskirtis|mokejimo paskirtyje nurodykite',
    method:
      'apmokejimo budas|mokejimo budas|atsiskaitymo budas|atsiskaitymo forma|apmokejimo forma|mokejimo tipas|mokejimo priemone',
    terms:
      'apmokejimo salygos|mokejimo salygos|atsiskaitymo salygos|salygos|atsiskaitymo terminas|apmokejimas|mokejimas|apmokejimo tvarka',
    seller:
      'pardavejas|tiekejas|paslaugu teikejas|israse imone|prekiu pardavejas|pardavejo rekvizitai|vykdytojas|teikejas|israsytojas|paslaugos teikejas|rangovas|is',
    buyer:
      'pirkejas|klientas|uzsakovas|moketojas|gavejas|pirkejo rekvizitai|prekiu gavejas|paslaugu gavejas|saskaita kam|pirkejas klientas|kam|saskaita skirta|paslaugos gavejas|kliento rekvizitai|pirkejas moketojas',
    otherParty:
      'pristatymo adresas|pristatymo vieta|krovinio gavejas|siuntejas|pristatyti|buveines adresas|iskrovimo vieta|pakrovimo vieta|siuntos gavejas|pristatyti kam|prekiu pristatymo vieta',
  },
  columns: {
    position: 'nr|eil nr|eil|poz|nr p|e nr|eilute|eiles nr|eilutes nr|pozicija',
    code: 'kodas|prekes kodas|artikulas|prekes nr|paslaugos kodas|prek kodas|prekes kodas artikulas|gaminio kodas|produkto kodas|art nr',
    ean: 'ean|barkodas|bruksninis kodas|gtin|brukkodas|ean kodas',
    description:
      'pavadinimas|prekes pavadinimas|aprasymas|prekes paslaugos pavadinimas|prekes ar paslaugos pavadinimas|paslaugos pavadinimas|preke|prekes|paslauga|paslaugos|preke paslauga|prekiu paslaugu pavadinimas|prekes paslaugos|prekes paslaugos aprasymas|prekiu pavadinimas|turinys|prekiu ir paslaugu pavadinimas|prekes arba paslaugos pavadinimas|produktas|prekes aprasymas|paslaugos aprasymas|prekiu ar paslaugu pavadinimas|detales|pavadinimas aprasymas',
    quantity: 'kiekis|kiek|valandos|kiekis vnt|vnt|kiek vnt|val sk',
    unit: 'matas|mato vnt|vnt|mat vnt|mato vienetas|vienetas|mato v|mv|m vnt|matavimo vnt|matavimo vienetas|mat v|vien',
    unitPrice:
      'kaina|vnt kaina|vieneto kaina|kaina be pvm|kaina eur|vnt kaina be pvm|vieneto kaina be pvm|kaina uz vnt|kaina uz vieneta|1 vnt kaina|ikainis|kaina vnt|vieneto kaina eur|vnt kaina eur|kaina be pvm eur|kaina eur be pvm|kaina uz vnt be pvm|tarifas',
    grossPrice: 'kaina su pvm|vnt kaina su pvm|vieneto kaina su pvm|kaina su pvm eur',
    discount: 'nuolaida|nuol|nuolaida %|nuol %|% nuolaida|nuolaidos %|nuolaida proc',
    taxRate: 'pvm|pvm %|pvm tarifas|tarifas|% pvm|pvm proc|pvm tarifas %|pvm t|pvm dydis|%',
    taxAmount: 'pvm suma|pvm eur|pvm suma eur|pvm vertė',
    amount:
      'suma|viso|is viso|suma eur|bendra suma|verte|kaina is viso|iš viso eur|viso eur|bendra kaina|suma viso|is viso eur',
    netAmount:
      'suma be pvm|verte be pvm|suma be pvm eur|viso be pvm|is viso be pvm|suma eur be pvm|neto|neto suma|apmokestinamoji verte|verte be pvm eur|bendra suma be pvm|kaina viso be pvm|apmokestinama suma',
    grossAmount:
      'suma su pvm|viso su pvm|verte su pvm|is viso su pvm|suma su pvm eur|bruto|suma eur su pvm|bendra suma su pvm|bruto suma|kaina viso su pvm',
    other: 'data|laikotarpis|svoris',
  },
  totals: {
    lines:
      'tarpine suma|prekiu suma|suma prekiu|eiluciu suma|viso prekiu|suma uz prekes|viso uz prekes|prekiu ir paslaugu suma|paslaugu suma|eiluciu suma be pvm|prekes viso|tarpine suma be pvm|suma be nuolaidos|viso be nuolaidos|is viso prekiu',
    net: 'suma be pvm|viso be pvm|is viso be pvm|bendra suma be pvm|apmokestinamoji verte|neto suma|neto|be pvm|suma be pvm eur|apmokestinama suma|apmokestinamoji suma|viso suma be pvm|is viso be pvm eur|bendra verte be pvm|verte be pvm|mokestine verte|apmokestinamoji verte viso|is viso suma be pvm|saskaitos suma be pvm|bendra neto suma|pvm apmokestinama suma|pvm apmokestinamoji verte|apmokestinama verte',
    discount:
      'nuolaida|lojalumo nuolaida|speciali nuolaida|kiekio nuolaida|bendra nuolaida|nuolaidos|suteikta nuolaida|nuolaidu suma|nuolaidos suma|papildoma nuolaida|is viso nuolaidu|nuolaida viso|pirkejo nuolaida|viso nuolaida|viso nuolaidu',
    charges:
      'pristatymas|pakavimas|administravimo mokestis|transporto islaidos|siuntimas|pristatymo mokestis|papildomi mokesciai|pristatymo kaina|transportavimas|priemoka|pakuote|pristatymo islaidos|aptarnavimo mokestis|papildomos islaidos|priemokos|transportas|siuntimo islaidos|pakavimo mokestis|kitos islaidos|pristatymo paslauga|mokestis uz pristatyma',
    tax: 'pvm|pvm suma|viso pvm|is viso pvm|pvm tarifas|pvm 21|bendra pvm suma|pridetines vertes mokestis|pvm viso|suma pvm|pvm is viso|pvm suma eur|bendras pvm|pvm mokestis|mokestis|mokesciai|mokesciu suma|viso pvm suma|standartinis pvm|is viso pvm suma',
    gross:
      'suma su pvm|viso su pvm|is viso su pvm|bendra suma su pvm|bendra suma|bruto suma|suma su pvm eur|is viso su pvm eur|saskaitos suma|bruto|galutine suma|viso suma su pvm|bendra suma su pvm eur|verte su pvm|is viso suma su pvm|saskaitos suma su pvm|bendra verte su pvm|is viso saskaita|kreditines saskaitos suma|bendra suma eur|su pvm|bendra bruto suma|visa suma|saskaita is viso|galutine suma su pvm|bendra kaina su pvm',
    total: 'is viso|viso|suma|is viso eur|viso eur|suma eur',
    prepaid:
      'avansas|sumoketa|apmoketa|jau sumoketa|avansinis mokejimas|isankstinis mokejimas|sumoketas avansas|gautas avansas|sumoketa suma|jau apmoketa|is anksto sumoketa|apmoketa suma|avansu sumoketa|minus avansas|atimti avansa|avanso suma|iskaitytas avansas|avansiniai mokejimai|sumoketa anksciau',
    payable:
      'moketi|moketina suma|suma apmokejimui|apmoketi|moketi is viso|liko moketi|viso apmoketi|likutis|suma moketi|iš viso mokėti|is viso moketi|moketi suma|moketi eur|viso moketi|is viso apmoketi|mokama suma|moketina suma eur|liko apmoketi|likusi suma|moketinas likutis|bendra moketina suma|skola|bendra moketi suma|mokejimo suma|is viso moketina|apmoketina suma|moketina|likutis moketi|likutis apmokejimui|grazintina suma|is viso moketi eur|suma moketina|galutine moketina suma|viso moketina|viso apmokejimui|is viso apmokejimui',
    rounding: 'apvalinimas|suapvalinimas|apvalinimo suma',
    carried:
      'perkelta|perkeliama|puslapio suma|perkelta is puslapio|is viso puslapyje|suma puslapyje|perkelti|perkelta suma|perkeliama suma|perkelta i kita puslapi|perkelta is ankstesnio puslapio|tarpine puslapio suma|viso puslapyje',
  },
  titles: {
    invoice: 'saskaita faktura|pvm saskaita faktura|saskaita|faktura|sf|pvm saskaita|galutine saskaita|pvm sf',
    credit_note:
      'kreditine saskaita|kreditine saskaita faktura|kreditine pvm saskaita faktura|kreditine pvm saskaita|grazinimo saskaita|kreditine|kreditinis dokumentas',
    debit_note: 'debetine saskaita|debetine saskaita faktura|debetine pvm saskaita faktura',
    prepayment:
      'avansine saskaita|avansine saskaita faktura|isankstinio apmokejimo saskaita|isankstine saskaita|saskaita isankstiniam apmokejimui|saskaita isankstiniam mokejimui',
    proforma: 'proforma saskaita|proforma|proforma saskaita faktura',
    receipt: 'kvitas|kasos cekis|cekis|pinigu priemimo kvitas',
  },
  months: [
    'sausio|sausis|saus',
    'vasario|vasaris|vas',
    'kovo|kovas|kov',
    'balandzio|balandis|bal',
    'geguzes|geguze|geg',
    'birzelio|birzelis|birz',
    'liepos|liepa|liep',
    'rugpjucio|rugpjutis|rugp',
    'rugsejo|rugsejis|rugs',
    'spalio|spalis|spal',
    'lapkricio|lapkritis|lapkr|lap',
    'gruodzio|gruodis|gruod',
  ],
  between: { number: 'nr|serija|numeris', date: 'data' },
  common: 'ir is uz per su kad mus jus prasome ar iki pagal uab ab mb dienu m d dekojame nr g apmoketi visisko',
  terms:
    'per # dienu|per # dienas|# dienu|# d|per # kalendoriniu dienu|per # k d|# dienos|per # d|per # darbo dienu|# kalendoriniu dienu',
  methods: {
    bank_transfer:
      'pavedimu|banko pavedimas|bankinis pavedimas|pavedimas|mokejimo pavedimas|banko pavedimu|bankiniu pavedimu|mokejimo pavedimu',
    card: 'kortele|banko kortele|mokejimo kortele|kreditine kortele',
    cash: 'grynais|grynieji|grynaisiais|grynieji pinigai|grynaisiais pinigais',
    direct_debit: 'tiesioginis debetas|e saskaita automatinis mokejimas|tiesioginiu debetu',
  },
  paid: 'apmoketa visiskai|saskaita apmoketa|pilnai apmoketa|visiskai apmoketa',
  exemptions: {
    AE: 'atvirkstinis apmokestinimas|atvirkstinis pvm|96 straipsnis|atvirkstinio apmokestinimo',
    K: 'europos sajungos viduje|tiekimas es viduje|tiekimas i es|prekiu tiekimas es',
    G: 'prekiu eksportas|eksportas|eksportuojamos',
    E: 'neapmokestinama|pvm neapmokestinama|neapmokestinama pvm|ne pvm moketojas|atleista nuo pvm',
    O: 'ne pvm objektas|ne pvm',
  },
};

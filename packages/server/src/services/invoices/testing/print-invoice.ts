import { fileURLToPath } from 'node:url';
import PDFDocument from 'pdfkit';
import type { InvoiceTruth, TruthLanguage, TruthLine, TruthParty } from './invoice-truth.ts';
import { type PrintedWord, printedWord, type Wording } from './printed-words.ts';

/** How a printed invoice is set: one value for each choice that designers of invoices make differently. */
export interface Layout {
  readonly name: string;
  readonly wording: Wording;
  /** The seller's letterhead with the buyer in the window, both under their labels, or the buyer first. */
  readonly parties: 'window' | 'beside' | 'stacked';
  /** Number and dates as pairs at the right, as a row of labels above a row of values, or with the title. */
  readonly facts: 'pairs' | 'grid' | 'title';
  readonly columns: readonly ItemColumn[];
  readonly codes: 'column' | 'below';
  readonly header: 'plain' | 'filled' | 'two-line' | 'none';
  readonly totals: 'right' | 'grid' | 'tax-table';
  readonly currency: 'sign-before' | 'sign-behind' | 'code-behind' | 'none';
  readonly dates: 'short' | 'long' | 'iso';
  readonly size: number;
  readonly font: 'sans' | 'bold-labels';
  readonly footer: 'columns' | 'line' | 'none';
}

export type ItemColumn = 'pos' | 'code' | 'item' | 'quantity' | 'unit' | 'price' | 'discount' | 'rate' | 'amount';

const all: readonly ItemColumn[] = ['pos', 'code', 'item', 'quantity', 'unit', 'price', 'discount', 'rate', 'amount'];

/** The reader is tuned on these. */
export const layouts: readonly Layout[] = [
  {
    name: 'letter',
    wording: 0,
    parties: 'window',
    facts: 'pairs',
    columns: ['pos', 'item', 'quantity', 'unit', 'price', 'discount', 'rate', 'amount'],
    codes: 'below',
    header: 'plain',
    totals: 'right',
    currency: 'sign-behind',
    dates: 'short',
    size: 10,
    font: 'sans',
    footer: 'columns',
  },
  {
    name: 'modern',
    wording: 1,
    parties: 'beside',
    facts: 'grid',
    columns: ['item', 'quantity', 'price', 'discount', 'rate', 'amount'],
    codes: 'below',
    header: 'filled',
    totals: 'right',
    currency: 'sign-before',
    dates: 'short',
    size: 9,
    font: 'bold-labels',
    footer: 'line',
  },
  {
    name: 'ledger',
    wording: 0,
    parties: 'beside',
    facts: 'pairs',
    columns: all,
    codes: 'column',
    header: 'two-line',
    totals: 'tax-table',
    currency: 'code-behind',
    dates: 'iso',
    size: 8,
    font: 'sans',
    footer: 'columns',
  },
  {
    name: 'plain',
    wording: 1,
    parties: 'stacked',
    facts: 'title',
    columns: ['code', 'item', 'quantity', 'unit', 'price', 'discount', 'rate', 'amount'],
    codes: 'column',
    header: 'plain',
    totals: 'right',
    currency: 'none',
    dates: 'long',
    size: 10,
    font: 'sans',
    footer: 'none',
  },
  {
    name: 'bare',
    wording: 0,
    parties: 'stacked',
    facts: 'pairs',
    columns: ['pos', 'item', 'quantity', 'price', 'discount', 'rate', 'amount'],
    codes: 'below',
    header: 'none',
    totals: 'right',
    currency: 'sign-behind',
    dates: 'short',
    size: 10,
    font: 'sans',
    footer: 'line',
  },
];

/** The reader never saw these while it was tuned: other words, other orders. */
export const heldBackLayouts: readonly Layout[] = [
  {
    name: 'held-back-studio',
    wording: 2,
    parties: 'beside',
    facts: 'pairs',
    columns: ['quantity', 'unit', 'item', 'price', 'discount', 'rate', 'amount'],
    codes: 'below',
    header: 'filled',
    totals: 'right',
    currency: 'code-behind',
    dates: 'long',
    size: 9,
    font: 'bold-labels',
    footer: 'line',
  },
  {
    name: 'held-back-trade',
    wording: 2,
    parties: 'window',
    facts: 'grid',
    columns: ['pos', 'code', 'item', 'rate', 'quantity', 'unit', 'price', 'discount', 'amount'],
    codes: 'column',
    header: 'two-line',
    totals: 'tax-table',
    currency: 'none',
    dates: 'short',
    size: 8.5,
    font: 'sans',
    footer: 'columns',
  },
  {
    name: 'held-back-stack',
    wording: 2,
    parties: 'stacked',
    facts: 'pairs',
    columns: ['pos', 'item', 'quantity', 'price', 'discount', 'rate', 'amount'],
    codes: 'below',
    header: 'plain',
    totals: 'grid',
    currency: 'sign-behind',
    dates: 'short',
    size: 10,
    font: 'sans',
    footer: 'line',
  },
  {
    name: 'held-back-bare',
    wording: 2,
    parties: 'window',
    facts: 'pairs',
    columns: ['quantity', 'unit', 'code', 'item', 'price', 'discount', 'rate', 'amount'],
    codes: 'column',
    header: 'none',
    totals: 'right',
    currency: 'none',
    dates: 'iso',
    size: 9.5,
    font: 'bold-labels',
    footer: 'columns',
  },
];

const folder = (name: string) =>
  fileURLToPath(new URL(`standard_fonts/${name}`, import.meta.resolve('pdfjs-dist/package.json')));

/** A file inside a printed invoice: what makes a PDF a hybrid one. */
export interface EmbeddedFile {
  readonly name: string;
  readonly content: string | Uint8Array;
  /** What the file is to the page, `AFRelationship`. */
  readonly relationship?: string;
}

/** Prints an invoice; the same truth and layout print the same page. */
export async function printInvoice(
  truth: InvoiceTruth,
  layout: Layout,
  files: readonly EmbeddedFile[] = [],
): Promise<Uint8Array> {
  const pdf = new PDFDocument({ size: 'A4', margin: 0, autoFirstPage: false, info: { CreationDate: new Date(0) } });
  const chunks: Buffer[] = [];
  const done = new Promise<void>((resolve) => pdf.on('end', resolve));
  pdf.on('data', (chunk: Buffer) => chunks.push(chunk));
  pdf.registerFont('sans', folder('LiberationSans-Regular.ttf'));
  pdf.registerFont('bold', folder('LiberationSans-Bold.ttf'));
  draw(pdf, truth, layout);
  for (const { name, content, relationship } of files) {
    pdf.file(Buffer.from(content), {
      name,
      type: 'text/xml',
      creationDate: new Date(0),
      modifiedDate: new Date(0),
      ...(relationship === undefined ? {} : { relationship }),
    });
  }
  pdf.end();
  await done;
  return new Uint8Array(Buffer.concat(chunks));
}

const left = 50;
const right = 550;
const foot = 755;

function draw(pdf: PDFKit.PDFDocument, truth: InvoiceTruth, layout: Layout): void {
  const say = (word: PrintedWord) => printedWord(truth.language, word, layout.wording);
  const write = formats(truth, layout);
  const step = layout.size * 1.3;
  let page = 0;
  const text = (
    value: string,
    x: number,
    y: number,
    options: { align?: 'left' | 'right'; bold?: boolean; size?: number; width?: number } = {},
  ) => {
    pdf.font(options.bold ? 'bold' : 'sans').fontSize(options.size ?? layout.size);
    const at = options.align === 'right' ? x - pdf.widthOfString(value) : x;
    pdf.text(value, at, y, { lineBreak: false });
  };
  const newPage = () => {
    pdf.addPage();
    page += 1;
    footer();
    if (page > 1) text(`${truth.seller.name} – ${truth.number}`, left, 30, { size: 8 });
    text(`${say('page')} ${page}`, right, 810, { align: 'right', size: 7.5 });
  };
  newPage();
  let y = drawHead();
  y = drawItems(y);
  y = drawTotals(y + 8);
  drawClosing(y + 14);

  function partyLines(party: TruthParty): string[] {
    return [
      party.name,
      party.street,
      ...(party.street2 === null ? [] : [party.street2]),
      cityLine(party),
      countryName(party.country, truth.language),
    ];
  }

  function sellerLines(): string[] {
    const { seller } = truth;
    return [
      ...(seller.phone === null ? [] : [`${say('phone')}: ${seller.phone}`]),
      ...(seller.email === null ? [] : [`${say('email')}: ${seller.email}`]),
      ...(seller.vatCode === null ? [] : [`${say('vat')}: ${seller.vatCode}`]),
      ...(seller.companyCode === null ? [] : [`${say('company')}: ${seller.companyCode}`]),
      ...(seller.taxCode === null ? [] : [`${say('taxCode')}: ${seller.taxCode}`]),
    ];
  }

  function buyerExtra(): string[] {
    const { buyer } = truth;
    return [
      ...(buyer.vatCode === null ? [] : [`${say('vat')}: ${buyer.vatCode}`]),
      ...(buyer.companyCode === null ? [] : [`${say('company')}: ${buyer.companyCode}`]),
    ];
  }

  function block(lines: readonly string[], x: number, y: number, bold = false): number {
    for (const [index, line] of lines.entries()) text(line, x, y + index * step, { bold: bold && index === 0 });
    return y + lines.length * step;
  }

  function facts(): [string, string][] {
    const rows: [string, string][] = [
      [say('number'), truth.number],
      [say('date'), write.date(truth.issueDate)],
    ];
    const add = (word: PrintedWord, value: string | null) => value !== null && rows.push([say(word), value]);
    add('delivery', truth.deliveryDate === null ? null : write.date(truth.deliveryDate));
    add('due', truth.dueDate === null ? null : write.date(truth.dueDate));
    add('order', truth.orderNumber);
    add('contract', truth.contractNumber);
    add('original', truth.originalInvoiceNumber);
    return rows;
  }

  function drawHead(): number {
    const title = say(truth.documentType === 'credit_note' ? 'credit' : 'invoice');
    let y = 45;
    if (layout.parties === 'window') {
      text(truth.seller.name, right, y, { align: 'right', bold: true, size: 15 });
      const { seller } = truth;
      text(`${seller.name} · ${seller.street} · ${cityLine(seller)}`, left, 125, { size: 7 });
      const end = block([...partyLines(truth.buyer), ...buyerExtra()], left, 142);
      y = Math.max(end, 215) + 20;
    } else if (layout.parties === 'beside') {
      text(title, left, y, { bold: true, size: 20 });
      y += 45;
      text(`${say('seller')}${layout.wording === 1 ? '' : ':'}`, left, y, { bold: true });
      text(`${say('buyer')}${layout.wording === 1 ? '' : ':'}`, 310, y, { bold: true });
      const a = block([...partyLines(truth.seller), ...sellerLines()], left, y + step + 2);
      const b = block([...partyLines(truth.buyer), ...buyerExtra()], 310, y + step + 2);
      y = Math.max(a, b) + 18;
    } else {
      y = block([...partyLines(truth.seller), ...sellerLines()], left, y, true) + 14;
      text(`${say('buyer')}:`, left, y, { bold: true });
      y = block([...partyLines(truth.buyer), ...buyerExtra()], left, y + step) + 18;
    }
    const rows = facts();
    if (layout.facts === 'title') {
      const [number, date, ...others] = rows;
      text(`${title} ${number?.[1]}`, left, y, { bold: true, size: 14 });
      y += 26;
      for (const [label, value] of [date, ...others].filter((row) => row !== undefined)) {
        text(`${label}: ${value}`, left, y);
        y += step;
      }
      return y + 14;
    }
    if (layout.parties !== 'beside') {
      text(title, left, y, { bold: true, size: 17 });
      y += 30;
    }
    if (layout.facts === 'grid') {
      for (let from = 0; from < rows.length; from += 4) {
        for (const [index, [label, value]] of rows.slice(from, from + 4).entries()) {
          text(label, left + index * 125, y, { bold: layout.font === 'bold-labels', size: layout.size - 0.5 });
          text(value, left + index * 125, y + step);
        }
        y += step * 2 + 8;
      }
      return y + 10;
    }
    for (const [label, value] of rows) {
      text(`${label}:`, 330, y, { bold: layout.font === 'bold-labels' });
      text(value, layout.wording === 2 ? right : 450, y, { align: layout.wording === 2 ? 'right' : 'left' });
      y += step;
    }
    return y + 14;
  }

  function drawItems(start: number): number {
    const discounted = truth.lines.some((line) => line.discountPercent !== null);
    const columns = placed(layout.columns.filter((column) => column !== 'discount' || discounted));
    let y = header(start);
    let carried = 0;
    for (const [index, line] of truth.lines.entries()) {
      const item = columns.find((column) => column.kind === 'item');
      pdf.font('sans').fontSize(layout.size);
      const name = wrapped(line.name, (item?.right ?? 0) - (item?.x ?? 0) - 8);
      const below = belowItem(line);
      const height = (name.length + below.length) * step + 5;
      if (y + height > foot - 30) {
        if (layout.wording !== 2) {
          text(say('carried'), left, y + 3);
          text(write.money(carried.toFixed(write.digits)), right, y + 3, { align: 'right' });
        }
        newPage();
        y = layout.wording === 1 ? 60 : header(60);
      }
      for (const column of columns) {
        const value = column.kind === 'item' ? '' : cell(line, index, column.kind);
        if (column.numeric) text(value, column.right, y, { align: 'right' });
        else text(value, column.x, y);
      }
      for (const part of [...name, ...below]) {
        text(part, item?.x ?? left, y);
        y += step;
      }
      y += 5;
      carried += Number(line.netAmount);
    }
    pdf.moveTo(left, y).lineTo(right, y).lineWidth(0.5).stroke();
    return y;

    function header(at: number): number {
      if (layout.header === 'none') return at;
      const twice = layout.header === 'two-line';
      if (layout.header === 'filled')
        pdf
          .rect(left - 3, at - 3, right - left + 6, step + 5)
          .fill('#e6e6e6')
          .fill('black');
      for (const column of columns) {
        const words = headOf(column.kind, column.right - column.x).split(' ');
        const lines =
          twice && words.length > 1 ? [words.slice(0, -1).join(' '), words.at(-1) ?? ''] : [words.join(' ')];
        for (const [index, part] of lines.entries()) {
          const options = { bold: true, size: layout.size - 0.5 };
          if (column.numeric) text(part, column.right, at + index * step, { ...options, align: 'right' });
          else text(part, column.x, at + index * step, options);
        }
      }
      const bottom = at + step * (twice ? 2 : 1) + 2;
      if (layout.header !== 'filled') pdf.moveTo(left, bottom).lineTo(right, bottom).lineWidth(0.5).stroke();
      return bottom + 5;
    }
  }

  function belowItem(line: TruthLine): string[] {
    const code = layout.codes === 'below' && line.code !== null ? [`${say('code')}: ${line.code}`] : [];
    return [...code, ...(line.ean === null ? [] : [`EAN: ${line.ean}`])];
  }

  function cell(line: TruthLine, index: number, kind: ItemColumn): string {
    if (kind === 'pos') return String(index + 1);
    if (kind === 'code') return line.code ?? '';
    if (kind === 'quantity') {
      const unit = layout.columns.includes('unit') ? '' : ` ${line.unit}`;
      return write.number(line.quantity) + unit;
    }
    if (kind === 'unit') return line.unit;
    if (kind === 'price') return write.price(line.unitPrice);
    if (kind === 'discount') return line.discountPercent === null ? '' : `${write.number(line.discountPercent)}`;
    if (kind === 'rate') return `${write.number(String(Number(line.taxRate)))} %`;
    return write.amount(line.netAmount);
  }

  function wrapped(value: string, width: number): string[] {
    const lines: string[] = [''];
    for (const word of value.split(' ')) {
      const longer = `${lines.at(-1)} ${word}`.trim();
      if (pdf.widthOfString(longer) > width && lines.at(-1) !== '') lines.push(word);
      else lines[lines.length - 1] = longer;
    }
    return lines;
  }

  function placed(kinds: readonly ItemColumn[]): { kind: ItemColumn; x: number; right: number; numeric: boolean }[] {
    const widths: Record<ItemColumn, number> = {
      pos: 30,
      code: 62,
      item: 0,
      quantity: layout.columns.includes('unit') ? 48 : 70,
      unit: 46,
      price: 66,
      discount: 46,
      rate: 48,
      amount: 72,
    };
    pdf.font('bold').fontSize(layout.size - 0.5);
    for (const kind of kinds) if (kind !== 'item') widths[kind] = Math.max(widths[kind], headWidth(kind) + 8);
    const free = right - left - kinds.reduce((sum, kind) => sum + widths[kind], 0);
    let x = left;
    return kinds.map((kind) => {
      const width = kind === 'item' ? free : widths[kind];
      const column = {
        kind,
        x: x + (kind === kinds[0] ? 0 : 6),
        right: x + width,
        numeric: ['quantity', 'price', 'discount', 'rate', 'amount'].includes(kind),
      };
      x += width;
      return column;
    });
  }

  /** A head that is wider than its column gives way to the usual word. */
  function headOf(kind: ItemColumn, width: number): string {
    pdf.font('bold').fontSize(layout.size - 0.5);
    const word = say(columnWord(kind));
    return kind === 'item' && pdf.widthOfString(word) > width - 8 ? printedWord(truth.language, kind, 0) : word;
  }

  function headWidth(kind: ItemColumn): number {
    const words = say(columnWord(kind)).split(' ');
    const lines =
      layout.header === 'two-line' && words.length > 1
        ? [words.slice(0, -1).join(' '), words.at(-1) ?? '']
        : [words.join(' ')];
    return Math.max(...lines.map((line) => pdf.widthOfString(line)));
  }

  function drawTotals(start: number): number {
    const { totals } = truth;
    const rows: [string, string, boolean?][] = [];
    const adjusted = truth.allowances.length + truth.charges.length > 0;
    if (adjusted) rows.push([say('lines'), totals.lines]);
    for (const each of truth.allowances) rows.push([each.reason, `-${each.amount}`]);
    for (const each of truth.charges) rows.push([each.reason, each.amount]);
    rows.push([say('net'), totals.net]);
    let y = start;
    if (y > foot - 130) {
      newPage();
      y = 60;
    }
    if (layout.totals === 'grid' && !adjusted) {
      const cells: [string, string][] = [
        [say('net'), write.money(totals.net)],
        [say('tax'), write.money(totals.tax)],
        [say('gross'), write.money(totals.gross)],
      ];
      for (const [index, [label, value]] of cells.entries()) {
        text(label, 265 + index * 140, y, { align: 'right', bold: true });
        text(value, 265 + index * 140, y + step, { align: 'right' });
      }
      y += step * 2 + 6;
      rows.length = 0;
      for (const tax of truth.taxes)
        rows.push([
          `${say('tax')} ${write.number(String(Number(tax.rate)))} % (${write.money(tax.taxableAmount)})`,
          tax.taxAmount,
        ]);
    } else if (layout.totals === 'tax-table') {
      const heads = [say('rate'), say('base'), say('taxAmount')];
      for (const [index, head] of heads.entries()) text(head, 130 + index * 110, y, { align: 'right', bold: true });
      for (const tax of truth.taxes) {
        y += step;
        const cells = [
          `${write.number(String(Number(tax.rate)))} %`,
          write.amount(tax.taxableAmount),
          write.amount(tax.taxAmount),
        ];
        for (const [index, value] of cells.entries()) text(value, 130 + index * 110, y, { align: 'right' });
      }
      y += step * 1.6;
      rows.push([say('tax'), totals.tax], [say('gross'), totals.gross, true]);
    } else {
      for (const tax of truth.taxes)
        rows.push([`${say('tax')} ${write.number(String(Number(tax.rate)))} %`, tax.taxAmount]);
      rows.push([say('gross'), totals.gross, true]);
    }
    if (totals.prepaid !== null)
      rows.push([say('prepaid'), `-${totals.prepaid}`], [say('payable'), totals.payable, true]);
    for (const [label, value, bold] of rows) {
      text(label, layout.wording === 1 ? 460 : 330, y, {
        align: layout.wording === 1 ? 'right' : 'left',
        ...(bold ? { bold } : {}),
      });
      text(write.money(value), right, y, { align: 'right', ...(bold ? { bold } : {}) });
      y += step + 1;
    }
    return y;
  }

  function drawClosing(start: number): void {
    const reasons = truth.taxes.flatMap((tax) => (tax.exemptionReason === null ? [] : [tax.exemptionReason]));
    const bank =
      layout.footer === 'columns'
        ? []
        : [
            `${say('bank')}: ${truth.payment.bankName}`,
            `${say('iban')}: ${groups(truth.payment.iban)}`,
            `${say('bic')}: ${truth.payment.bic}`,
          ];
    const lines = [
      ...reasons,
      ...(truth.dueDate === null ? [] : [truth.payment.termsText]),
      ...truth.notes,
      ...(layout.footer === 'none' ? [] : []),
      ...bank,
    ];
    let y = start;
    for (const line of lines) {
      if (y > foot - 8) {
        newPage();
        y = 60;
      }
      text(line, left, y);
      y += step;
    }
  }

  function footer(): void {
    const { seller, payment } = truth;
    if (layout.footer === 'columns') {
      const contact = layout.parties === 'window' ? [seller.name, seller.street, cityLine(seller)] : [seller.name];
      const own = layout.parties === 'window' ? sellerLines() : [];
      const bank = [
        `${say('bank')}: ${payment.bankName}`,
        `${say('iban')}: ${groups(payment.iban)}`,
        `${say('bic')}: ${payment.bic}`,
      ];
      for (const [index, lines] of [contact, own, bank].entries()) {
        for (const [row, line] of lines.entries()) text(line, left + index * 165, 762 + row * 8.4, { size: 6.8 });
      }
    } else if (layout.footer === 'line') {
      text([seller.name, seller.email].filter((each) => each !== null).join(' | '), left, 790, { size: 7 });
    }
  }
}

function columnWord(kind: ItemColumn): PrintedWord {
  return kind;
}

function cityLine(party: TruthParty): string {
  return party.country === 'GB' ? `${party.city} ${party.postalCode}` : `${party.postalCode} ${party.city}`;
}

function countryName(country: string, language: TruthLanguage): string {
  return new Intl.DisplayNames([language], { type: 'region' }).of(country) ?? country;
}

function groups(iban: string): string {
  return iban.replace(/(.{4})(?=.)/g, '$1 ');
}

/** How the language and the layout write numbers and dates. */
function formats(truth: InvoiceTruth, layout: Layout) {
  const { language, currency } = truth;
  const digits = currency === 'JPY' ? 0 : 2;
  const mark = language === 'en' ? '.' : ',';
  const thousands = language === 'en' ? ',' : language === 'fr' || language === 'lt' ? ' ' : '.';
  const sign: Record<string, string> = { EUR: '€', GBP: '£', USD: '$', JPY: '¥' };
  const number = (value: string) => {
    const [whole = '', decimals] = value.replace('-', '').split('.');
    const grouped = whole.replace(/\B(?=(\d{3})+$)/g, thousands);
    return `${value.startsWith('-') ? '-' : ''}${grouped}${decimals === undefined ? '' : mark + decimals}`;
  };
  const price = (value: string) =>
    number(
      value.includes('.') && (value.split('.')[1]?.length ?? 0) > 2
        ? value
        : Number(value).toFixed(digits === 0 && !value.includes('.') ? 0 : 2),
    );
  const amount = (value: string) => number(value);
  const money = (value: string) => {
    const plain = number(value);
    const symbol = sign[currency];
    if (layout.currency === 'none')
      return currency === 'EUR' || currency === 'GBP' ? `${plain} ${symbol}` : `${plain} ${currency}`;
    if (symbol === undefined || layout.currency === 'code-behind') return `${plain} ${currency}`;
    return layout.currency === 'sign-before'
      ? `${plain.startsWith('-') ? '-' : ''}${symbol}${plain.replace('-', '')}`
      : `${plain} ${symbol}`;
  };
  const date = (iso: string) => {
    if (layout.dates === 'iso' || (language === 'lt' && layout.dates === 'short')) return iso;
    const day = new Date(`${iso}T00:00:00Z`);
    if (layout.dates === 'long')
      return new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, {
        dateStyle: 'long',
        timeZone: 'UTC',
      }).format(day);
    const [year, month, dayOfMonth] = iso.split('-');
    return language === 'de' ? `${dayOfMonth}.${month}.${year}` : `${dayOfMonth}/${month}/${year}`;
  };
  return { digits, number, price, amount, money, date };
}

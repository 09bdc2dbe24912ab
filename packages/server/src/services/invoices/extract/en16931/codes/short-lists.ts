import { codeList } from './code-list.ts';

/** UNTDID 1001, the codes that say invoice. */
export const INVOICE_TYPES = codeList(`
71 80 81 82 84 102 130 202 203 204 211 218 219 295 325 326 331 380 382 383 384 385 386 387 388 389 390 393 394 395
456 457 471 472 473 500 501 527 553 575 623 633 751 780 817 870 875 876 877 935
`);

/** UNTDID 1001, the codes that say credit note. */
export const CREDIT_NOTE_TYPES = codeList('81 83 261 262 296 308 381 396 420 458 502 503 532');

/** UNTDID 5305, as EN 16931 restricts it; B is Italy's split payment. */
export const VAT_CATEGORIES = codeList('AE L M E S Z G O K B');

/** UNTDID 2005, as EN 16931 restricts it for the day on which VAT falls due. */
export const TAX_POINT_EVENTS = codeList('3 35 432');

/** UNTDID 2475, what CII writes for the three events above. */
export const CII_TAX_POINT_EVENTS = codeList('5 29 72');

/** UNTDID 5189, why less is to pay. */
export const ALLOWANCE_REASONS = codeList('41 42 60 62 63 64 65 66 67 68 70 71 88 95 100 102 103 104 105');

/** What a supporting document may be. */
export const MIME_TYPES = codeList(`
application/pdf image/png image/jpeg text/csv
application/vnd.openxmlformats-officedocument.spreadsheetml.sheet application/vnd.oasis.opendocument.spreadsheet
`);

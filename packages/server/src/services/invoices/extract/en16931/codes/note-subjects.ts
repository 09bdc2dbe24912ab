/**
 * UNTDID 4451: what a note is about. The list is dense, so it stands as ranges of three letters in which every code is
 * assigned, but for those that are named as gaps.
 */
export const NOTE_SUBJECTS: ReadonlySet<string> = new Set([
  ...range('AAA', 'ABZ', 'AAH ABY'),
  ...range('ACA', 'AJB', ''),
  ...`ALC ALD ALE ALF ALG ALH ALI ALJ ALK ALL ALM ALN ALO ALP ALQ ARR ARS AUT AUU AUV AUW AUX AUY AUZ AVA AVB AVC AVD AVE AVF
    BAG BAH BAI BAJ BAK BAL BAM BAN BAO BAP BAQ BAR BAS BLC BLD BLE BLF BLG BLH BLI BLJ BLK BLL BLM BLN BLO BLP BLQ BLR BLS
    BLT BLU BLV BLW BLX BLY BLZ BMA BMB BMC BMD BME CCI CEX CHG CIP CLP CLR COI CUR CUS DAR DCL DEL DIN DOC DUT EUR FBC GBL
    GEN GS7 HAN HAZ ICN IIN IMI IND INS INV IRP ITR ITS LAN LIN LOI MCO MDH MKS ORI OSI PAC PAI PAY PKG PKT PMD PMT PRD PRF
    PRI PUR QIN QQD QUT RAH REG RET REV RQR SAF SIC SIN SLR SPA SPG SPH SPP SPT SRN SSR SUR TCA TDT TRA TRR TXD WHI ZZZ`.split(
    /\s+/,
  ),
]);

function range(first: string, last: string, gaps: string): string[] {
  const codes: string[] = [];
  for (let number = numberOf(first); number <= numberOf(last); number++) codes.push(codeOf(number));
  return codes.filter((code) => !gaps.split(' ').includes(code));
}

function numberOf(code: string): number {
  return [...code].reduce((number, letter) => number * 26 + letter.charCodeAt(0) - 65, 0);
}

function codeOf(number: number): string {
  const letters = [Math.floor(number / 676), Math.floor(number / 26) % 26, number % 26];
  return letters.map((letter) => String.fromCharCode(65 + letter)).join('');
}

/** A code list as it is read most easily: codes apart by white space. */
export function codeList(codes: string): ReadonlySet<string> {
  return new Set(codes.split(/\s+/).filter((code) => code !== ''));
}

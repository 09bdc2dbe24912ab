/** An existing account without privileges, out of the text of `/etc/passwd`: `nobody` if there is one. */
export function findUnprivilegedAccount(passwd: string): { uid: number; gid: number } | undefined {
  const accounts = passwd
    .split('\n')
    .map((line) => line.split(':'))
    .map(([name, , uid, gid]) => ({ name, uid: Number(uid || Number.NaN), gid: Number(gid || Number.NaN) }))
    .filter(({ uid, gid }) => Number.isInteger(uid) && uid > 0 && Number.isInteger(gid) && gid > 0);
  const chosen = accounts.find(({ name }) => name === 'nobody') ?? accounts.at(-1);
  return chosen && { uid: chosen.uid, gid: chosen.gid };
}

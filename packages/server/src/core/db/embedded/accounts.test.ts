import { expect, test } from 'vitest';
import { findUnprivilegedAccount } from './accounts.ts';

const root = 'root:x:0:0:root:/root:/bin/bash';
const nobody = 'nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin';
const daemon = 'daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin';

test.each([
  { passwd: `${root}\n${nobody}\n${daemon}\n`, account: { uid: 65534, gid: 65534 } },
  { passwd: `${root}\n${daemon}\n`, account: { uid: 1, gid: 1 } },
  { passwd: `${root}\n`, account: undefined },
  { passwd: '', account: undefined },
  { passwd: 'broken\nalso:broken\n', account: undefined },
  { passwd: 'nobody:*:-2:-2:Unprivileged User:/var/empty:/usr/bin/false\n', account: undefined },
])('an account to run as, out of $passwd', ({ passwd, account }) => {
  expect(findUnprivilegedAccount(passwd)).toEqual(account);
});

import { loop } from './contract.ts';
import { publishDays } from './publish-days.ts';
import { purgeCommits } from './repository.ts';

const hourMs = 3_600_000;
const keepExpiredMs = 7 * 24 * hourMs;

/** An expired commit answers 410 for seven days and is unknown after that (specification 9). */
const purge = loop({
  name: 'purge-commits',
  next: (now) => now + hourMs,
  run: (ctx) => ctx.separately((inner) => purgeCommits(inner.db, inner.now() - keepExpiredMs)),
});

export const loops = [publishDays, purge];

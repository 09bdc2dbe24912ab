/**
 * node scripts/run.mjs [--built | --building] <entry> [arguments]: makes sure of the dependencies, then runs an entry with the
 * pinned runtime; what is built from the sources is built before (--built) or beside it (--building).
 */
import { launch } from './launch.mjs';

const builds = ['--built', '--building'].find((option) => option === process.argv[2]);
const [entry, ...args] = process.argv.slice(builds === undefined ? 2 : 3);
if (entry === undefined) {
  process.stderr.write('Usage: node scripts/run.mjs [--built | --building] <entry> [arguments]\n');
  process.exit(2);
}
await launch(entry, args, { builds: builds?.slice('--'.length) });

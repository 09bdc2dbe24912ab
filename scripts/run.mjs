/**
 * node scripts/run.mjs [--built] <entry> [arguments]: makes sure of the dependencies, and with --built of what is built
 * from the sources, then runs an entry with the pinned runtime.
 */
import { launch } from './launch.mjs';

const built = process.argv[2] === '--built';
const [entry, ...args] = process.argv.slice(built ? 3 : 2);
if (entry === undefined) {
  process.stderr.write('Usage: node scripts/run.mjs [--built] <entry> [arguments]\n');
  process.exit(2);
}
await launch(entry, args, { built });

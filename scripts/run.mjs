/** node scripts/run.mjs <entry> [arguments]: makes sure of the dependencies, then runs an entry with the pinned runtime. */
import { launch } from './launch.mjs';

const [entry, ...args] = process.argv.slice(2);
if (entry === undefined) {
  process.stderr.write('Usage: node scripts/run.mjs <entry> [arguments]\n');
  process.exit(2);
}
await launch(entry, args);

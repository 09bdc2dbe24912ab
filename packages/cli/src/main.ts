/** interlock <command>: the only file here that touches the process. */
import { constants } from 'node:os';
import { systemClock } from '../../server/src/core/sources.ts';
import { runProgram } from './program.ts';

// A PostgreSQL that was started for a command is told to stop when the process exits, not when it is killed.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => process.exit(128 + constants.signals[signal]));
}

process.exitCode = await runProgram(process.argv.slice(2), {
  env: process.env,
  clock: systemClock,
  nodeVersion: process.versions.node,
  input: process.stdin,
  print: (text) => void process.stdout.write(text),
  complain: (text) => void process.stderr.write(text),
});

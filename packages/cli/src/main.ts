/** interlock <command>: the only file here that touches the process. */
import { constants } from 'node:os';
import { systemClock } from '../../server/src/core/sources.ts';
import { runProgram } from './program.ts';

let finish: (() => void) | undefined;
let told: number | undefined;

// A PostgreSQL that was started for a command is told to stop when the process exits, not when it is killed.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    const code = 128 + constants.signals[signal];
    if (finish === undefined || told !== undefined) process.exit(code);
    told = code;
    finish();
  });
}

// Whoever reads the output has read enough, as `head` does: an end as by SIGPIPE, and no failure to tell about.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(128 + constants.signals.SIGPIPE);
    // A disk that is full, such as under a redirection: standard error may still be heard.
    process.stderr.write(`The output could not be written: ${error.message}\n`);
    process.exit(1);
  });
}

const code = await runProgram(process.argv.slice(2), {
  env: process.env,
  clock: systemClock,
  nodeVersion: process.versions.node,
  input: process.stdin,
  print: (text) => void process.stdout.write(text),
  complain: (text) => void process.stderr.write(text),
  onEnd: (work) => {
    finish = work;
  },
});
process.exitCode = told ?? code;

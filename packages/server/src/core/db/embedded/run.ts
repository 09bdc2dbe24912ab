import { spawn } from 'node:child_process';
import type { Command } from './command.ts';

export interface Outcome {
  succeeded: boolean;
  output: string;
}

/** Runs a short program to its end and keeps what it wrote. */
export async function run(command: Command, workingDirectory?: string): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(command.file, command.args, {
      ...command.options,
      ...(workingDirectory === undefined ? {} : { cwd: workingDirectory }),
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
    });
    let output = '';
    const keep = (chunk: Buffer) => {
      output += chunk.toString('utf8');
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.once('error', (error) => resolve({ succeeded: false, output: `${output}${error.message}` }));
    child.once('close', (code) => resolve({ succeeded: code === 0, output }));
  });
}

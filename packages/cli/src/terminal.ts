import type { Clock } from '../../server/src/core/sources.ts';

/** What a command may know of the process it runs in. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** The version of Node that runs it. */
  readonly nodeVersion: string;
  /** Standard input. */
  readonly input: AsyncIterable<Uint8Array | string>;
  /** Standard output: what was asked for. */
  print(text: string): void;
  /** Standard error: what went wrong. */
  complain(text: string): void;
  /**
   * Has the first signal to end do this instead of ending the process: for what must not be cut in its middle. A second
   * one ends it.
   */
  onEnd(finish: () => void): void;
}

/** What a command has to say: to a program, and to a person. */
export interface Outcome {
  readonly json: unknown;
  readonly text: string;
  /** Whether what was asked for holds; `doctor` may answer in full and still fail. */
  readonly ok?: boolean;
}

/** A command that is asked for something that it cannot be asked for; everything else that goes wrong is a failure. */
export class UsageError extends Error {}

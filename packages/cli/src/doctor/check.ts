import { textFacts } from '../text-table.ts';

/** One thing that was looked at. */
export interface Check {
  readonly name: string;
  /** `skipped`: what it depends on failed, so nothing is known. */
  readonly status: 'ok' | 'fail' | 'skipped';
  readonly detail: string;
  /** Each thing that is wrong, where there can be several. */
  readonly findings?: readonly string[];
  /** What to do about it. */
  readonly mend?: string;
}

/** A line for each check; below a failed one its findings and the mend. */
export function textChecks(checks: readonly Check[]): string {
  const lines = textFacts(checks.map(({ name, status, detail }) => [`${status.padEnd(7)}  ${name}`, detail])).split(
    '\n',
  );
  return checks
    .map(({ findings = [], mend }, index) => {
      const below = [...findings.map((finding) => `- ${finding}`), ...(mend === undefined ? [] : [`mend: ${mend}`])];
      return `${lines[index]}\n${below.map((line) => `         ${line.replaceAll('\n', '\n           ')}\n`).join('')}`;
    })
    .join('');
}

import { readFile, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { type BenchResult, round } from './result.ts';

/** Puts the result of one bench in its place on the page, which keeps what the others found when they last ran. */
export async function recordIn(page: URL, name: string, result: BenchResult): Promise<void> {
  const sections = new Map(sectionsOf(await readFile(page, 'utf8')));
  sections.set(name, section(name, result));
  const sorted = [...sections].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, text]) => text);
  await writeFile(page, `${introduction}\n${sorted.join('\n')}`);
}

const introduction = `# Benchmarks

Written by \`npm run bench -- --record\`; each section says when and where. Client, server and PostgreSQL share the cores. Each
claim is measured beside a baseline in the same run, so read the ratios first: absolute figures of a shared machine vary by a
third from run to run.
`;

function sectionsOf(page: string): [name: string, text: string][] {
  return page
    .split(/^(?=## )/m)
    .slice(1)
    .map((text) => [text.slice('## '.length, text.indexOf('\n')), `${text.trimEnd()}\n`]);
}

function section(name: string, result: BenchResult): string {
  const rows = result.figures.map((figure) => `| ${figure.name} | ${round(figure.value)} ${figure.unit} |`);
  const ratio = result.ratio === undefined ? [] : [`| ratio | ${round(result.ratio)} |`];
  return [
    `## ${name}`,
    '',
    result.claim.slice(result.claim.indexOf(':') + 2),
    '',
    '| figure | value |',
    '|---|---|',
    ...rows,
    ...ratio,
    '',
    `Bar: ${result.bar}. **${result.passed ? 'Held' : 'Not held'}.** ${occasion()}`,
    '',
  ].join('\n');
}

function occasion(): string {
  const machine = `${availableParallelism()} × ${cpus()[0]?.model ?? 'unknown processor'}, ${Math.round(totalmem() / 2 ** 30)} GiB`;
  return `Recorded on ${new Date().toISOString().slice(0, 10)} by Node ${process.version}, ${machine}, ${process.platform}.`;
}

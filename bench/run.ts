/** `npm run bench [name …]`: runs the claims one after the other; `--record` writes docs/reference/benchmarks.md. */
import { readdir, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { type BenchResult, print, round } from './support/result.ts';

const record = process.argv.includes('--record');
const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith('--') && !/^\d/.test(argument));
const all = (await readdir(new URL('.', import.meta.url)))
  .filter((name) => name.endsWith('.ts') && name !== 'run.ts')
  .map((name) => name.slice(0, -'.ts'.length))
  .sort();
const unknown = wanted.find((name) => !all.includes(name));
if (unknown !== undefined) {
  process.stderr.write(`There is no bench "${unknown}"; there are: ${all.join(', ')}.\n`);
  process.exit(2);
}

const results: { name: string; result: BenchResult }[] = [];
for (const name of wanted.length > 0 ? wanted : all) {
  const bench = (await import(`./${name}.ts`)) as { run(): Promise<BenchResult> };
  const result = await bench.run();
  print(result);
  results.push({ name, result });
}
if (record) await writeFile(new URL('../docs/reference/benchmarks.md', import.meta.url), page(results));
process.exitCode = results.every(({ result }) => result.passed) ? 0 : 1;

function page(all: readonly { name: string; result: BenchResult }[]): string {
  const processor = cpus()[0]?.model ?? 'unknown processor';
  const sections = all.map(({ name, result }) => {
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
      `Bar: ${result.bar}. **${result.passed ? 'Held' : 'Not held'}.**`,
      '',
    ].join('\n');
  });
  return `# Benchmarks

Written by \`npm run bench -- --record\` on ${new Date().toISOString().slice(0, 10)}: Node ${process.version},
${availableParallelism()} × ${processor}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform}. Client, server and
PostgreSQL share the cores. Each claim is measured beside a baseline in the same run, so read the ratios first: absolute
figures of a shared machine vary by a third from run to run.

${sections.join('\n')}`;
}

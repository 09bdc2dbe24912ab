/** `npm run bench [name …]`: runs the claims one after the other; `--record` keeps them in docs/reference/benchmarks.md. */
import { readdir } from 'node:fs/promises';
import { recordIn } from './support/record.ts';
import { type BenchResult, print } from './support/result.ts';

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

let held = true;
for (const name of wanted.length > 0 ? wanted : all) {
  const bench = (await import(`./${name}.ts`)) as { run(): Promise<BenchResult> };
  const result = await bench.run();
  print(result);
  held &&= result.passed;
  if (record) await recordIn(new URL('../docs/reference/benchmarks.md', import.meta.url), name, result);
}
process.exitCode = held ? 0 : 1;

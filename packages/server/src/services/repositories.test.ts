import { glob, readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';

/*
 * A handle is of one workspace in one mode, and nobody has one but who was handed it: the import rules keep the pools from
 * services. So what asks the database without being handed a handle could only have kept one, of who knows whom.
 */
it('90: what asks the database is handed the handle of a workspace and mode, in every repository', async () => {
  const unhanded: string[] = [];
  let asking = 0;
  for await (const file of glob(`${import.meta.dirname}/*/**/*repository.ts`)) {
    const text = await readFile(file, 'utf8');
    expect(text, file).not.toMatch(/^(let|var) /m);
    for (const part of text.split(/^(?=(?:export )?(?:async )?(?:const|function) )/m)) {
      if (!/\bdb\.(rows|row|run|defer)\b/.test(part)) continue;
      asking++;
      if (!/^[^;]*?\(\s*db: (Db|Batch)\b/.test(part)) unhanded.push(`${file}: ${part.slice(0, 80)}`);
    }
  }
  expect(unhanded).toEqual([]);
  expect(asking).toBeGreaterThan(150);
});

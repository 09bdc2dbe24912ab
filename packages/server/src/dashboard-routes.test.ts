import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { screens } from '../../dashboard/src/screens/screens.ts';
import { createTestPlatform, type TestPlatform } from './testing/harness.ts';

let folder: string;
let t: TestPlatform;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'interlock-dashboard-'));
  await writeFile(join(folder, 'index.html'), '<title>The dashboard</title>');
  t = await createTestPlatform({ dashboard: folder });
});
afterAll(async () => {
  await t?.close();
  await rm(folder, { recursive: true, force: true });
});

test.each([...screens.inside, ...screens.outside])('$path is answered to a reload with the page', async ({ path }) => {
  const { status, text } = await t.as(null).get(path.replaceAll(/\$\w+/g, 'some-id'));
  expect({ status, text }).toEqual({ status: 200, text: '<title>The dashboard</title>' });
});

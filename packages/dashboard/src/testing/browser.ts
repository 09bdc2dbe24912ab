import { existsSync } from 'node:fs';
import packaged from '@sparticuz/chromium';
import { type Browser, chromium } from 'playwright-core';

/** Where distributions put theirs. */
const installed = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Chromium as an npm package ships it, or the machine's own where that one does not run. */
export async function openBrowser(): Promise<Browser> {
  const problems: string[] = [];
  for (const find of [() => packaged.executablePath(), ...installed.map((path) => async () => path)]) {
    try {
      const executablePath = await find();
      if (!existsSync(executablePath)) continue;
      return await chromium.launch({
        executablePath,
        args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
        headless: true,
      });
    } catch (error) {
      problems.push((error as Error).message.split('\n')[0] ?? '');
    }
  }
  throw new Error(
    `No Chromium runs here: install the package "chromium" of this system (apt install chromium). ${problems.join('; ')}`,
  );
}

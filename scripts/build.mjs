/** Builds what is stale among the things that are made from the sources: for images, which are built once. */
import { ensureBuilt } from './builds.mjs';
import { orExplain } from './setup.mjs';

await orExplain(() => ensureBuilt(process.execPath));

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), pdfResources()],
  build: {
    target: 'es2023',
    // Inlined files would be data: URLs, which the policy of the page lets in for pictures only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1_000,
  },
});

/** What the reader of PDFs asks for while it draws: fonts that a document does not bring, character maps, decoders. */
function pdfResources(): Plugin {
  const home = dirname(fileURLToPath(import.meta.resolve('pdfjs-dist/package.json')));
  return {
    name: 'pdf-resources',
    apply: 'build',
    generateBundle() {
      const { version } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as { version: string };
      for (const folder of ['standard_fonts', 'cmaps', 'wasm', 'iccs']) {
        for (const name of readdirSync(join(home, folder))) {
          if (name.startsWith('LICENSE')) continue;
          const fileName = `assets/pdfjs-${version.replaceAll('.', '_')}/${name}`;
          this.emitFile({ type: 'asset', fileName, source: readFileSync(join(home, folder, name)) });
        }
      }
    },
  };
}

import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Mode } from '../../server/src/core/mode.ts';
import { generateSecret } from '../../server/src/core/signing-secrets/secret-text.ts';

/** How far a listener has come, kept in `INTERLOCK_HOME` so that the next one goes on there. */
export interface ListenPlace {
  /** The last effect, and the last request, that was forwarded. */
  readonly effects: number;
  readonly requests: number;
  /** Signs what is forwarded. */
  readonly secret: string;
}

export interface PlaceFile {
  /** `null` when nobody has listened under this name yet. */
  read(): Promise<ListenPlace | null>;
  write(place: ListenPlace): Promise<void>;
}

/** The file of one listener; two that run at once need two names. */
export function placeFile(home: string, workspaceId: string, mode: Mode, name: string): PlaceFile {
  const folder = join(resolve(home), 'listen');
  const file = join(folder, `${workspaceId}.${mode}.${name}.json`);
  return {
    async read() {
      const text = await readFile(file, 'utf8').catch(() => null);
      return text === null ? null : readPlace(text);
    },
    async write(place) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      // Whole or not at all: a listener that is killed while it writes has its old place.
      await writeFile(`${file}.new`, `${JSON.stringify(place)}\n`, { mode: 0o600 });
      await rename(`${file}.new`, file);
    },
  };
}

/** A secret that suits every scheme: base64 and base64url read it alike. */
export function listenSecret(): string {
  return generateSecret('base64url');
}

function readPlace(text: string): ListenPlace | null {
  try {
    const { effects, requests, secret } = JSON.parse(text) as Partial<ListenPlace>;
    if (!Number.isSafeInteger(effects) || !Number.isSafeInteger(requests) || typeof secret !== 'string') return null;
    return { effects: Number(effects), requests: Number(requests), secret };
  } catch {
    return null;
  }
}

import type { FileStore } from './file-store.ts';
import { openFolderStore } from './folder-store.ts';
import type { S3Place } from './s3-store.ts';

/** Where an installation keeps files that are too large for rows. */
export interface FilesPlace {
  readonly filesFolder: string;
  /** `null`: in the folder. */
  readonly filesS3: S3Place | null;
}

/** Opens the place that the configuration names. The client for buckets is loaded only where there is one. */
export async function openFiles({ filesFolder, filesS3 }: FilesPlace): Promise<FileStore> {
  if (filesS3 === null) return openFolderStore(filesFolder);
  const { openS3Store } = await import('./s3-store.ts');
  return openS3Store(filesS3);
}

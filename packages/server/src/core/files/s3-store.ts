import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { refuse } from '../errors.ts';
import type { FileStore } from './file-store.ts';

/** A bucket that speaks the protocol of S3: AWS itself, or one of the many that run elsewhere. */
export interface S3Place {
  readonly bucket: string;
  /** `null`: AWS in the region. */
  readonly endpoint: string | null;
  readonly region: string;
  /** Before every key, with its slash, so that a bucket can be shared; empty for none. */
  readonly prefix: string;
  /** `null`: those of the machine, as the client of AWS finds them. */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string } | null;
}

/** Files in a bucket, which any number of nodes share. */
export function openS3Store(place: S3Place): FileStore {
  const { bucket, prefix } = place;
  const client = new S3Client({
    region: place.region,
    ...(place.endpoint === null ? {} : { endpoint: place.endpoint, forcePathStyle: true }),
    ...(place.credentials === null ? {} : { credentials: place.credentials }),
    maxAttempts: 3,
    // Checksums as trailers are younger than most servers that speak this protocol; the signature covers the body.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: { connectionTimeout: 5_000, requestTimeout: 30_000, throwOnRequestTimeout: true },
  });
  return {
    async put(key, bytes) {
      await answered(client.send(new PutObjectCommand({ Bucket: bucket, Key: prefix + key, Body: bytes })));
    },
    async get(key) {
      const found = await answered(client.send(new GetObjectCommand({ Bucket: bucket, Key: prefix + key })), missing);
      const bytes = await answered(found?.Body?.transformToByteArray() ?? Promise.resolve(undefined));
      return bytes === undefined ? null : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    },
    async remove(key) {
      await answered(client.send(new DeleteObjectCommand({ Bucket: bucket, Key: prefix + key })), missing);
    },
    async *list(from) {
      let token: string | undefined;
      do {
        const page = await answered(
          client.send(
            new ListObjectsV2Command({
              Bucket: bucket,
              Prefix: prefix + from,
              ...(token === undefined ? {} : { ContinuationToken: token }),
            }),
          ),
        );
        for (const { Key, LastModified } of page?.Contents ?? []) {
          if (Key === undefined || LastModified === undefined) continue;
          yield { key: Key.slice(prefix.length), storedAt: LastModified.getTime() };
        }
        token = page?.NextContinuationToken;
      } while (token !== undefined);
    },
    async close() {
      client.destroy();
    },
  };
}

/** There is no such object; a bucket that is not there is another matter. */
function missing(error: unknown): boolean {
  return error instanceof S3ServiceException && (error.name === 'NoSuchKey' || error.name === 'NotFound');
}

/** What the store refuses or does not answer is nothing a caller can mend: it may try again. */
async function answered<T>(
  answer: Promise<T>,
  isNothing: (error: unknown) => boolean = () => false,
): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isNothing(error)) return undefined;
    throw refuse('unavailable', 'Uploaded files cannot be reached just now. Try again in a few seconds.', {
      retryAfter: 5,
      cause: error,
    });
  }
}

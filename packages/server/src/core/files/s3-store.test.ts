import pino from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type BucketServer, createBucketServer } from '../../testing/bucket-server.ts';
import { ApiError } from '../errors.ts';
import type { FileStore } from './file-store.ts';
import { openFiles } from './open-files.ts';
import type { S3Place } from './s3-store.ts';

let server: BucketServer;
const opened: FileStore[] = [];
beforeAll(async () => {
  server = await createBucketServer({ pageSize: 3 });
});
afterEach(() => Promise.all(opened.splice(0).map((store) => store.close())));
afterAll(() => server.close());

async function open(changes: Partial<S3Place> = {}): Promise<FileStore> {
  const { bucket, url, accessKeyId, secretAccessKey } = server;
  const filesS3 = {
    bucket,
    endpoint: url,
    region: 'eu-central-1',
    prefix: 'interlock/',
    credentials: { accessKeyId, secretAccessKey },
    ...changes,
  };
  const store = await openFiles({ filesFolder: '/nowhere', filesS3 });
  opened.push(store);
  return store;
}

describe('files in a bucket', () => {
  it('come back as they were put, and go', async () => {
    const store = await open();
    const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, index) => (index * 7) % 256));
    await store.put('ws_1/live/file_1', bytes);
    expect([...server.objects.keys()]).toEqual(['interlock/ws_1/live/file_1']);
    expect(bytes.equals((await store.get('ws_1/live/file_1')) as Buffer)).toBe(true);
    await store.put('ws_1/live/file_1', new Uint8Array());
    expect(await store.get('ws_1/live/file_1')).toHaveLength(0);
    await store.remove('ws_1/live/file_1');
    await store.remove('ws_1/live/file_1');
    expect(await store.get('ws_1/live/file_1')).toBeNull();
  });

  it('are listed page by page, those of this installation alone', async () => {
    const store = await open();
    const keys = Array.from({ length: 8 }, (_, index) => `ws_2/test/file_${index}`);
    for (const key of keys) await store.put(key, Buffer.from(key));
    await (await open({ prefix: 'other/' })).put('ws_2/test/file_9', Buffer.from('x'));
    const listed: string[] = [];
    for await (const { key, storedAt } of store.list('ws_2/')) {
      listed.push(key);
      expect(storedAt).toBe(Date.UTC(2026, 0, 2, 3, 4, 5));
    }
    expect(listed.sort()).toEqual(keys);
  });

  it('are put again when the bucket is busy for a moment', async () => {
    const store = await open();
    server.failNext(2, 503);
    await store.put('ws_3/live/file_1', Buffer.from('once'));
    expect((await store.get('ws_3/live/file_1'))?.toString()).toBe('once');
  });

  it.each([
    ['with a wrong secret', { credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wrong' } }],
    ['in a bucket that is not there', { bucket: 'another-bucket' }],
    ['on a server that is not there', { endpoint: 'http://127.0.0.1:1' }],
  ])('%s cannot be reached, which is no bug and tells nothing', async (_, changes) => {
    const store = await open(changes);
    for (const attempt of [() => store.put('a/live/b', Buffer.from('x')), () => store.get('a/live/b')]) {
      const error = await attempt().catch((error: unknown) => error);
      expect(error).toBeInstanceOf(ApiError);
      expect(error).toMatchObject({ code: 'unavailable' });
      expect((error as Error).message).not.toMatch(/bucket|127|AKID/);
      const { cause } = error as { cause: Error };
      expect(pino.stdSerializers.err(cause)).not.toMatchObject({ $response: expect.anything() });
      expect(JSON.stringify({ ...cause, text: String(cause) })).not.toMatch(/Signature=|AWS4|AKIDEXAMPLE/);
    }
  });
});

import { afterAll, beforeAll, expect, it } from 'vitest';
import { type BucketServer, createBucketServer } from '../../testing/bucket-server.ts';
import { as, base, createInvoicesWorld, type InvoicesWorld, made, processed, upload } from './invoices.fixture.ts';

let server: BucketServer;
let world: InvoicesWorld;
beforeAll(async () => {
  server = await createBucketServer();
  world = await createInvoicesWorld({
    FILES_S3_BUCKET: server.bucket,
    FILES_S3_ENDPOINT: server.url,
    FILES_S3_ACCESS_KEY_ID: server.accessKeyId,
    FILES_S3_SECRET_ACCESS_KEY: server.secretAccessKey,
  });
});
afterAll(async () => {
  await world.close();
  await server.close();
});

it('keeps uploads in a bucket under workspace and mode, and takes them away with the test data', async () => {
  const team = await world.team();
  await processed(team);
  const keys = () => [...server.objects.keys()].filter((key) => key.startsWith(`${team.id}/`));
  expect(keys()).toEqual([expect.stringMatching(new RegExp(`^${team.id}/test/`))]);
  await made(team.test.post(`${base}/admin/test-mode/reset`, { confirm: 'RESET' }), 200);
  await expect.poll(keys).toEqual([]);
});

it('answers an upload 503 while the bucket is away, and takes it when it is back', async () => {
  const team = await world.team();
  server.failNext(1000, 500);
  const refused = await upload(team.live, { client: team.client.live });
  expect([refused.status, refused.headers['retry-after']]).toEqual([503, '5']);
  server.failNext(0, 500);
  await made(upload(team.live, { client: team.client.live }), 202);
  expect(
    (await made(team.live.get(`${base}/clients/${team.client.live}`, as(team.client.live)), 200)).id,
  ).toBeDefined();
});

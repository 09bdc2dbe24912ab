import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A bucket on this machine that speaks the protocol of S3, and checks every signature (SigV4) by itself. */
export interface BucketServer {
  readonly url: string;
  readonly bucket: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly objects: ReadonlyMap<string, Buffer>;
  /** Answers the next requests with this status instead. */
  failNext(count: number, status: number): void;
  close(): Promise<void>;
}

export async function createBucketServer(options: { pageSize?: number } = {}): Promise<BucketServer> {
  const bucket = 'interlock-files';
  const accessKeyId = 'AKIDEXAMPLE';
  const secretAccessKey = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
  const objects = new Map<string, Buffer>();
  const pageSize = options.pageSize ?? 1000;
  let failing = { count: 0, status: 500 };

  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const answer = (status: number, text: string | Buffer = '', headers: Record<string, string> = {}) => {
      response.writeHead(status, { 'content-length': Buffer.byteLength(text), ...headers });
      response.end(text);
    };
    const refuse = (status: number, code: string) =>
      answer(status, `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`, {
        'content-type': 'application/xml',
      });
    if (failing.count > 0) {
      failing = { ...failing, count: failing.count - 1 };
      return refuse(failing.status, failing.status === 503 ? 'SlowDown' : 'InternalError');
    }
    if (!isSigned(request, body, { accessKeyId, secretAccessKey })) return refuse(403, 'SignatureDoesNotMatch');
    const url = new URL(request.url ?? '/', 'http://bucket');
    const [name, ...rest] = url.pathname.slice(1).split('/').map(decodeURIComponent);
    const key = rest.join('/');
    if (name !== bucket) return refuse(404, 'NoSuchBucket');
    if (request.method === 'GET' && url.searchParams.get('list-type') === '2') {
      return answer(200, listOf(url.searchParams), { 'content-type': 'application/xml' });
    }
    if (request.method === 'PUT') {
      objects.set(key, body);
      return answer(200, '', { etag: `"${createHash('md5').update(body).digest('hex')}"` });
    }
    if (request.method === 'DELETE') {
      objects.delete(key);
      return answer(204);
    }
    const object = objects.get(key);
    return object === undefined ? refuse(404, 'NoSuchKey') : answer(200, object);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  function listOf(query: URLSearchParams): string {
    const after = query.get('continuation-token') ?? '';
    const keys = [...objects.keys()].filter((key) => key.startsWith(query.get('prefix') ?? '') && key > after).sort();
    const page = keys.slice(0, pageSize);
    const more = keys.length > page.length;
    const contents = page.map(
      (key) =>
        `<Contents><Key>${key}</Key><LastModified>2026-01-02T03:04:05.000Z</LastModified><Size>${objects.get(key)?.length}</Size></Contents>`,
    );
    return `<?xml version="1.0"?><ListBucketResult><Name>${bucket}</Name><KeyCount>${page.length}</KeyCount><IsTruncated>${more}</IsTruncated>${
      more ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : ''
    }${contents.join('')}</ListBucketResult>`;
  }

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    bucket,
    accessKeyId,
    secretAccessKey,
    objects,
    failNext(count, status) {
      failing = { count, status };
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** AWS Signature Version 4, computed from the request as it arrived. */
function isSigned(
  request: IncomingMessage,
  body: Buffer,
  key: { readonly accessKeyId: string; readonly secretAccessKey: string },
): boolean {
  const header =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/.exec(
      request.headers.authorization ?? '',
    );
  if (header === null) return false;
  const [, id, day = '', region = '', signedHeaders = '', signature = ''] = header;
  const [path = '', query = ''] = (request.url ?? '/').split('?');
  const hash = String(request.headers['x-amz-content-sha256']);
  if (id !== key.accessKeyId || hash !== sha256(body)) return false;
  const canonical = [
    request.method,
    path,
    query.split('&').sort().join('&'),
    ...signedHeaders.split(';').map((name) => `${name}:${String(request.headers[name]).trim()}`),
    '',
    signedHeaders,
    hash,
  ].join('\n');
  const scope = `${day}/${region}/s3/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', request.headers['x-amz-date'], scope, sha256(canonical)].join('\n');
  const signing = [day, region, 's3', 'aws4_request'].reduce<string | Buffer>(
    (secret, part) => createHmac('sha256', secret).update(part).digest(),
    `AWS4${key.secretAccessKey}`,
  );
  const expected = createHmac('sha256', signing).update(toSign).digest();
  return timingSafeEqual(expected, Buffer.from(signature, 'hex'));
}

function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

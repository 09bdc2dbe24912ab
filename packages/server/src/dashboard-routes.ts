import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { SystemRoute } from './app.ts';
import { newRequestId } from './core/ids.ts';
import type { Incoming, Reply } from './core/incoming.ts';
import { csprng } from './core/sources.ts';
import { notBuilt } from './not-built.ts';

/** The paths that are screens of the dashboard; its router reads the rest. All others keep their own answers. */
const screens = [
  '/',
  '/sign-in',
  '/sign-up',
  '/invitations/:id',
  '/admin/:screen',
  '/effects',
  '/effects/*',
  '/webhooks',
  '/webhooks/*',
  '/settings',
  '/customers',
  '/customers/*',
  '/onboardings',
  '/onboardings/*',
  '/invoices',
  '/invoices/*',
  '/scheduler',
  '/scheduler/*',
  '/randomness',
  '/randomness/*',
  '/verify',
  '/transparency',
  '/services/:service',
];

const contentTypes: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.ttf': 'font/ttf',
  '.pfb': 'application/octet-stream',
  '.bcmap': 'application/octet-stream',
  '.icc': 'application/vnd.iccprofile',
};

/** Smallest first. */
const encodings = [
  { name: 'br', suffix: '.br' },
  { name: 'gzip', suffix: '.gz' },
] as const;

const nonceMark = '%NONCE%';

/**
 * The dashboard: one page for all its screens, and the files that it loads. The folder is read when it is asked for, so
 * that a build beside the running server shows at once.
 *
 * @param folder what `scripts/builds.mjs` built
 */
export function dashboardRoutes(folder: string): SystemRoute[] {
  const page = async (): Promise<Reply> => {
    const html = await readOrNull(join(folder, 'index.html'));
    if (html === null) return notBuilt('The dashboard');
    const nonce = csprng.bytes(18).toString('base64');
    return {
      status: 200,
      headers: {
        ...common(),
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-cache',
        'content-security-policy': policyWith(nonce),
      },
      body: html.toString('utf8').replaceAll(nonceMark, nonce),
    };
  };
  const file = async (incoming: Incoming): Promise<Reply> => {
    const name = incoming.params['*'] ?? '';
    const contentType = contentTypes[extname(name)];
    // Names as the build makes them, in a folder at most: nothing that could lead out.
    if (contentType === undefined || !/^(?:[\w-]+\/)?[\w-]+(?:\.[\w-]+)+$/.test(name))
      return plain(404, 'There is no such file.');
    const { bytes, encoding } = await readSmallest(join(folder, 'assets', name), incoming.headers['accept-encoding']);
    if (bytes === null)
      return plain(404, 'There is no such file; reload the page, which may be older than the server.');
    return {
      status: 200,
      headers: {
        ...common(),
        'content-type': contentType,
        // What the build names by its contents, or puts into a folder with a version, never changes.
        'cache-control': /-[\w-]{8,}\.\w+$|\//.test(name) ? 'public, max-age=31536000, immutable' : 'no-cache',
        vary: 'accept-encoding',
        ...(encoding === null ? {} : { 'content-encoding': encoding }),
      },
      body: bytes,
    };
  };
  return [
    ...screens.map((path): SystemRoute => ({ method: 'GET', path, handle: page })),
    { method: 'GET', path: '/assets/*', handle: file },
  ];
}

/**
 * Scripts and requests stay with this server; inline scripts are refused. The component kit makes style elements, which
 * the page's nonce lets in.
 */
function policyWith(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
}

function common(): Record<string, string> {
  return {
    'x-request-id': newRequestId(),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
  };
}

function plain(status: number, text: string): Reply {
  return { status, headers: { ...common(), 'content-type': 'text/plain; charset=utf-8' }, body: `${text}\n` };
}

async function readSmallest(
  path: string,
  accepted: string | string[] | undefined,
): Promise<{ bytes: Buffer | null; encoding: string | null }> {
  const words = String(accepted ?? '').split(/\s*[,;]\s*/);
  for (const { name, suffix } of encodings) {
    const bytes = words.includes(name) ? await readOrNull(path + suffix) : null;
    if (bytes !== null) return { bytes, encoding: name };
  }
  return { bytes: await readOrNull(path), encoding: null };
}

async function readOrNull(path: string): Promise<Buffer | null> {
  try {
    return await readFile(path);
  } catch {
    return null;
  }
}

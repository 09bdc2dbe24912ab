import { hash } from 'node:crypto';
import { Markup, markup } from './markup.ts';
import { script, style } from './permalink-style.ts';
import type { PermalinkResult, PermalinkView } from './permalink-view.ts';
import { shorten, visiblePieces, visibleText } from './visible-text.ts';

/** Where a page points to; absolute, for whoever reads it in a chat window. */
export interface PageLinks {
  readonly image: string;
  /** The verification as JSON. */
  readonly json: string;
}

/** What goes with every page: nothing runs and nothing is fetched but what its hash is known of. */
export const pageHeaders = {
  'cache-control': 'no-store',
  'content-security-policy': [
    "default-src 'none'",
    `style-src '${sourceOf(style)}'`,
    `script-src '${sourceOf(script)}'`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  // The address of a test page holds the inputs of its outcome.
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const;

/** The page of an outcome. */
export function renderOutcome(view: PermalinkView, links: PageLinks): string {
  const { result, endpoint, shortId } = view;
  const title = titleOf(view);
  return renderPage({
    title,
    test: view.mode === 'test',
    head: markup`
${view.mode === 'test' ? markup`<meta name="robots" content="noindex">` : ''}
<link rel="canonical" href="${view.permalink}">
<meta name="description" content="${summaryOf(view)}">
<meta property="og:type" content="website">
<meta property="og:title" content="${title}">
<meta property="og:description" content="${summaryOf(view)}">
<meta property="og:url" content="${view.permalink}">
<meta property="og:image" content="${links.image}">
<meta property="og:image:type" content="image/png">
<meta property="og:image:width" content="1200">
<meta property="og:image:height" content="630">
<meta property="og:image:alt" content="${summaryOf(view)}">
<meta name="twitter:card" content="summary_large_image">
<meta name="twitter:title" content="${title}">
<meta name="twitter:description" content="${summaryOf(view)}">
<meta name="twitter:image" content="${links.image}">`,
    body: markup`
<h1>${endpoint} outcome <code>${shortId}</code></h1>
${renderVerdict(view)}
${result === null ? withheld : renderResult(result)}
<h2 id="record">Record</h2>
<dl aria-labelledby="record">
${renderRecord(view)}
</dl>
<h2>Check it yourself</h2>
${result === null ? checkWithheld : renderCheck(result)}
<p><a href="${links.json}">This record as JSON</a></p>`,
  });
}

/** The page of a short id that no outcome has. */
export function renderUnknown(): string {
  return renderPage({
    title: 'No such outcome',
    test: false,
    head: markup`<meta name="robots" content="noindex">`,
    body: markup`
<h1>No such outcome</h1>
<p>No outcome is known by this address. Compare it with the one you were given, letter by letter: capital and small
letters differ.</p>
<p>The address of a test outcome needs all of its parts, with what stands behind <code>?t=</code>.</p>`,
  });
}

const withheld = markup`
<h2>Result</h2>
<p>Withheld. This draw made a password: only its caller was told the values, and neither they nor the client seed and
the position they came from are shown to anybody else.</p>`;

const checkWithheld = markup`
<p>Without the withheld fields nobody else can draw it again. Its caller can, with the answer he was given.</p>`;

/** Longer lists are cut here, and say so; the JSON has all of it. */
const maxValues = 100;
const maxCharacters = 512;
const maxCopied = 8_192;

function renderVerdict({ verified, reason, mode }: PermalinkView): Markup {
  const verdict = verified ? 'Verified ✓' : 'Mismatch ✗';
  return markup`<section class="verdict ${verified ? 'good' : 'bad'}" aria-label="Verification">
<strong>${mode === 'test' ? `TEST · ${verdict}` : verdict}</strong>
<p>${reason}</p>
</section>`;
}

function renderResult({ values, sum, json }: PermalinkResult): Markup {
  const cut = values.length > maxValues;
  return markup`<h2 id="values">Values${values.length === 1 ? '' : ` (${counted(values.length)})`}</h2>
<ul class="values" aria-labelledby="values">${values.slice(0, maxValues).map((value) => markup`<li>${renderText(value)}</li>`)}</ul>
${cut ? markup`<p class="cut">… the first ${maxValues} of ${counted(values.length)} are shown.</p>` : ''}
${sum === null ? '' : markup`<p><strong>${sum}</strong></p>`}
${json.length > maxCopied ? '' : markup`<p class="soft"><span data-copy="${json}" data-label="the values as JSON">As JSON</span></p>`}`;
}

function renderRecord({ endpoint, serverHash, shortId, permalink, result }: PermalinkView): Markup[] {
  const rows: Markup[] = [row('Endpoint', endpoint)];
  if (result !== null) {
    const { parameters, clientSeed, nonce, cursor, created, serverSeed, commitId, receipt } = result;
    for (const { name, value } of parameters) rows.push(row(name, value));
    rows.push(copied('Client seed', clientSeed), row('Nonce', String(nonce)), row('Cursor', String(cursor)));
    rows.push(copied('Server hash', serverHash));
    rows.push(
      serverSeed === null
        ? labelled('Server seed', markup`<span class="soft">hidden until it is revealed</span>`)
        : copied('Server seed', serverSeed),
    );
    if (commitId !== null) rows.push(copied('Commit', commitId));
    if (receipt !== null) rows.push(copied('Receipt', receipt));
    rows.push(labelled('Created', renderCreated(created)));
  } else {
    rows.push(copied('Server hash', serverHash));
  }
  rows.push(copied('Short id', shortId), copied('Permalink', permalink));
  return rows;
}

function renderCreated(created: number | null): Markup {
  if (created === null) return markup`<span class="soft">not recorded: a test outcome is computed again</span>`;
  const at = new Date(created).toISOString();
  return markup`<time datetime="${at}">${at.replace('T', ' ').replace('Z', ' UTC')}</time>`;
}

/** The client seed stays out of the commands: whoever chose it would be writing into the reader's shell. */
function renderCheck({ nonce, cursor, serverSeed }: PermalinkResult): Markup {
  const round = Math.floor(cursor / 32);
  return markup`<ol>
<li>${
    serverSeed === null
      ? 'Wait for the server seed: it is shown here once its chain is rotated.'
      : 'Take the server seed from above. It is used as text, as it stands.'
  } Its SHA-256 must be the server hash:
<pre>printf %s "$SERVER_SEED" | sha256sum</pre></li>
<li>Compute the bytes of the draw, 32 at a time for round ${round}, ${round + 1}, …${
    cursor % 32 === 0 ? '' : ` The first ${cursor % 32} bytes are skipped.`
  }
<pre>printf %s "$CLIENT_SEED:${nonce}:${round}" | openssl dgst -sha256 -hmac "$SERVER_SEED"</pre></li>
<li>The values are read off these bytes from left to right, and must be exactly those above.</li>
<li>A seed chosen to your disadvantage is ruled out only if you knew the server hash before the client seed was
settled.</li>
</ol>`;
}

function row(label: string, value: string): Markup {
  return labelled(label, renderText(value));
}

function copied(label: string, value: string): Markup {
  return labelled(
    label,
    markup`<span data-copy="${value}" data-label="the ${label.toLowerCase()}">${renderText(value)}</span>`,
  );
}

function labelled(label: string, value: Markup): Markup {
  return markup`<dt>${label}</dt><dd>${value}</dd>\n`;
}

function renderText(value: string): Markup {
  const { text, of } = shorten(value, maxCharacters);
  const pieces = visiblePieces(text).map((piece) =>
    'text' in piece ? markup`${piece.text}` : markup`<mark>${piece.hidden}</mark>`,
  );
  return markup`<bdi>${pieces}</bdi>${of === null ? '' : markup` <span class="cut">(${counted(of)} characters in all)</span>`}`;
}

function titleOf({ mode, endpoint, shortId, verified }: PermalinkView): string {
  const verdict = verified ? 'verified ✓' : 'mismatch ✗';
  return `${mode === 'test' ? 'TEST · ' : ''}${endpoint} outcome ${shortId} · ${verdict}`;
}

function summaryOf({ mode, result, reason }: PermalinkView): string {
  const test = mode === 'test' ? 'TEST outcome, no chance in it. ' : '';
  if (result === null) return `${test}The result is withheld. ${reason}`;
  const { values, sum, clientSeed } = result;
  const some = shorten(visibleText(values.slice(0, 20).join(', ')), 120).text;
  const more = values.length > 20 ? `, … (${counted(values.length)} in all)` : '';
  return `${test}${some}${more}${sum === null ? '' : ` (${sum})`} · client seed ${shorten(visibleText(clientSeed), 60).text}`;
}

function counted(count: number): string {
  return count.toLocaleString('en');
}

function renderPage({ title, test, head, body }: { title: string; test: boolean; head: Markup; body: Markup }): string {
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="data:,">
${head}
<style>${new Markup(style)}</style>
</head>
<body class="${test ? 'test' : 'live'}">
${test ? banner : ''}
<main>
${body}
<footer>Provable randomness: anybody can check a draw, nobody has to trust it.</footer>
</main>
<script>${new Markup(script)}</script>
</body>
</html>
`.text;
}

const banner = markup`<aside class="banner" aria-label="Test outcome">
<strong>TEST</strong>
This outcome was drawn with a test key: it comes out the same every time, and whoever drew it could know it before.
Never accept it as a real draw.
</aside>`;

function sourceOf(text: string): string {
  return `sha256-${hash('sha256', text, 'base64')}`;
}

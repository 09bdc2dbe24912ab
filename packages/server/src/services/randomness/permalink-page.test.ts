import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { markup } from './markup.ts';
import { pageHeaders, renderOutcome, renderUnknown } from './permalink-page.ts';
import { type PermalinkView, type Verification, viewOf } from './permalink-view.ts';
import { visibleText } from './visible-text.ts';

const links = {
  image: 'https://fair.example/o/k7Qm2A9bXz/og.png',
  json: 'https://fair.example/api/verifyShortId?shortId=k7Qm2A9bXz',
};

const ints = {
  outcome: [39, 7, 94, 2, 52],
  endpoint: 'ints',
  clientSeed: 'bba625387fb64d772ff7da0ed6e71b16',
  serverHash: '158e995ed494f58c06d93e22f71554cf2126614174fde336aedf9a457dbf16f4',
  nonce: 400,
  cursor: 0,
  count: 5,
  min: 1,
  max: 100,
  created: 1_716_566_400_000,
  mode: 'live',
  shortId: 'k7Qm2A9bXz',
  permalink: 'https://fair.example/o/k7Qm2A9bXz',
  algorithm: 'hmac-sha256/1',
  receipt: 'f'.repeat(64),
  verified: true,
  reason: 'The chain still draws from the seed with this hash.',
} as const;

const redacted = {
  ...ints,
  outcome: null,
  clientSeed: null,
  nonce: null,
  cursor: null,
  count: null,
  min: null,
  max: null,
  created: null,
  receipt: undefined,
  toolMeta: { tool: 'password' },
  redacted: true,
};

function pageOf(verification: object): string {
  return renderOutcome(viewOf(verification as Verification), links);
}

describe('the page of an outcome', () => {
  it.each([
    { shows: 'endpoint', text: '<bdi>ints</bdi>' },
    { shows: 'the values in their order', text: '<li><bdi>39</bdi></li><li><bdi>7</bdi></li>' },
    { shows: 'parameters', text: '<dt>max</dt><dd><bdi>100</bdi></dd>' },
    { shows: 'client seed', text: `<bdi>${ints.clientSeed}</bdi>` },
    { shows: 'server hash', text: `<bdi>${ints.serverHash}</bdi>` },
    { shows: 'nonce', text: '<dt>Nonce</dt><dd><bdi>400</bdi></dd>' },
    { shows: 'cursor', text: '<dt>Cursor</dt><dd><bdi>0</bdi></dd>' },
    { shows: 'when it was drawn', text: '2024-05-24 16:00:00.000 UTC' },
    { shows: 'the verdict', text: 'Verified ✓' },
    { shows: 'its reason', text: ints.reason },
    { shows: 'that the seed is hidden', text: 'hidden until it is revealed' },
    { shows: 'how to check it', text: '$CLIENT_SEED:400:0' },
    { shows: 'the picture', text: `<meta property="og:image" content="${links.image}">` },
    { shows: 'a large card', text: '<meta name="twitter:card" content="summary_large_image">' },
    { shows: 'the way to the JSON', text: `<a href="${links.json}">` },
  ])('shows $shows', ({ text }) => {
    expect(pageOf(ints)).toContain(text);
  });

  it('says Mismatch where the record does not hold', () => {
    const page = pageOf({ ...ints, verified: false, reason: 'The revealed seed gives other values.' });
    expect(page).toContain('Mismatch ✗');
    expect(page).toContain('The revealed seed gives other values.');
    expect(page).not.toContain('Verified ✓');
  });

  it('shows the server seed and the items once the seed is revealed', () => {
    const page = pageOf({
      ...ints,
      endpoint: 'pick',
      outcome: 'rare',
      index: 1,
      weights: [70, 25, 5],
      serverSeed: 'a'.repeat(64),
      params: { items: ['common', 'rare', 'legendary'], weights: ['70', '25', '5'] },
    });
    expect(page).toContain(`<bdi>${'a'.repeat(64)}</bdi>`);
    expect(page).toContain('legendary');
    expect(page).toContain('item 2 of those');
  });

  it('shows what dice come to', () => {
    const page = pageOf({
      ...ints,
      endpoint: 'dice',
      outcome: { notation: '3d6+2', rolls: [3, 1, 6], modifier: 2, total: 12 },
      sides: 6,
      modifier: 2,
    });
    expect(page).toContain('total 12');
    expect(page).toContain('<dt>notation</dt><dd><bdi>3d6+2</bdi></dd>');
  });

  it('marks a live outcome nowhere as a test', () => {
    expect(pageOf(ints)).not.toMatch(/\bTEST\b|class="banner"/);
  });
});

describe('a test outcome', () => {
  const page = pageOf({ ...ints, mode: 'test', created: null, serverSeed: 'b'.repeat(64), rederived: true });
  it.each([
    { where: 'in the banner', text: '<strong>TEST</strong>' },
    { where: 'in colour', text: '<body class="test">' },
    { where: 'in the verdict', text: 'TEST · Verified ✓' },
    { where: 'in the title', text: '<title>TEST · ints outcome' },
    { where: 'in the social card', text: '<meta property="og:title" content="TEST · ints outcome' },
    { where: 'in its description', text: '<meta property="og:description" content="TEST outcome' },
  ])('is marked $where', ({ text }) => {
    expect(page).toContain(text);
  });
});

describe('what strangers wrote', () => {
  const hostile = `"><script>alert('x')</script><img src=x onerror=alert(1)>\`&amp;`;
  it.each([
    { what: 'client seed', fields: { clientSeed: hostile } },
    { what: 'item', fields: { endpoint: 'pick', index: 0, weights: null, outcome: hostile } },
    { what: 'item of a list', fields: { endpoint: 'shuffle', outcome: [hostile, { [hostile]: hostile }] } },
    { what: 'parameter', fields: { params: { items: [hostile] }, serverSeed: 'a' } },
    { what: 'item that looks like dice', fields: { endpoint: 'pick', index: 0, outcome: { rolls: [hostile] } } },
    { what: 'short id', fields: { shortId: hostile } },
  ])('stays text as $what', ({ fields }) => {
    const page = pageOf({ ...ints, ...fields });
    expect(page.match(/<script/g)).toHaveLength(1);
    expect(page).not.toContain('<img');
    expect(page).not.toContain(`alert('x')`);
    expect(page).toContain('&#60;script&#62;');
  });

  it('cannot turn the text around or hide in it', () => {
    expect(pageOf({ ...ints, clientSeed: 'a\u202eb\u200bc' })).toContain(
      '<bdi>a<mark>U+202E</mark>b<mark>U+200B</mark>c</bdi>',
    );
    expect(visibleText('a\u0000\u202e日本👩‍👩‍👧')).toBe('a[U+0000][U+202E]日本👩‍👩‍👧');
  });

  it('never stands in a command that a reader runs', () => {
    const page = pageOf({ ...ints, clientSeed: '$(reboot)' });
    for (const [command] of page.matchAll(/<pre>.*?<\/pre>/g)) expect(command).not.toContain('reboot');
  });

  it('is escaped wherever it is put into markup, once', () => {
    expect(markup`<p title="${'"'}">${markup`<b>${'<&'}</b>`}${[markup`<i>`, markup`</i>`]}</p>`.text).toBe(
      '<p title="&#34;"><b>&#60;&#38;</b><i></i></p>',
    );
  });
});

describe('a password', () => {
  it('loses everything that could give its result away', () => {
    const view = viewOf(redacted as unknown as Verification);
    expect(view.result).toBeNull();
    const page = renderOutcome(view, links);
    expect(page).toContain('Withheld');
    expect(page).toContain(ints.serverHash);
    expect(page).not.toMatch(/Client seed<|Nonce<|Cursor<|<dt>(count|min|max)<|null|undefined/);
  });
});

describe('what is long', () => {
  const many = { ...ints, endpoint: 'shuffle', outcome: Array.from({ length: 1000 }, (_, index) => `item-${index}`) };
  it('is cut, and says how long it was', () => {
    const page = pageOf(many);
    expect(page).toContain('item-99<');
    expect(page).not.toContain('item-100<');
    expect(page).toContain('the first 100 of 1,000 are shown');
  });

  it('says so of a single value too', () => {
    const page = pageOf({ ...ints, endpoint: 'bytes', encoding: 'hex', outcome: 'ab'.repeat(1024) });
    expect(page).toContain(`<bdi>${'ab'.repeat(256)}…</bdi>`);
    expect(page).toContain('(2,048 characters in all)');
  });

  it('is not cut inside a character', () => {
    const page = pageOf({ ...ints, endpoint: 'pick', index: 0, outcome: '😀'.repeat(600) });
    expect(page.isWellFormed()).toBe(true);
  });
});

describe('an unknown short id', () => {
  it('has a page that says what to compare', () => {
    const page = renderUnknown();
    expect(page).toContain('<h1>No such outcome</h1>');
    expect(page).not.toContain('og:image');
  });
});

describe('the Content-Security-Policy', () => {
  const policy = pageHeaders['content-security-policy'];
  it.each([
    { kind: 'style', pages: [pageOf(ints), renderUnknown()] },
    { kind: 'script', pages: [pageOf(ints), renderUnknown()] },
  ])('lets the one $kind of every page through, and nothing inline besides', ({ kind, pages }) => {
    for (const page of pages) {
      const found = [...page.matchAll(new RegExp(`<${kind}>([^]*?)</${kind}>`, 'g'))].map(([, text]) => text ?? '');
      expect(found).toHaveLength(1);
      const hash = createHash('sha256')
        .update(found[0] ?? '')
        .digest('base64');
      expect(policy).toContain(`${kind}-src 'sha256-${hash}'`);
      expect(page).not.toMatch(/ style="| on[a-z]+="/);
    }
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe');
  });
});

describe('the view', () => {
  const known = (view: PermalinkView) => view.result?.parameters.map(({ name, value }) => `${name}=${value}`);
  it.each([
    { of: 'ints', fields: {}, parameters: ['count=5', 'min=1', 'max=100'] },
    {
      of: 'a pick without weights',
      fields: { endpoint: 'pick', outcome: 'a', index: 0, count: 1, weights: null, min: undefined, max: undefined },
      parameters: ['count=1', 'weights=all equal'],
    },
    {
      of: 'dice',
      fields: {
        endpoint: 'dice',
        outcome: { notation: '2d6', rolls: [1, 2], modifier: 0, total: 3 },
        min: undefined,
        max: undefined,
      },
      parameters: ['notation=2d6'],
    },
  ])('names the parameters of $of', ({ fields, parameters }) => {
    expect(known(viewOf({ ...ints, ...fields } as unknown as Verification))).toEqual(parameters);
  });
});

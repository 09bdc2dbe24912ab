import { describe, expect, it } from 'vitest';
import { drawCard } from './card.ts';
import type { PermalinkResult, PermalinkView } from './permalink-view.ts';

const result: PermalinkResult = {
  clientSeed: 'alice',
  nonce: 400,
  cursor: 0,
  created: 1_716_566_400_000,
  values: ['39', '7', '94', '2', '52'],
  sum: null,
  json: '[39,7,94,2,52]',
  parameters: [],
  serverSeed: null,
  commitId: null,
  receipt: null,
};

const view: PermalinkView = {
  mode: 'live',
  shortId: 'card0',
  permalink: 'https://fair.example/o/card0',
  endpoint: 'ints',
  verified: true,
  reason: 'It holds.',
  serverHash: '1'.repeat(64),
  result,
};

function readPng(png: Uint8Array) {
  const bytes = Buffer.from(png);
  return {
    signature: bytes.subarray(0, 8).toString('hex'),
    header: bytes.subarray(12, 16).toString('latin1'),
    width: bytes.readUInt32BE(16),
    height: bytes.readUInt32BE(20),
  };
}

const size = { signature: '89504e470d0a1a0a', header: 'IHDR', width: 1200, height: 630 };

describe('the card', () => {
  it.each<{ of: string; shown: PermalinkView | null }>([
    { of: 'an outcome', shown: view },
    { of: 'a test outcome', shown: { ...view, mode: 'test' } },
    { of: 'nothing', shown: null },
    { of: 'a password', shown: { ...view, shortId: 'card1', result: null } },
    {
      of: 'a thousand items',
      shown: {
        ...view,
        shortId: 'card2',
        result: { ...result, values: Array.from({ length: 1000 }, (_, index) => `item ${index}`) },
      },
    },
    {
      of: 'texts of every script',
      shown: {
        ...view,
        shortId: 'card3',
        result: {
          ...result,
          clientSeed: '日本語 한국어 العربية עברית 👩‍👩‍👧‍👦🏴‍☠️ Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A͎̰ \u202e \ud83d',
          values: ['', ' ', '😀'.repeat(64), '\u0000\n', 'M'.repeat(256)],
        },
      },
    },
    { of: 'no value at all', shown: { ...view, shortId: 'card4', result: { ...result, values: [] } } },
    { of: 'one long value', shown: { ...view, shortId: 'card5', result: { ...result, values: ['7b'.repeat(1024)] } } },
  ])('of $of is a PNG of 1200 by 630', async ({ shown }) => {
    expect(readPng(await drawCard(shown))).toEqual(size);
  });

  it('differs for different outcomes and modes', async () => {
    const cards = await Promise.all([
      drawCard({ ...view, shortId: 'diff0' }),
      drawCard({ ...view, shortId: 'diff0', mode: 'test' }),
      drawCard({ ...view, shortId: 'diff0', verified: false }),
      drawCard({ ...view, shortId: 'diff1', result: { ...result, values: ['40'] } }),
      drawCard({ ...view, shortId: 'diff1', result: null, mode: 'test' }),
      drawCard(null),
    ]);
    expect(new Set(cards.map((card) => Buffer.from(card).toString('base64'))).size).toBe(cards.length);
  });

  it('shows the same pixels for whatever a password was', async () => {
    const shown = { ...view, shortId: 'pass0', result: null };
    const first = Buffer.from(await drawCard(shown));
    // Another reason is another card to the memory, so this one is drawn anew.
    expect(Buffer.from(await drawCard({ ...shown, reason: 'Another.' })).equals(first)).toBe(true);
  });
});

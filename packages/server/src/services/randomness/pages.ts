import { Type } from 'typebox';
import { RawBody, rawOutput } from '../../core/service.ts';
import { drawCard } from './card.ts';
import { type Ctx, contract, operation } from './contract.ts';
import { modeOfQuery, verifyById } from './lookups.ts';
import { pageHeaders, renderOutcome, renderUnknown } from './permalink-page.ts';
import { type PermalinkView, viewOf } from './permalink-view.ts';

const tag = 'Pages';

// Whatever stands in the address is answered with a page: it is people who come here.
const input = Type.Object({
  shortId: Type.String({ description: 'The public id of an outcome.' }),
  t: Type.Optional(Type.String({ description: 'The inputs of a test outcome, as its permalink carries them.' })),
});

export const page = operation({
  id: 'randomness.page',
  summary: 'The page of an outcome, for people',
  tag,
  method: 'GET',
  path: '//o/:shortId',
  scope: null,
  limited: false,
  anonymousMode: modeOfQuery,
  input,
  output: rawOutput('text/html'),
  errors: ['not_found'],
  run: async (ctx, { shortId, t }) => {
    const view = await findView(ctx, shortId, t);
    const type = 'text/html; charset=utf-8';
    if (view === null) return new RawBody(type, renderUnknown(), pageHeaders, 404);
    const query = t === undefined || view.mode === 'live' ? '' : `t=${encodeURIComponent(t)}`;
    const links = {
      image: `${ctx.publicUrl}/o/${view.shortId}/og.png${query === '' ? '' : `?${query}`}`,
      json: `${ctx.publicUrl}${contract.basePath}/verifyShortId?shortId=${view.shortId}${query === '' ? '' : `&${query}`}`,
    };
    return new RawBody(type, renderOutcome(view, links), pageHeaders);
  },
});

export const card = operation({
  id: 'randomness.card',
  summary: 'The picture of an outcome that is shown beside a link to its page',
  description: 'A PNG of 1200 by 630; a generic one when no outcome has the short id.',
  tag,
  method: 'GET',
  path: '//o/:shortId/og.png',
  scope: null,
  limited: false,
  anonymousMode: modeOfQuery,
  input,
  output: rawOutput('image/png'),
  run: async (ctx, { shortId, t }) => {
    // In a transaction of its own, so that none stays open while the card is drawn.
    const view = await ctx.separately((inner) => findView(inner, shortId, t));
    return new RawBody('image/png', await drawCard(view), {
      'cache-control': 'public, max-age=300',
      'x-content-type-options': 'nosniff',
    });
  },
});

async function findView(ctx: Ctx, shortId: string, token: string | undefined): Promise<PermalinkView | null> {
  if (!/^[0-9A-Za-z]{4,32}$/.test(shortId)) return null;
  const verification = await verifyById(ctx, shortId, token);
  return verification === null ? null : viewOf(verification);
}

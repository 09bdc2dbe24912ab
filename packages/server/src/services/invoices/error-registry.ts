import { Type } from 'typebox';
import { RawBody } from '../../core/service.ts';
import { error, operation } from './contract.ts';
import { errors } from './errors.ts';

const entrySchema = Type.Object({
  code: Type.String({ description: 'As answers have it.' }),
  status: Type.Integer({ description: 'The HTTP status.' }),
  title: Type.String({ description: 'For people.' }),
  when: Type.String({ description: 'When it is given.' }),
  retry: Type.String({ description: '`no`, `yes`, or `after` the time that `Retry-After` says.' }),
});

const entries = Object.entries(errors).map(([code, { status, title, when, retry }]) => ({
  code,
  status,
  title,
  when,
  retry,
}));

export const listErrors = operation({
  id: 'invoices.errors.list',
  summary: 'List every error code',
  tag: 'Registry',
  method: 'GET',
  path: '/errors',
  scope: null,
  anonymous: () => true,
  limited: false,
  input: Type.Object({}),
  output: Type.Object({ items: Type.Array(entrySchema, { description: 'Each.' }) }),
  run: () => ({ items: entries }),
});

export const getError = operation({
  id: 'invoices.errors.get',
  summary: 'Read about one error code',
  description: 'As a page for people whose browsers ask for one, as JSON otherwise.',
  tag: 'Registry',
  method: 'GET',
  path: '/errors/:code',
  scope: null,
  anonymous: () => true,
  limited: false,
  headers: { Accept: 'accept' },
  input: Type.Object({
    code: Type.String({ description: 'The code.' }),
    Accept: Type.Optional(Type.String({ description: 'What is read.' })),
  }),
  output: entrySchema,
  errors: ['error.not_found'],
  run: (_ctx, { code, Accept: accept }) => {
    const entry = entries.find((one) => one.code === code);
    if (entry === undefined) {
      throw error('error.not_found', `The registry has no code "${code.slice(0, 60)}"; /external/v1/errors lists all.`);
    }
    return accept?.includes('text/html') === true ? new RawBody('text/html; charset=utf-8', pageOf(entry)) : entry;
  },
});

const advice: Readonly<Record<string, string>> = {
  no: 'Sending the same request again gives the same answer: mend it first.',
  yes: 'The same request can succeed a little later.',
  after: 'The same request can succeed after the seconds that Retry-After names.',
};

function pageOf({ code, status, title, when, retry }: (typeof entries)[number]): string {
  const sentence = `${when.charAt(0).toUpperCase()}${when.slice(1)}.`.replaceAll('`', '');
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escaped(code)}</title>
<style>body{font:1rem/1.5 system-ui,sans-serif;max-width:40rem;margin:3rem auto;padding:0 1rem}code{font-size:1.1em}</style>
<h1>${escaped(title)}</h1>
<p><code>${escaped(code)}</code>, HTTP ${status}</p>
<p>${escaped(sentence)}</p>
<p>${escaped(advice[retry] ?? '')}</p>
</html>
`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

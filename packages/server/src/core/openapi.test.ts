import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Compile } from 'typebox/compile';
import { describe, expect, onTestFinished, test } from 'vitest';
import { describeEvents } from '../dispatch/webhooks/describe-events.ts';
import { services } from '../services/index.ts';
import { openApiOf } from './openapi.ts';

const root = fileURLToPath(new URL('../../../..', import.meta.url));

interface Shown {
  readonly operationId: string;
  readonly description: string;
  readonly parameters?: readonly { name: string; description?: string }[];
}

interface Document {
  readonly tags: readonly { name: string; description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Shown>>>>;
  readonly webhooks?: Readonly<Record<string, Readonly<Record<string, Shown>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, { description?: string }>> };
}

// Through JSON, as a reader receives it.
const documentOf = (service: (typeof services)[number]): Document =>
  JSON.parse(JSON.stringify(openApiOf(service, 'http://127.0.0.1:4000', describeEvents(service)))) as Document;

describe.each(services.map((service) => ({ name: service.contract.name, service })))('$name', ({ name, service }) => {
  const document = documentOf(service);
  const operations = [...Object.values(document.paths), ...Object.values(document.webhooks ?? {})].flatMap((item) =>
    Object.values(item),
  );

  test('a public linter finds nothing to complain about', () => {
    const folder = mkdtempSync(join(tmpdir(), 'interlock-tests-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const file = join(folder, `${name}.json`);
    writeFileSync(file, JSON.stringify(document, null, 2));
    const linter = spawnSync(
      process.execPath,
      ['node_modules/@redocly/cli/bin/cli.js', 'lint', '--config=redocly.yaml', '--format=json', file],
      {
        cwd: root,
        encoding: 'utf8',
        maxBuffer: 64 * 1024 * 1024,
        env: { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
      },
    );
    const report = JSON.parse(linter.stdout) as { problems: { ruleId: string; message: string }[] };
    expect(report.problems.map(({ ruleId, message }) => `${ruleId}: ${message}`)).toEqual([]);
  });

  test('every operation has a name of its own and a description', () => {
    const ids = operations.map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { operationId, description } of operations) {
      expect(operationId).toMatch(new RegExp(`^${name}\\.`));
      expect(description).toMatch(/\S\.$/);
    }
  });

  test('every tag, parameter, field and named schema is described', () => {
    const silent = [
      ...document.tags.filter((tag) => tag.description === tag.name).map((tag) => `tag ${tag.name}`),
      ...Object.entries(document.components.schemas).flatMap(([title, schema]) =>
        schema.description === undefined ? [title] : [],
      ),
      ...operations.flatMap(({ operationId, parameters = [] }) =>
        parameters.filter(({ description }) => !description).map((parameter) => `${operationId} ${parameter.name}`),
      ),
      ...undescribedFields(document.components.schemas, 'schemas'),
      ...undescribedFields(document.paths, 'paths'),
      ...undescribedFields(document.webhooks, 'webhooks'),
    ];
    expect(silent).toEqual([]);
  });

  test('the examples are what the schemas say', () => {
    for (const { id, input, output, example } of service.operations) {
      if (example === undefined) continue;
      const sent = Object.keys(example.input).filter((field) => !(field in input.properties));
      expect({ id, unknownFields: sent }).toEqual({ id, unknownFields: [] });
      const answer: unknown = JSON.parse(JSON.stringify(example.output));
      expect({ id, problems: Compile(output).Errors(answer) }).toEqual({ id, problems: [] });
    }
  });
});

function undescribedFields(value: unknown, at: string): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    if (key === 'example' || key === 'examples') return [];
    const fields = key === 'properties' ? Object.entries(inner as Record<string, Record<string, unknown>>) : [];
    const silent = fields.filter(([, field]) => !('$ref' in field) && !field.description);
    return [...silent.map(([field]) => `${at}.${field}`), ...undescribedFields(inner, `${at}/${key}`)];
  });
}

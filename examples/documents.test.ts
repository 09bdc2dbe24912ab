import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

/** Pages that people write; those that are generated are checked where they are generated. */
const pages = ['concepts', 'guides', 'services']
  .flatMap((folder) => readdirSync(join(root, 'docs', folder)).map((name) => `docs/${folder}/${name}`))
  .concat('docs/index.md', 'README.md');

/** Each has a test of its own, which does literally what it says. */
const followed = ['docs/guides/build-a-service.md', 'docs/guides/add-modes-to-your-api.md'];

interface Block {
  readonly page: string;
  readonly language: string;
  readonly code: string;
  /** The language of the block that follows at once. */
  readonly next: string | undefined;
}

const blocks = pages
  .filter((page) => !followed.includes(page))
  .flatMap((page): Block[] =>
    [...read(page).matchAll(/```([\w-]*)[^\n]*\n([\s\S]*?)```(?=\s*(?:```(\w+))?)/g)].map(
      ([, language = '', code = '', next]) => ({ page, language, code, next }),
    ),
  );
const inLanguages = (...languages: string[]): Block[] => blocks.filter(({ language }) => languages.includes(language));

const programs = readdirSync(join(root, 'examples'))
  .filter((name) => /\.(mjs|js|sh)$/.test(name))
  .map((name) => read(`examples/${name}`));

test.each(inLanguages('js', 'ts', 'mjs'))('$page quotes a program that the tests run: $code', ({ code }) => {
  const lines = code.trim();
  expect(programs.some((program) => program.includes(lines))).toBe(true);
});

test.each(inLanguages('sh'))('$page: $code', ({ code, next }) => {
  // Requests are run where their answers are held against the pages; programs and npm scripts where they are tested.
  if (code.startsWith('curl ') || code.startsWith('. .interlock/dev.env')) expect(next).toBe('json');
  else if (code.startsWith('npx interlock')) expectCommand(code);
  else if (/^npm (start|test)\n$/.test(code)) expect(read('package.json')).toContain(`"${code.trim().slice(4)}":`);
  else expect(programs.some((program) => program.includes(code.trim()))).toBe(true);
});

/** That a command and its options are among those of the program. */
function expectCommand(code: string): void {
  const reference = read('docs/reference/cli.md');
  for (const line of code.trim().split('\n')) {
    const words = line.split(/\s+/).slice(1);
    const option = words.findIndex((word) => word.startsWith('-'));
    const before = words.slice(0, option === -1 ? words.length : option);
    const sections = reference.split(/^#+ /m);
    // What follows the words of the command are its arguments.
    const section = before
      .map((_, at) => before.slice(0, before.length - at).join(' '))
      .map((command) => sections.find((text) => text.startsWith(`${command}\n`)))
      .find((found) => found !== undefined && !found.startsWith('interlock\n'));
    expect(section, `${before.join(' ')} is a command`).toBeDefined();
    for (const [name] of line.matchAll(/--[\w-]+/g)) {
      // Every command has that one.
      if (name !== '--json') expect(section, `${before.join(' ')} takes ${name}`).toContain(`\`${name}`);
    }
  }
}

test.each(
  inLanguages('console', 'bash', 'shell', '').flatMap(({ page, code }) =>
    [...code.matchAll(/^(?:\$ )?(?:\w+=\S+ )*(npx interlock [^\n|>#]*)/gm)].map(([, command = '']) => ({
      page,
      command,
    })),
  ),
)('$page: $command', ({ command }) => {
  expectCommand(command);
});

/** With those for whoever changes the code. */
const written = [...pages, 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'SECURITY.md'];

test('the scripts of npm that documents name are there', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: object };
  for (const page of written) {
    for (const [, name = ''] of read(page).matchAll(
      /\bnpm (?:run )?(start|test|check|bench|generate|front-door|(?<=run )[\w:-]+)/g,
    )) {
      const isOfWorkspace = new RegExp(`npm run ${name} --workspace`).test(read(page));
      if (!isOfWorkspace) expect(Object.keys(scripts), `${page} names npm run ${name}`).toContain(name);
    }
  }
});

test('the files and folders that documents name are there', () => {
  const places = ['', 'packages/server/src/', 'packages/server/src/core/', 'packages/server/src/dispatch/'];
  for (const page of [
    'ARCHITECTURE.md',
    'README.md',
    'SECURITY.md',
    ...readdirSync(join(root, 'docs/decisions')).map((name) => `docs/decisions/${name}`),
  ]) {
    for (const [, path = ''] of read(page).matchAll(/`((?:[\w.-]+\/)+(?:[\w.-]+\.(?:ts|mjs|md|json|sql))?)`/g)) {
      expect(
        places.some((place) => existsSync(join(root, place, path))),
        `${page} names ${path}`,
      ).toBe(true);
    }
  }
});

test('commands in text name what there is', () => {
  const reference = read('docs/reference/cli.md');
  for (const page of pages) {
    for (const [, command = ''] of read(page).matchAll(
      /`(?:npx )?interlock ([a-z]+(?: (?:create|list|rotate|revoke))?)/g,
    )) {
      expect(reference, `${page} names interlock ${command}`).toMatch(new RegExp(`^#+ interlock ${command}\\n`, 'm'));
    }
  }
});

test('every variable that the documents name is one of the configuration', () => {
  const known = read('docs/reference/configuration.md');
  const others =
    /^(INTERLOCK_(URL|EMAIL|PASSWORD)|(PIVOTAL|PARSEO|SCHED|PROVABLE|SHORTLINKS)_API_(KEY(_TEST)?|URL)|POSTGRES_\w+|SHOP_\w+|MAIL_URL)$/;
  for (const page of pages.filter((name) => name.startsWith('docs/guides'))) {
    const names = [...read(page).matchAll(/`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)(?:=[^`]*)?`/g)].map(
      ([, name = '']) => name,
    );
    const set = [...read(page).matchAll(/^([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)=/gm)].map(([, name = '']) => name);
    for (const name of [...names, ...set]) {
      if (!others.test(name)) expect(known, `${page} names ${name}`).toContain(`\`${name}\``);
    }
  }
});

test('the metrics that documents name are measured', () => {
  const measured = read('docs/reference/metrics.md');
  // Tables and roles are called so, too.
  const others = /^interlock_(effects|idempotency(_key)?|(live|test)(_dispatch)?|authenticator|console)$/;
  for (const page of written) {
    for (const [, name = ''] of read(page).matchAll(/`(interlock_\w+)`/g)) {
      if (!others.test(name)) expect(measured, `${page} names ${name}`).toContain(`\`${name}`);
    }
  }
});

test('a code that stands behind a status is given with that status', () => {
  const registry = read('docs/reference/errors.md');
  const ofTheGate = read('packages/client/src/gateway/gate.ts').replaceAll(/\s+/g, ' ');
  for (const page of pages) {
    for (const [, status = '', code = ''] of read(page).matchAll(
      /\b([45]\d\d)(?: answer)?,? `([a-z]+(?:[._][a-z_]+)+)`/g,
    )) {
      const isKnown = registry.includes(`| \`${code}\` | ${status} |`) || ofTheGate.includes(`${status}, '${code}'`);
      expect(isKnown, `${page} says ${status} ${code}`).toBe(true);
    }
  }
});

const sources = readdirSync(join(root, 'packages/server/src'), { recursive: true })
  .filter((file) => /(?<!\.test)\.ts$/.test(String(file)))
  .map((file) => read(`packages/server/src/${file}`));
const routes = sources
  .flatMap((source) => [...source.matchAll(/method: '([A-Z]+)',\s*path: [`'](?:\$\{[^}]+\})?([^`']+)[`']/g)])
  .map(([, method = '', path = '']) => ({ method, segments: segmentsOf(path) }))
  .filter(({ segments: [first = '*'] }) => first !== '*');

function segmentsOf(path: string): string[] {
  return path
    .replace(/\?.*/, '')
    .split('/')
    .filter((segment) => segment !== '' && segment !== '…')
    .map((segment) => segment.replace(/^(?::.+|\{.+\})$/, '*'));
}

test('the requests that documents name are answered', () => {
  const isEnd = (whole: readonly string[], end: readonly string[]) =>
    end.every((segment, index) => [segment, '*'].includes(whole[whole.length - end.length + index] ?? ''));
  for (const page of written) {
    for (const [, method = '', path = ''] of read(page).matchAll(/`(GET|POST|PUT|PATCH|DELETE) ([/…][^` ]*)/g)) {
      const named = segmentsOf(path);
      // Documents leave the beginning of a path out, and declarations their service's.
      const isAnswered = routes.some(
        (route) => route.method === method && (isEnd(route.segments, named) || isEnd(named, route.segments)),
      );
      const isOnItsOwn = sources.some((source) => source.includes(`'${path}'`));
      expect(isAnswered || isOnItsOwn, `${page} names ${method} ${path}`).toBe(true);
    }
  }
});

const wishes = read('docs/guides/common-wishes.md').split(/^## /m).slice(1);

test('the wishes are 25, each with a test or a decision', () => {
  expect(wishes.map((wish) => Number.parseInt(wish, 10))).toEqual(Array.from({ length: 25 }, (_, index) => index + 1));
  for (const wish of wishes) expect(wish).toMatch(/^- `[^`]+\.test\.ts`: “.+”$|\]\(\.\.\/decisions\/[\w-]+\.md\)/m);
});

const proofs = wishes.flatMap((wish) =>
  [...wish.matchAll(/^- `([^`]+)`: “(.+)”/gm)].map(([, file = '', title = '']) => ({ file, title })),
);

test.each(proofs)('the test that a wish names exists: $file: $title', ({ file, title }) => {
  expect(read(file).replaceAll("\\'", "'")).toContain(title);
});

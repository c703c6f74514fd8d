import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { check, exportsOf } from './compile.js';
import { fromMarkdown, fromSource, type Snippet } from './extract.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** What an example beside an export may use without importing it, besides the exports of its own package. */
const vocabulary = new Map([
  ...exportsOf('@brs/core'),
  ...[...exportsOf('@aws-sdk/client-s3')].filter(([name]) => /(Client|Command)$/.test(name)),
  ...[...exportsOf('node:child_process')].filter(([name]) => name === 'spawn'),
  ...[...exportsOf('node:fs/promises')].filter(([name]) => name === 'readFile'),
]);
const snippets: Snippet[] = await collect();
let problems: Map<Snippet, string[]>;

beforeAll(() => {
  problems = check(snippets);
});

test.each(snippets.map((snippet) => [`${snippet.file}:${snippet.line}`, snippet] as const))(
  '%s compiles',
  (_, snippet) => {
    expect(problems.get(snippet)).toEqual([]);
  },
);

test('there are snippets', () => {
  expect(snippets.length).toBeGreaterThan(0);
});

async function collect(): Promise<Snippet[]> {
  const read = (file: string) => readFile(join(root, file), 'utf8');
  const packages = (await readdir(join(root, 'packages'))).map((name) => `packages/${name}`);
  const examples = (await readdir(join(root, 'examples'))).map((name) => `examples/${name}`);
  const folders = ['.', 'docs', 'docs/cli', 'docs/recipes', ...packages, ...examples];
  const found: Snippet[] = [];
  for (const folder of folders) {
    const pages = (await readdir(join(root, folder))).filter((name) => name.endsWith('.md') && name !== 'CHANGELOG.md');
    for (const page of pages) found.push(...fromMarkdown(join(folder, page), await read(join(folder, page))));
  }
  for (const folder of packages) {
    const sources = (await readdir(join(root, folder, 'src'), { recursive: true })).filter((name) =>
      /(?<!\.test|\.test-d)\.ts$/.test(name),
    );
    const { name } = JSON.parse(await read(`${folder}/package.json`)) as { name: string };
    const known = new Map([...vocabulary, ...exportsOf(name)]);
    for (const source of sources) {
      const file = join(folder, 'src', source);
      for (const snippet of fromSource(file, await read(file))) found.push(withImports(snippet, known));
    }
  }
  return found;
}

/** An example beside an export is a few lines: it need not import what it explains, nor what every reader knows. */
function withImports(snippet: Snippet, known: Map<string, string>): Snippet {
  const imported = snippet.code.match(/^import [\s\S]*?;$/gm)?.join() ?? '';
  const missing = [...known].filter(([name]) => {
    const word = new RegExp(`\\b${name}\\b`);
    const declared = new RegExp(`\\b(class|const|function|interface|let|type) ${name}\\b`);
    return word.test(snippet.code) && !word.test(imported) && !declared.test(snippet.code);
  });
  // On the first line, so that the numbers of the lines stay.
  return { ...snippet, code: [...missing.map(([, statement]) => statement), snippet.code].join(' ') };
}

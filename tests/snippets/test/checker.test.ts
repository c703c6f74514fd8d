/** The checker itself: what it finds, and that a mistake in a snippet does not pass. */
import { expect, test } from 'vitest';
import { check } from './compile.js';
import { fromMarkdown, fromSource } from './extract.js';

const problemsOf = (...codes: string[]) => {
  const snippets = codes.map((code, index) => ({ file: `page-${index}.md`, line: 10, code }));
  const problems = check(snippets);
  return snippets.map((snippet) => problems.get(snippet));
};

test('finds the blocks of Markdown that are TypeScript, and where they stand', () => {
  const page = [
    '# Page',
    '```ts',
    'const a = 1;',
    '```',
    '```sh',
    'npm i',
    '```',
    '- list',
    '  ```typescript',
    '  const b = 2;',
    '  ```',
    '',
  ];
  expect(fromMarkdown('page.md', page.join('\n'))).toEqual([
    { file: 'page.md', line: 3, code: 'const a = 1;\n' },
    { file: 'page.md', line: 10, code: 'const b = 2;\n' },
  ]);
});

test('leaves out what must not compile', () => {
  expect(fromMarkdown('page.md', '```ts no-check\nconst a: string = 1;\n```\n')).toEqual([]);
});

test('finds the examples of a comment', () => {
  const source = [
    '/** No example. */',
    '/**',
    ' * @example',
    ' * ```ts',
    ' * first();',
    ' *',
    ' * second();',
    ' * ```',
    ' */',
    'x();',
    '',
  ];
  expect(fromSource('x.ts', source.join('\n'))).toEqual([{ file: 'x.ts', line: 5, code: 'first();\n\nsecond();\n' }]);
});

test('reports a mistake at its line', () => {
  expect(problemsOf('const right = 1;\nconst wrong: string = 1;\n')).toEqual([
    ["page-0.md:11 Type 'number' is not assignable to type 'string'."],
  ]);
});

test('does not let one snippet import a method for another', () => {
  const session = "new RefreshableSession({ method: 'custom', source: () => session.credentials() });";
  const [withImport, without] = problemsOf(
    `import { RefreshableSession } from '@brs/core';\nimport '@brs/custom';\n${session}`,
    `import { RefreshableSession } from '@brs/core';\n${session}`,
  );
  expect(withImport).toEqual([]);
  expect(without).not.toEqual([]);
});

test('keeps declarations that are merged apart', () => {
  const merge = (type: string) =>
    `declare module '@brs/core' { interface SessionMethods { other: { option: ${type} } } }`;
  expect(problemsOf(merge('string'), merge('number'))).toEqual([[], []]);
});

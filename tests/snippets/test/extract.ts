/**
 * Finds the TypeScript snippets of the documentation: fenced `ts` and `typescript` blocks of Markdown files, and of the
 * TSDoc comments of sources. A block fenced as `ts no-check` is left out; that is for code that must not compile.
 */

/** A snippet and where it stands. */
export interface Snippet {
  /** The file, relative to the top of the workspace. */
  readonly file: string;
  /** The line of its first line, from 1. */
  readonly line: number;
  readonly code: string;
}

const fence = /^( *(?:\* )?)(`{3,})(\S*) *(.*)\n((?:.*\n)*?)\1\2 *$/gm;

/** The snippets of a Markdown file. */
export function fromMarkdown(file: string, text: string): Snippet[] {
  return blocks(file, text, 1);
}

/** The snippets of the TSDoc comments of a source. */
export function fromSource(file: string, text: string): Snippet[] {
  return [...text.matchAll(/\/\*\*[\s\S]*?\*\//g)].flatMap((comment) =>
    blocks(file, comment[0], lineAt(text, comment.index)),
  );
}

function blocks(file: string, text: string, firstLine: number): Snippet[] {
  return [...text.matchAll(fence)]
    .filter(([, , , language = '', info = '']) => /^(ts|typescript)$/.test(language) && !/\bno-check\b/.test(info))
    .map(({ index, 1: indent = '', 5: body = '' }) => ({
      file,
      line: firstLine + lineAt(text, index),
      code: body
        .split('\n')
        .map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line.trimStart().replace(/^\*$/, '')))
        .join('\n'),
    }));
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length;
}

/** The documentation as a test reads it: the files that it shows, and the commands. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** A fenced block. */
export interface Block {
  readonly language: string;
  /** What stands beside the language: the name of the file that the block is, or nothing. */
  readonly title: string;
  readonly text: string;
}

/** The folder of the documentation. */
export const docs: string = fileURLToPath(new URL('../../../../docs/', import.meta.url));

/** The blocks of a page, such as `recipes/docker.md`. */
export async function readPage(page: string): Promise<Block[]> {
  const text = await readFile(`${docs}${page}`, 'utf8');
  return [...text.matchAll(/^```(\S*) *(.*)\n([\s\S]*?)^```$/gm)].map(([, language = '', title = '', body = '']) => ({
    language,
    title,
    text: body,
  }));
}

/** The commands of a page that are to be run, block by block. */
export function commandsOf(blocks: readonly Block[]): string[] {
  return blocks.filter(({ language, title }) => language === 'sh' && title === '').map(({ text }) => text);
}

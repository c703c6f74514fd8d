/** The results for a person: a line for each check, what to do below it, and the first cause once more at the end. Pure. */
import { styleText } from 'node:util';
import { printable } from '../printable.js';
import { firstCause, type Result } from './examine.js';

/** How it is shown. */
export interface Look {
  /** Characters in a line; `Infinity` where nobody counts them. */
  readonly width: number;
  readonly hasColors: boolean;
  /** Whether checks that do not apply are shown too. */
  readonly isWhole: boolean;
}

type Style = Parameters<typeof styleText>[0];

const marks: Readonly<Record<Result['state'], readonly [mark: string, style: Style]>> = {
  ok: ['✔', 'green'],
  warning: ['▲', 'yellow'],
  failed: ['✖', 'red'],
  'not reached': ['?', 'gray'],
  'not applicable': ['–', 'gray'],
};

/** The text, without the end of its last line. */
export function reportText(results: readonly Result[], { width, hasColors, isWhole }: Look): string {
  const style = (how: Style, text: string): string => (hasColors ? styleText(how, text) : text);
  const shown = results.filter(({ state }) => isWhole || state !== 'not applicable');
  const indent = Math.max(...shown.map(({ title }) => title.length)) + 4;
  const lines = (text: string, from: number): string[] => wrap(printable(text), Math.max(width - from, 24));
  const below = (from: number, text: string): string[] =>
    lines(text, from + 2).map((line, index) => `${' '.repeat(from)}${index === 0 ? '→ ' : '  '}${line}`);

  const cause = firstCause(results);
  const table = shown.flatMap((result) => {
    const { title, state, found, advice } = result;
    const [mark, color] = marks[state];
    const [first = '', ...others] = lines(found, indent);
    return [
      `${style(color, mark)} ${style('bold', title.padEnd(indent - 2))}${state === 'not reached' ? style('gray', first) : first}`,
      ...others.map((line) => ' '.repeat(indent) + line),
      // What to do about the first cause stands at the end.
      ...(advice && result !== cause ? below(indent, advice) : []),
    ];
  });
  if (!cause) return [...table, '', 'Everything is fine.'].join('\n');
  const { title, state, found, advice } = cause;
  const [, color] = marks[state];
  const words = { failed: 'First cause', warning: 'To look at' }[state as string] ?? 'Not looked at';
  return [
    ...table,
    '',
    style('bold', style(color, `${words}: ${title}`)),
    ...lines(found, 2).map((line) => `  ${line}`),
    ...(advice ? below(2, advice) : []),
  ].join('\n');
}

/** Words in lines of some width. A word that is longer has a line of its own, whole, so that it can be copied. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

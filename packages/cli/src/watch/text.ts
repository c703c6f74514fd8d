/** Text for a terminal: its width on the screen, durations, and the few colours there are, by what they mean. */
import cliTruncate from 'cli-truncate';
import picocolors from 'picocolors';
import stringWidth from 'string-width';
import type { State } from './state.js';
import { printable } from '../printable.js';

/** Paints a text, or leaves it as it is. */
export type Paint = (text: string) => string;

/** The colours. What they say is always said in words as well. */
export interface Palette {
  readonly strong: Paint;
  readonly faint: Paint;
  readonly selected: Paint;
  /** A state that only a newer `brs serve` knows has no colour. */
  state(name: State): Paint;
}

/** The palette, or one that paints nothing. */
export function paletteFor(coloured: boolean): Palette {
  const { bold, dim, inverse, green, cyan, yellow, red } = picocolors.createColors(coloured);
  const states: Readonly<Record<State, Paint>> = {
    'no set': red,
    expired: red,
    refused: red,
    urgent: yellow,
    failing: yellow,
    starting: cyan,
    refreshing: cyan,
    due: cyan,
    fresh: green,
    'no expiry': green,
    closed: dim,
  };
  return {
    strong: bold,
    faint: dim,
    selected: inverse,
    state: (name) => (Object.hasOwn(states, name) ? states[name] : (text) => text),
  };
}

/** Whether this terminal, and who uses it, wants colours: `NO_COLOR`, `FORCE_COLOR`, `TERM`. */
export const isColourWanted: boolean = picocolors.isColorSupported;

/** Cuts or fills a text to exactly this many columns. What would move the cursor is taken out. */
export function fit(text: string, columns: number): string {
  if (columns <= 0) return '';
  const short = cut(printable(text), columns);
  return short + ' '.repeat(Math.max(0, columns - stringWidth(short)));
}

/** Cuts a line that may be painted. */
export function cut(line: string, columns: number): string {
  return cliTruncate(line, columns);
}

/** Puts a text at the right end of so many columns. */
export function fitRight(text: string, columns: number): string {
  const short = fit(text, columns).trimEnd();
  return ' '.repeat(Math.max(0, columns - stringWidth(short))) + short;
}

/** Breaks a text at its spaces into lines of at most so many columns. What is beyond the last line is cut. */
export function wrap(text: string, columns: number, most: number): string[] {
  const lines: string[] = [];
  let rest = printable(text).trim();
  while (rest && lines.length < most) {
    if (lines.length === most - 1 || stringWidth(rest) <= columns) {
      lines.push(fit(rest, columns).trimEnd());
      break;
    }
    const fitting = lengthIn(rest, columns);
    const at = rest.lastIndexOf(' ', fitting);
    const length = at > fitting / 2 ? at : fitting;
    lines.push(rest.slice(0, length).trimEnd());
    rest = rest.slice(length).trimStart();
  }
  return lines;
}

/** How much of a text, in UTF-16 units, is at most so many columns wide: some characters take two. */
function lengthIn(text: string, columns: number): number {
  let [length, width] = [0, 0];
  for (const character of text) {
    width += stringWidth(character);
    if (width > columns) break;
    length += character.length;
  }
  return Math.max(1, length);
}

/** A count with thousands separated. */
export function count(value: number): string {
  return value.toLocaleString('en-US');
}

/** `1 session`, `2 sessions`. */
export function plural(value: number, word: string): string {
  return `${count(value)} ${word}${value === 1 ? '' : 's'}`;
}

/** Milliseconds for a person, in at most seven columns up to a hundred days. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const [minutes, hours, days] = [60, 3600, 86_400].map((unit) => Math.floor(seconds / unit)) as [
    number,
    number,
    number,
  ];
  if (days > 0) return `${days}d ${hours % 24}h`;
  if (hours > 0) return `${hours}h ${minutes % 60}m`;
  if (minutes > 0) return `${minutes}m ${seconds % 60}s`;
  return `${seconds}s`;
}

/** The time of day here, and the day as well where it is not that of `now`. */
export function clock(at: number, now: number): string {
  const [date, today] = [new Date(at), new Date(now)];
  const two = (value: number): string => String(value).padStart(2, '0');
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':');
  if (date.toDateString() === today.toDateString()) return time;
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${time}`;
}

/** Text for a terminal: its width on the screen, its place in a column, and colours that mean something. */
import cliTruncate from 'cli-truncate';
import { createColors } from 'picocolors';
import stringWidth from 'string-width';
import type { SliceState } from '../stats.js';
import type { Tone } from '../snapshot.js';

/** Paints a text, or leaves it as it is. */
export type Paint = (text: string) => string;

/** The few colours there are, by what they mean. */
export interface Palette {
  readonly strong: Paint;
  readonly faint: Paint;
  readonly tones: Readonly<Record<Tone, Paint>>;
  readonly slices: Readonly<Record<SliceState, Paint>>;
}

/** The palette, or one that paints nothing. */
export function paletteFor(coloured: boolean): Palette {
  const { bold, dim, green, cyan, yellow, red } = createColors(coloured);
  return {
    strong: bold,
    faint: dim,
    tones: { calm: green, busy: cyan, warning: yellow, trouble: red },
    slices: { idle: dim, good: green, delayed: yellow, failed: red },
  };
}

/** Cuts or fills a text to exactly this many columns. */
export function fit(text: string, columns: number): string {
  const cut = cliTruncate(text, columns);
  return cut + ' '.repeat(Math.max(0, columns - stringWidth(cut)));
}

/** Puts a text at the right end of so many columns. */
export function fitRight(text: string, columns: number): string {
  const cut = cliTruncate(text, columns);
  return ' '.repeat(Math.max(0, columns - stringWidth(cut))) + cut;
}

/** A count with thousands separated. */
export function count(value: number): string {
  return value.toLocaleString('en-US');
}

/** Milliseconds as seconds or minutes, for a person. */
export function duration(ms: number, decimals = 1): string {
  return ms < 100_000 ? `${(ms / 1000).toFixed(decimals)} s` : `${(ms / 60_000).toFixed(decimals)} min`;
}

/** An instant of the run, always as wide. */
export function stamp(elapsedMs: number): string {
  return `${(elapsedMs / 1000).toFixed(1).padStart(6)} s`;
}

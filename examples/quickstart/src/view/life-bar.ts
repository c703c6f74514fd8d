/** What is left of a set of credentials, as a bar that empties to the left, and below it what happens when it gets there. */
import type { SideSnapshot, Tone } from '../snapshot.js';
import { fit, type Palette } from './text.js';

/** A part of the bar, from the left. */
interface Zone {
  readonly labels: readonly string[];
  readonly columns: number;
  readonly tone: Tone;
}

/** Two lines of exactly `width` columns. */
export function drawLifeBar(set: SideSnapshot['set'], width: number, palette: Palette): [bar: string, windows: string] {
  if (!set) return [palette.faint('·'.repeat(width)), ' '.repeat(width)];
  const zones = zonesOf(set, width);
  const filled = Math.round((set.leftMs / set.lifetimeMs) * width);
  let bar = '';
  let windows = '';
  let column = 0;
  for (const { labels, columns, tone } of zones) {
    const full = Math.min(Math.max(filled - column, 0), columns);
    bar += palette.tones[tone]('█'.repeat(full)) + palette.faint('░'.repeat(columns - full));
    windows += palette.faint(bracket(labels, columns));
    column += columns;
  }
  return [bar, fit(windows, width)];
}

function zonesOf(set: NonNullable<SideSnapshot['set']>, width: number): Zone[] {
  const columnsOf = (ms: number): number => Math.round((ms / set.lifetimeMs) * width);
  const mandatory = Math.max(1, columnsOf(set.mandatoryMs));
  const advisory = Math.max(mandatory, columnsOf(set.advisoryMs ?? set.mandatoryMs));
  const zones: Zone[] = [
    { labels: ['every request waits for STS', 'requests wait', 'wait'], columns: mandatory, tone: 'warning' },
    {
      labels: ['refreshes in the background', 'background refresh', 'refresh'],
      columns: advisory - mandatory,
      tone: 'busy',
    },
    { labels: ['nothing to do', 'fresh'], columns: width - advisory, tone: 'calm' },
  ];
  return zones.filter(({ columns }) => columns > 0);
}

/** `╰─ fresh ─╯` in so many columns, with the longest label that there is room for. */
function bracket(labels: readonly string[], columns: number): string {
  if (columns === 1) return '╵';
  const room = columns - 2;
  const text = labels.flatMap((label) => [` ${label} `, label]).find(({ length }) => length <= room) ?? '';
  const left = Math.floor((room - text.length) / 2);
  return `╰${'─'.repeat(left)}${text}${'─'.repeat(room - text.length - left)}╯`;
}

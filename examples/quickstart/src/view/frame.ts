/** A moment of the run as the lines of a screen. Pure: the same moment and size give the same lines. */
import type { SideSnapshot, Snapshot, Tone } from '../snapshot.js';
import { drawLifeBar } from './life-bar.js';
import { count, duration, fit, fitRight, type Palette } from './text.js';
import { drawTimeAxis } from './time-axis.js';

/** The room that there is. */
export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

const labelWidth = 14;
const gap = '  ';

/** At most so many of the latest events are shown, where there is room for any. */
const mostEvents = 12;

/** A group of lines. When the screen is too low, those with the highest number go first. */
interface Block {
  readonly lines: readonly string[];
  readonly droppedFirst: number;
}

/**
 * Draws at most `rows` lines of at most `columns` columns.
 *
 * @param events what happened so far, the latest last; shown where the screen is high enough
 */
export function drawFrame(
  snapshot: Snapshot,
  events: readonly string[],
  { columns, rows }: ScreenSize,
  palette: Palette,
): string[] {
  const width = Math.max(40, columns - 2);
  const blocks = blocksOf(snapshot, width, palette);
  const height = (kept: readonly Block[]): number => kept.reduce((sum, { lines }) => sum + lines.length, 0);
  let kept = blocks;
  while (height(kept) > rows) {
    const first = Math.max(...kept.map(({ droppedFirst }) => droppedFirst));
    if (first === 0) break;
    kept = kept.filter(({ droppedFirst }) => droppedFirst !== first);
  }
  const room = Math.min(mostEvents, rows - height(kept) - 1);
  const latest = room > 0 ? events.slice(-room).map((event) => palette.faint(event)) : [];
  return [...kept.flatMap(({ lines }) => lines), ...(latest.length > 0 ? ['', ...latest] : [])]
    .slice(0, rows)
    .map((line) => fit(` ${line}`, columns).trimEnd());
}

function blocksOf(snapshot: Snapshot, width: number, palette: Palette): Block[] {
  const { strong, faint, tones } = palette;
  const { ours, sdk, phases, phase, elapsedMs, totalMs } = snapshot;
  const cell = Math.floor((width - labelWidth - gap.length) / 2);
  const clock = `${duration(elapsedMs)} of ${duration(totalMs, 0)}`;
  const row = (label: string, left: string, right?: string): string =>
    faint(fit(label, labelWidth)) + (right === undefined ? left : `${fit(left, cell)}${gap}${right}`);
  const bars = [ours, sdk].map(({ set }) => drawLifeBar(set, cell, palette));
  const [oursBar = ['', ''], sdkBar = ['', '']] = bars;
  const figure = (label: string, of: (side: SideSnapshot) => number, tone?: Tone): string => {
    const text = (side: SideSnapshot): string => {
      const value = of(side);
      const padded = fitRight(count(value), 8);
      return tone && value > 0 ? tones[tone](padded) : padded;
    };
    return row(label, text(ours), text(sdk));
  };
  const blank = (droppedFirst: number): Block => ({ lines: [''], droppedFirst });
  return [
    {
      lines: [`${strong(fit('Two ways to keep AWS clients authenticated', width - clock.length))}${faint(clock)}`],
      droppedFirst: 0,
    },
    { lines: [faint(snapshot.description)], droppedFirst: 6 },
    blank(9),
    { lines: drawTimeAxis(snapshot, width, labelWidth, palette), droppedFirst: 4 },
    blank(8),
    {
      lines:
        phases.length > 0
          ? [row('STS now', phase ? tones.trouble(`${phase.name}: ${phase.meaning}`) : tones.calm('well')), '']
          : [],
      droppedFirst: 3,
    },
    { lines: [row('', strong(ours.title), strong(sdk.title))], droppedFirst: 0 },
    {
      lines: [row('', tones[ours.state.tone](ours.state.text), tones[sdk.state.tone](sdk.state.text))],
      droppedFirst: 1,
    },
    { lines: [row('time left', timeLeft(ours), timeLeft(sdk)), row('', oursBar[0], sdkBar[0])], droppedFirst: 2 },
    { lines: [row('', oursBar[1], sdkBar[1])], droppedFirst: 5 },
    {
      lines: [
        figure('requests', ({ totals }) => totals.requests),
        figure('failed', ({ totals }) => totals.failed, 'trouble'),
        figure('delayed', ({ totals }) => totals.delayed, 'warning'),
        figure('waiting now', ({ waiting }) => waiting),
        figure('refreshes', ({ totals }) => totals.refreshes),
        figure('source calls', ({ totals }) => totals.sourceCalls),
      ],
      droppedFirst: 0,
    },
  ];
}

function timeLeft({ set }: SideSnapshot): string {
  return set ? fitRight(duration(set.leftMs), 8) : fitRight('none', 8);
}

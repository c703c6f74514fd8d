/** The run from left to right: what STS does, and below it what became of the requests of each side at the same time. */
import type { Snapshot } from '../snapshot.js';
import type { SliceState } from '../stats.js';
import { fit, type Palette } from './text.js';

const glyphs: Record<SliceState, string> = { idle: '·', good: '▁', delayed: '▄', failed: '█' };
const severity: readonly SliceState[] = ['idle', 'good', 'delayed', 'failed'];

/** The rows, each with a label of `labelWidth` columns. */
export function drawTimeAxis(snapshot: Snapshot, width: number, labelWidth: number, palette: Palette): string[] {
  const columns = width - labelWidth;
  const { ours, sdk, phases } = snapshot;
  const row = (label: string, text: string): string => fit(label, labelWidth) + text;
  const { slices, faint } = palette;
  const key = (state: SliceState, meaning: string): string => `${slices[state](glyphs[state])} ${faint(meaning)}`;
  return [
    ...(phases.length > 0
      ? [row('', faint(phaseLabels(snapshot, columns))), row('STS', stsRow(snapshot, columns, palette))]
      : []),
    row('brs', historyRow(ours.history, columns, palette)),
    row('SDK', historyRow(sdk.history, columns, palette)),
    row('', [key('good', 'at once'), key('delayed', 'over 100 ms'), key('failed', 'failed')].join('   ')),
  ];
}

/** Each phase's name above its beginning. */
function phaseLabels({ phases, totalMs }: Snapshot, columns: number): string {
  let labels = '';
  for (const { name, startMs } of phases) {
    const at = Math.floor((startMs / totalMs) * columns);
    if (at >= labels.length && at + name.length <= columns) labels = `${labels.padEnd(at)}${name} `;
  }
  return labels.trimEnd();
}

function stsRow({ phases, totalMs, elapsedMs }: Snapshot, columns: number, { tones, faint }: Palette): string {
  const cellMs = totalMs / columns;
  return Array.from({ length: columns }, (_, index) => {
    const from = index * cellMs;
    const failing = phases.some(({ startMs, endMs }) => startMs < from + cellMs / 2 && endMs > from - cellMs / 2);
    const isPast = from <= elapsedMs;
    if (failing) return isPast ? tones.trouble('█') : faint('░');
    return isPast ? tones.calm('▁') : faint('·');
  }).join('');
}

function historyRow(history: readonly SliceState[], columns: number, { slices }: Palette): string {
  return Array.from({ length: columns }, (_, index) => {
    const from = Math.floor((index * history.length) / columns);
    const to = Math.max(from + 1, Math.floor(((index + 1) * history.length) / columns));
    const state = worst(history.slice(from, to));
    return slices[state](glyphs[state]);
  }).join('');
}

function worst(states: readonly SliceState[]): SliceState {
  return states.reduce<SliceState>(
    (bad, state) => (severity.indexOf(state) > severity.indexOf(bad) ? state : bad),
    'idle',
  );
}

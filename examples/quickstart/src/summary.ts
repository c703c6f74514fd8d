/** What a run came to: as a table beside the other side, and as the one JSON object. */
import { delayedAfterMs, type Stats, type Totals } from './stats.js';
import { count, fit, fitRight, type Palette } from './view/text.js';

/** A side whose run is over. */
export interface Result {
  readonly title: string;
  readonly stats: Stats;
}

/** The object that `--json` prints. */
export function toJson(ours: Result, sdk: Result): { ours: Totals; sdk: Totals } {
  return { ours: ours.stats.totals, sdk: sdk.stats.totals };
}

/** The lines of the summary. */
export function drawSummary(
  ours: Result,
  sdk: Result,
  { brokenOff }: { brokenOff: boolean },
  palette: Palette,
): string[] {
  const { strong, faint, tones } = palette;
  const labelWidth = 25;
  const columnWidth = Math.max(ours.title.length, sdk.title.length);
  const row = (label: string, left: string, right: string): string =>
    `${fit(label, labelWidth)}${fitRight(left, columnWidth)}   ${fitRight(right, columnWidth)}`;
  const figure = (label: string, of: (stats: Stats) => number): string =>
    row(label, count(of(ours.stats)), count(of(sdk.stats)));
  const errors = [ours, sdk].flatMap(({ title, stats }) =>
    stats.errors.length > 0
      ? [`${title}: ${stats.errors.map(([name, times]) => `${name} (${count(times)})`).join(', ')}`]
      : [],
  );
  const { failed, requests } = ours.stats.totals;
  const verdict =
    failed > 0
      ? tones.trouble(`${ours.title} failed ${count(failed)} of ${count(requests)} requests.`)
      : tones.calm(`${ours.title} failed no request${brokenOff ? ' until Ctrl-C' : ''}.`);
  return [
    strong(row('', ours.title, sdk.title)),
    figure('requests', ({ totals }) => totals.requests),
    figure('failed', ({ totals }) => totals.failed),
    faint(figure('  with an error', ({ totals, unanswered }) => totals.failed - unanswered)),
    faint(figure('  never answered', ({ unanswered }) => unanswered)),
    figure(`delayed over ${delayedAfterMs} ms`, ({ totals }) => totals.delayed),
    figure('refreshes', ({ totals }) => totals.refreshes),
    figure('source calls', ({ totals }) => totals.sourceCalls),
    ...(errors.length > 0 ? ['', ...errors.map(faint)] : []),
    '',
    verdict,
  ];
}

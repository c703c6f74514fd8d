/** The figures, in the order of the table, and how they share the machine. */

/** A figure as the runner knows it. */
export interface FigureEntry {
  /** For `--only`, and the file in `figures/`. */
  readonly name: string;
  /**
   * - `alone`: takes times, so that nothing else may run.
   * - `any time`: counts, and is soon done.
   * - `in the background`: counts, and does next to nothing for minutes while credentials get old.
   */
  readonly runs: 'alone' | 'any time' | 'in the background';
}

export const figures: readonly FigureEntry[] = [
  { name: 'source-calls', runs: 'any time' },
  { name: 'delayed-requests', runs: 'alone' },
  { name: 'outage', runs: 'in the background' },
  { name: 'hang', runs: 'in the background' },
  { name: 'short-lifetime', runs: 'any time' },
  { name: 'clock-ahead', runs: 'any time' },
  { name: 'revoked', runs: 'any time' },
  { name: 'fresh-path', runs: 'alone' },
  { name: 'spread', runs: 'any time' },
  { name: 'heap', runs: 'any time' },
  { name: 'bundles', runs: 'any time' },
  { name: 'imports', runs: 'alone' },
  { name: 'first-credentials', runs: 'alone' },
  { name: 'device-refresh', runs: 'alone' },
];

/** What a figure is: rows that hold a number of ours against a target and, where there is one, against the SDK's. */

/** Who is measured: `fromTemporaryCredentials`, a shared `fromNodeProviderChain({ profile })`, and a session. */
export type ContestantName = 'explicit' | 'best' | 'ours';

/** What the numbers of a row are, which decides how they are printed. */
export type Unit = 'count' | '%' | 'µs' | 'ms' | '×' | 'bytes';

/** One line of the table. */
export interface Row {
  readonly title: string;
  readonly unit: Unit;
  /** Absent where there is nothing to compare with. */
  readonly explicit?: number | undefined;
  readonly best?: number | undefined;
  readonly ours: number;
  /** The target: ours must be at most this. */
  readonly atMost: number;
}

/** What a figure gives. */
export interface Measured {
  readonly rows: readonly Row[];
  /** What belongs to the rows and is no target: absolute times, where the time went, what else was counted. */
  readonly notes?: readonly string[];
}

/** How a figure is to be taken. */
export interface RunOptions {
  /** Shorter phases and fewer rounds: to see that everything works, not for the numbers. */
  readonly quick: boolean;
}

/** What the module of a figure exports as `run`. */
export type RunFigure = (options: RunOptions) => Promise<Measured>;

/** Whether a row reached its target. */
export function isReached({ ours, atMost }: Row): boolean {
  return ours <= atMost;
}

/** Counts what happened to the requests of one side, in total and over the time of the run. Knows no clock: it is told the time. */

/** A request that took longer than this, in milliseconds, counts as delayed, whatever its outcome. */
export const delayedAfterMs = 100;

/** What is counted. */
export interface Totals {
  /** Requests that were sent. */
  readonly requests: number;
  /** Those that ended with an error, and those that had no answer when the run was over. */
  readonly failed: number;
  /** Those that took over 100 ms, and those that had no answer when the run was over. */
  readonly delayed: number;
  /** Sets of credentials that the source issued, the first one included. */
  readonly refreshes: number;
  /** Requests to the source of credentials, failed ones included. */
  readonly sourceCalls: number;
}

/** What became of the requests that were sent in one slice of the run. Worse outcomes come later. */
export type SliceState = 'idle' | 'good' | 'delayed' | 'failed';

interface Slice {
  open: number;
  sent: number;
  delayed: number;
  failed: number;
  lastSentMs: number;
}

/** The counts of one side. */
export class Stats {
  refreshes = 0;
  sourceCalls = 0;
  #requests = 0;
  #delayed = 0;
  #unanswered = 0;
  #open = 0;
  #ended = false;
  #lastFailure: { name: string; atMs: number } | undefined;
  #lastDelayMs = -Infinity;
  #lastEndMs = 0;
  readonly #errors = new Map<string, number>();
  readonly #slices: Slice[];
  readonly #sliceMs: number;

  /**
   * @param totalMs how long the run lasts
   * @param slices into how many equal slices its history is divided
   */
  constructor(totalMs: number, slices: number) {
    this.#sliceMs = totalMs / slices;
    this.#slices = Array.from({ length: slices }, () => ({ open: 0, sent: 0, delayed: 0, failed: 0, lastSentMs: 0 }));
  }

  /** Counts a request that is sent. The function that comes back is told when it has ended, and how if it failed. */
  send(atMs: number): (endedMs: number, error?: unknown) => void {
    const slice = this.#sliceAt(atMs);
    this.#requests++;
    this.#open++;
    slice.sent++;
    slice.open++;
    slice.lastSentMs = atMs;
    return (endedMs, error) => {
      if (this.#ended) return;
      this.#open--;
      slice.open--;
      this.#lastEndMs = endedMs;
      if (endedMs - atMs > delayedAfterMs) {
        this.#delayed++;
        slice.delayed++;
        this.#lastDelayMs = endedMs;
      }
      if (error === undefined) return;
      const name = error instanceof Error ? error.name : typeof error;
      this.#errors.set(name, (this.#errors.get(name) ?? 0) + 1);
      this.#lastFailure = { name, atMs: endedMs };
      slice.failed++;
    };
  }

  /**
   * Counts no more. Requests that still wait were not answered, which is a failure to whoever sent them; but not in a
   * run that was broken off.
   */
  end({ brokenOff }: { readonly brokenOff: boolean }): void {
    if (this.#ended) return;
    this.#ended = true;
    if (brokenOff) return;
    this.#unanswered += this.#open;
    this.#delayed += this.#open;
    this.#open = 0;
    for (const slice of this.#slices) {
      slice.failed += slice.open;
      slice.open = 0;
    }
  }

  get totals(): Totals {
    const { refreshes, sourceCalls } = this;
    const failed = this.#unanswered + [...this.#errors.values()].reduce((sum, count) => sum + count, 0);
    return { requests: this.#requests, failed, delayed: this.#delayed, refreshes, sourceCalls };
  }

  /** Requests that wait for an answer now. */
  get waiting(): number {
    return this.#open;
  }

  /** Requests that had no answer when the run was over. */
  get unanswered(): number {
    return this.#unanswered;
  }

  /** The errors by name, the most frequent first. */
  get errors(): readonly (readonly [name: string, count: number])[] {
    return [...this.#errors].sort(([, a], [, b]) => b - a);
  }

  /** The name of the error of the latest failure, if there was one since then. */
  failureSince(sinceMs: number): string | undefined {
    return this.#lastFailure && this.#lastFailure.atMs >= sinceMs ? this.#lastFailure.name : undefined;
  }

  /** Whether no request has ended since then although some wait. */
  isStuckSince(sinceMs: number): boolean {
    return this.#open > 0 && this.#lastEndMs < sinceMs;
  }

  /** Whether a request ended late since then. */
  wasDelayedSince(sinceMs: number): boolean {
    return this.#lastDelayMs >= sinceMs;
  }

  /** The history in slices of equal length. A request that has waited too long by now counts as delayed already. */
  history(nowMs: number): SliceState[] {
    return this.#slices.map(({ sent, open, delayed, failed, lastSentMs }) => {
      if (failed > 0) return 'failed';
      if (delayed > 0 || (open > 0 && nowMs - lastSentMs > delayedAfterMs)) return 'delayed';
      return sent > 0 ? 'good' : 'idle';
    });
  }

  #sliceAt(atMs: number): Slice {
    const index = Math.min(Math.floor(atMs / this.#sliceMs), this.#slices.length - 1);
    return this.#slices[index] as Slice;
  }
}

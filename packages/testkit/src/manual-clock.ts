/** A clock that stands still until a test moves it, so that no test of timing sleeps. */
import type { Clock, ClockTimer } from '@brs/core';

interface Timer {
  readonly dueAt: number;
  readonly callback: () => void;
}

/**
 * A manual {@link Clock}. Time and timers move only with {@link ManualClock.advance}.
 *
 * @example
 * ```ts
 * import { RefreshableSession } from '@brs/core';
 * import { ManualClock, ScriptedSource, scriptedStrategy } from '@brs/testkit';
 *
 * const clock = new ManualClock();
 * const source = new ScriptedSource({ clock, lifetimeSeconds: 900 });
 * const session = new RefreshableSession({ strategy: scriptedStrategy(source), clock });
 * await session.getCredentials();
 * await clock.advance(14 * 60_000);
 * ```
 */
export class ManualClock implements Clock {
  #now: number;
  /** Time since the start as a machine's uptime counts it: timers run by this, whatever the wall clock does. */
  #elapsed = 0;
  readonly #timers = new Set<Timer>();

  /** @param start The first instant, in epoch milliseconds. Default: 1 January 2026, 00:00 UTC. */
  constructor(start: number = Date.UTC(2026, 0, 1)) {
    this.#now = start;
  }

  /** Milliseconds since the epoch. Bound, so that it can be handed on as a function. */
  readonly now = (): number => this.#now;

  /** How many timers are running. */
  get timers(): number {
    return this.#timers.size;
  }

  startTimer(callback: () => void, delayMs: number): ClockTimer {
    const timer: Timer = { dueAt: this.#elapsed + Math.max(0, delayMs), callback };
    this.#timers.add(timer);
    return { ref: () => undefined, cancel: () => void this.#timers.delete(timer) };
  }

  /** Moves time forward by `ms` and fires the timers that come due, in their order, each with its consequences. */
  async advance(ms: number): Promise<void> {
    const end = this.#elapsed + ms;
    for (;;) {
      const due = [...this.#timers].filter(({ dueAt }) => dueAt <= end).sort((a, b) => a.dueAt - b.dueAt)[0];
      const step = (due?.dueAt ?? end) - this.#elapsed;
      this.#elapsed += step;
      this.#now += step;
      if (!due) break;
      this.#timers.delete(due);
      due.callback();
      await settled();
    }
    await settled();
  }

  /** Changes what the clock shows, forward or back, without letting time pass: somebody set the clock, or the machine slept. */
  jump(ms: number): void {
    this.#now += ms;
  }
}

/** Resolves when everything that was ready to run has run. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

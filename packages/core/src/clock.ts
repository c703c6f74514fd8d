/** The machine's clock, and timers longer than what Node can hold in one. */
import type { Clock, ClockTimer } from './contract.js';

export const systemClock: Clock = {
  now: Date.now,
  startTimer(callback, delayMs) {
    const timer = setTimeout(callback, delayMs).unref();
    return { ref: () => void timer.ref(), cancel: () => clearTimeout(timer) };
  },
};

/** The longest delay of a Node timer; a longer one would fire at once. */
const longestDelayMs = 2 ** 31 - 1;

/** A timer that may be longer than 2^31-1 ms, in whole milliseconds: a timer that fires a fraction early would be set again and again. */
export function startLongTimer(clock: Clock, callback: () => void, delayMs: number): ClockTimer {
  if (delayMs <= longestDelayMs) return clock.startTimer(callback, Math.ceil(delayMs));
  let timer = clock.startTimer(() => {
    timer = startLongTimer(clock, callback, delayMs - longestDelayMs);
  }, longestDelayMs);
  return { ref: () => timer.ref(), cancel: () => timer.cancel() };
}

const goldenRatio = (Math.sqrt(5) - 1) / 2;
let position = Math.random();

/**
 * Uniform in [0, 1), and evenly spread over the calls of one process: steps of the golden ratio from a random start.
 * A thousand sessions that start together refresh in a more even stream than with independent draws, and two processes
 * are as unrelated as ever.
 */
export function evenlySpread(): number {
  position = (position + goldenRatio) % 1;
  return position;
}

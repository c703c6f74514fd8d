/** The machine's clock, and the jitter of its process. */
import type { Clock } from './contract.js';

export const systemClock: Clock = {
  now: Date.now,
  startTimer(callback, delayMs) {
    const timer = setTimeout(callback, delayMs).unref();
    // Node keeps a list for each duration until that has gone by, which can be hours. With the last timer in it that is
    // cancelled it drops the list, but only where that timer holds the process.
    return { ref: () => void timer.ref(), cancel: () => clearTimeout(timer.ref()) };
  },
};

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

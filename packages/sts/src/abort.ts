/** Waiting that ends with an abort signal. */
import type { Clock } from '@brs/core';

/** The promise's outcome, or the signal's reason if that comes first. */
export function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const giveUp = (): void => reject(signal.reason as Error);
    if (signal.aborted) giveUp();
    signal.addEventListener('abort', giveUp, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp));
  });
}

/** Waits by the given clock. The process stays alive: somebody waits for the outcome. */
export async function sleep(delayMs: number, clock: Clock, signal: AbortSignal): Promise<void> {
  let wake!: () => void;
  const rested = new Promise<void>((resolve) => (wake = resolve));
  const timer = clock.startTimer(wake, delayMs);
  timer.ref();
  try {
    await untilAborted(rested, signal);
  } finally {
    timer.cancel();
  }
}

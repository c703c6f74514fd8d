import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it, vi } from 'vitest';
import { systemClock } from './clock.js';

it('a timer that was cancelled leaves nothing behind, however long it would have run', () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const heapAfter = (count: number): number => {
    for (let index = 0; index < count; index++) systemClock.startTimer(() => {}, 3_600_000 + index / 3).cancel();
    collect();
    return process.memoryUsage().heapUsed;
  };
  const before = heapAfter(1000);
  // A list for each of their 33,333 durations would be about 4.5 MB.
  expect(heapAfter(100_000) - before).toBeLessThan(2_000_000);
});

it('a timer can be cancelled while it fires, and after', async () => {
  const fired = vi.fn();
  await new Promise<void>((resolve) => {
    const timer = systemClock.startTimer(() => {
      fired();
      timer.cancel();
      resolve();
    }, 1);
    timer.ref();
  });
  const timer = systemClock.startTimer(fired, 1);
  await vi.waitFor(() => expect(fired).toHaveBeenCalledTimes(2));
  timer.cancel();
});

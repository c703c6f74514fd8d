import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { tellReady } from './systemd.js';

describe('systemd is told that the service is ready', () => {
  let told: string[];
  let count: number;
  let stopping: AbortController;
  let answer: () => void;
  const begin = (): Promise<void> =>
    tellReady({
      first: new Promise((resolve) => (answer = resolve)),
      stopping: stopping.signal,
      status: () => `${count} of 2`,
      tell: async (...states) => void told.push(states.join(' ')),
    });
  beforeEach(() => {
    vi.useFakeTimers();
    [told, count, stopping] = [[], 0, new AbortController()];
  });
  afterEach(() => void vi.useRealTimers());

  it('at the first answer of every session', async () => {
    const telling = begin();
    count = 2;
    answer();
    await telling;
    expect(told).toEqual(['--ready --status=2 of 2']);
  });

  it('after a time where a source does not answer, and then how it is when it does', async () => {
    const telling = begin();
    count = 1;
    await vi.advanceTimersByTimeAsync(29_000);
    expect(told).toEqual([]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(told).toEqual(['--ready --status=1 of 2']);
    count = 2;
    answer();
    await telling;
    expect(told.slice(1)).toEqual(['--status=2 of 2']);
  });

  it.each([0, 31_000])('but not after the end (%i ms)', async (waitedMs) => {
    const telling = begin();
    await vi.advanceTimersByTimeAsync(waitedMs);
    const before = told.length;
    stopping.abort();
    answer();
    await telling;
    expect(told).toHaveLength(before);
  });
});

import type { RefreshableSession } from '@brs/core';
import { describe, expect, it } from 'vitest';
import { fetchFirstSets } from './first-sets.js';

describe('first sets', () => {
  it('are fetched so many at a time, all of them, and also where some fail', async () => {
    let [opened, underWay, most] = [0, 0, 0];
    const open = (): RefreshableSession => {
      const number = opened++;
      most = Math.max(most, ++underWay);
      const ready = async (): Promise<void> => {
        await new Promise((resolve) => setImmediate(resolve));
        underWay--;
        if (number % 3 === 0) throw new Error('down');
      };
      return { ready } as RefreshableSession;
    };
    await fetchFirstSets(
      Array.from({ length: 100 }, () => open),
      new AbortController().signal,
      { atOnce: 7 },
    );
    expect(opened).toBe(100);
    expect(most).toBe(7);
  });

  it('are fetched of the others where a session cannot be opened', async () => {
    let opened = 0;
    const open = (): RefreshableSession => {
      if (++opened === 3) throw new Error('a file has gone');
      return { ready: () => Promise.resolve() } as RefreshableSession;
    };
    await fetchFirstSets(
      Array.from({ length: 10 }, () => open),
      new AbortController().signal,
      { atOnce: 2 },
    );
    expect(opened).toBe(10);
  });

  it('are not begun any more once it is to end', async () => {
    const end = new AbortController();
    let opened = 0;
    const open = (): RefreshableSession => {
      if (++opened === 10) end.abort();
      return { ready: () => Promise.resolve() } as RefreshableSession;
    };
    await fetchFirstSets(
      Array.from({ length: 100 }, () => open),
      end.signal,
      { atOnce: 1 },
    );
    expect(opened).toBe(10);
  });
});

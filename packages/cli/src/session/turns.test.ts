import { describe, expect, it } from 'vitest';
import { Turns } from './turns.js';

/** Calls that end when they are told to, in the order in which they are made. */
class Calls {
  made = 0;
  readonly #underWay: (() => void)[] = [];

  readonly call = (): Promise<void> => {
    this.made++;
    return new Promise((resolve) => this.#underWay.push(resolve));
  };

  /** Ends the oldest, and lets what follows from that happen. */
  async end(): Promise<void> {
    this.#underWay.shift()?.();
    await settled();
  }
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('turns', () => {
  it('are taken by so many at a time, also where calls fail', async () => {
    const turns = new Turns(3);
    let [underWay, most] = [0, 0];
    const call = async (): Promise<void> => {
      most = Math.max(most, ++underWay);
      await settled();
      if (underWay-- % 2 === 0) throw new Error('down');
    };
    await Promise.allSettled(Array.from({ length: 20 }, () => turns.take(call)));
    expect([underWay, most]).toEqual([0, 3]);
  });

  it('are not waited for any longer than the caller wants to', async () => {
    const [turns, calls, caller] = [new Turns(1), new Calls(), new AbortController()];
    const first = turns.take(calls.call);
    const givenUp = turns.take(calls.call, caller.signal);
    const reason = new Error('enough');
    caller.abort(reason);
    await expect(givenUp).rejects.toBe(reason);
    const last = turns.take(calls.call);
    await calls.end();
    expect(calls.made).toBe(2);
    await Promise.all([first, calls.end(), last]);
    // All places are free again, and are nothing for who has given up before.
    await expect(turns.take(calls.call, caller.signal)).rejects.toBe(reason);
    void turns.take(calls.call);
    expect(calls.made).toBe(3);
  });

  it('come to all in so many rounds where all come at once, and each has time for a part of them', async () => {
    const [turns, calls] = [new Turns(4), new Calls()];
    let [left, rounds] = [1000, 0];
    for (; left > 0; rounds++) {
      const callers = Array.from({ length: left }, () => new AbortController());
      const round = callers.map(({ signal }) => turns.take(calls.call, signal).then(() => left--));
      const outcomes = Promise.allSettled(round);
      for (let ended = 0; ended < 196; ended++) await calls.end();
      for (const caller of callers) caller.abort();
      for (let underWay = 0; underWay < 4; underWay++) await calls.end();
      await outcomes;
    }
    expect(rounds).toBe(5);
    expect(calls.made).toBe(1000);
  });

  it('are worth something also while twice as many come as there are turns', async () => {
    const turns = new Turns(1);
    const callers: { readonly limit: number; readonly time: AbortController }[] = [];
    let [made, served] = [0, 0];
    let underWay: { readonly doneAt: number; readonly limit: number; end(error?: Error): void } | undefined;
    // A call takes two instants, one comes at each, and each has time for ten.
    for (let now = 0; now < 300; now++) {
      const [limit, time] = [now + 10, new AbortController()];
      const call = (): Promise<void> => {
        made++;
        return new Promise((resolve, reject) => {
          underWay = { doneAt: now + 2, limit, end: (error) => (error ? reject(error) : resolve()) };
        });
      };
      callers.push({ limit, time });
      turns.take(call, time.signal).then(
        () => served++,
        () => undefined,
      );
      while (callers[0] && callers[0].limit <= now) callers.shift()?.time.abort();
      if (underWay && underWay.doneAt <= now) underWay.end();
      else if (underWay && underWay.limit <= now) underWay.end(new Error('too late'));
      await settled();
    }
    expect(served).toBeGreaterThan(140);
    expect(made - served).toBeLessThan(10);
  });
});

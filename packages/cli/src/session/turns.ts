/**
 * Lets so many calls be under way at a time. The others wait for their turn, each for as long as its caller does.
 *
 * The next is the one that came last. Where more come than can be made, the one that came first has the least time left: to
 * make the calls in their order would be to give each of them up halfway, all the time. This way every turn is worth
 * something, and who is given up comes again, as the last.
 */
export class Turns {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  /** @param atOnce - calls that are under way at a time. */
  constructor(atOnce: number) {
    this.#free = atOnce;
  }

  /** Makes the call when it is its turn. After the signal it is not made any more: throws the signal's reason, at once. */
  async take<Value>(call: () => Promise<Value>, signal?: AbortSignal): Promise<Value> {
    signal?.throwIfAborted();
    if (this.#free > 0) this.#free--;
    else await this.#turn(signal);
    try {
      return await call();
    } finally {
      const next = this.#waiting.pop();
      if (next) next();
      else this.#free++;
    }
  }

  #turn(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const begin = (): void => {
        signal?.removeEventListener('abort', giveUp);
        resolve();
      };
      const giveUp = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(begin), 1);
        reject(signal?.reason as Error);
      };
      this.#waiting.push(begin);
      signal?.addEventListener('abort', giveUp, { once: true });
    });
  }
}

/** Connections to one server, kept and used again. None holds up the end of the process. */
import type { Link } from './link.js';
import { NotConnected } from './tunnel.js';

/** Somebody closed the pool meanwhile. Another one will do. */
export class PoolClosed extends NotConnected {
  constructor() {
    super('the connections were closed');
  }
}

export class Pool {
  readonly #open: (signal: AbortSignal) => Promise<Link>;
  readonly #idle: Link[] = [];
  /** Of the connections that are being made. */
  readonly #opening = new Set<AbortController>();
  readonly #waiting: (() => void)[] = [];
  #free: number;
  #isClosed = false;

  /** @param size how many connections there are at most. */
  constructor(open: (signal: AbortSignal) => Promise<Link>, size: number) {
    this.#open = open;
    this.#free = size;
  }

  /** Runs some work with a connection, which is kept afterwards if it is ready again. Nothing is begun once the signal is aborted. */
  async use<Result>(signal: AbortSignal, work: (link: Link) => Promise<Result>): Promise<Result> {
    await this.#turn(signal);
    try {
      const link = this.#takeIdle() ?? (await this.#openLink(signal));
      try {
        return await work(link);
      } finally {
        if (link.isReady && !this.#isClosed) this.#idle.push(link);
        else link.end();
      }
    } finally {
      this.#free += 1;
      this.#waiting.shift()?.();
    }
  }

  async #turn(signal: AbortSignal): Promise<void> {
    while (this.#free === 0) {
      signal.throwIfAborted();
      await new Promise<void>((resolve, reject) => {
        this.#waiting.push(resolve);
        signal.addEventListener('abort', () => {
          const place = this.#waiting.indexOf(resolve);
          if (place >= 0) this.#waiting.splice(place, 1);
          reject(signal.reason as Error);
        });
      });
    }
    this.#free -= 1;
  }

  #takeIdle(): Link | undefined {
    for (;;) {
      const link = this.#idle.pop();
      // What the server has closed has ended by itself.
      if (!link || link.isReady) return link;
    }
  }

  async #openLink(signal: AbortSignal): Promise<Link> {
    if (this.#isClosed) throw new PoolClosed();
    const controller = new AbortController();
    const abort = (): void => controller.abort(signal.reason);
    signal.addEventListener('abort', abort);
    if (signal.aborted) abort();
    this.#opening.add(controller);
    try {
      return await this.#open(controller.signal);
    } finally {
      this.#opening.delete(controller);
      signal.removeEventListener('abort', abort);
    }
  }

  /** Ends the idle connections at once, those that are being made, and those in use when they come back. */
  close(): void {
    this.#isClosed = true;
    for (const link of this.#idle.splice(0)) link.end();
    for (const controller of this.#opening) controller.abort(new PoolClosed());
  }
}

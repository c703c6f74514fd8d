/**
 * Connections to one server, kept and used again, by the CRT's connection manager. It looks after what aws-crt 1.33 leaves
 * open: an idle connection is kept for a while only, none holds up the end of the process, each is given back exactly once, and
 * no request is made on one that is closed, because a refused request is freed twice there, which ends the process.
 */
import type { http } from 'aws-crt';
import { NoAnswer } from './exchange.js';
import { closeAtExit, isClosed } from './pool-exit.js';

type Connection = http.HttpClientConnection;

/**
 * How long a connection is kept without a request. A server ends idle connections too; to send on one in the very moment
 * when it does so is what this avoids.
 */
const idleMs = 30_000;
/** How long a new connection is watched: a server that refuses a device may close it right after the handshake. */
const settleMs = 2;
/** What takes longer than this was no connection that lay ready, but a handshake. */
const readyMs = 10;
const maxRounds = 5;

/** Somebody closed the pool meanwhile. Another one will do. */
export class PoolClosed extends Error {}

export class Pool {
  readonly #manager: http.HttpClientConnectionManager;
  readonly #inUse = new Set<Connection>();
  readonly #waiting: (() => void)[] = [];
  #free: number;
  #connecting = 0;
  #idle: NodeJS.Timeout | undefined;
  #closed = false;

  /** @param size how many connections there are at most, as the manager has it. */
  constructor(manager: http.HttpClientConnectionManager, size: number) {
    this.#manager = manager;
    this.#free = size;
    closeAtExit(this);
  }

  get closed(): boolean {
    return this.#closed;
  }

  get connecting(): boolean {
    return this.#connecting > 0;
  }

  /** Runs some work with a connection. One with which it fails is not used again. Nothing is begun once the signal is aborted. */
  async use<Result>(signal: AbortSignal, work: (connection: Connection) => Promise<Result>): Promise<Result> {
    clearTimeout(this.#idle);
    await this.#turn(signal);
    try {
      const connection = await this.#openConnection(signal);
      let failed = true;
      try {
        const result = await work(connection);
        failed = false;
        return result;
      } finally {
        this.#release(connection, failed);
      }
    } finally {
      this.#free += 1;
      this.#waiting.shift()?.();
      if (this.#inUse.size === 0 && !this.connecting) {
        clearTimeout(this.#idle);
        this.#idle = setTimeout(() => this.close(), idleMs).unref();
      }
    }
  }

  /** Waits here, not in the manager, for one of its connections. */
  async #turn(signal: AbortSignal): Promise<void> {
    while (this.#free === 0) {
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

  /**
   * A connection that is open. The manager does not say so of what it hands out, but it takes none back that is not: what comes
   * at once after something was given back is open, or was so within microseconds.
   */
  async #openConnection(signal: AbortSignal): Promise<Connection> {
    let returned = false;
    for (let round = 0; round < maxRounds; round += 1) {
      const began = performance.now();
      const connection = await this.#acquire(signal);
      const ready = performance.now() - began < readyMs;
      if (returned && ready) return connection;
      if (!ready) await new Promise((resolve) => setTimeout(resolve, settleMs));
      this.#release(connection, false);
      returned = true;
    }
    throw new NoAnswer('The server closes every connection at once.');
  }

  /** When the signal is aborted first, the connection goes back as soon as it comes. */
  #acquire(signal: AbortSignal): Promise<Connection> {
    return new Promise((resolve, reject) => {
      // A manager that was closed must not be touched again.
      if (this.#closed) return reject(new PoolClosed('The connections were closed.'));
      const abort = (): void => {
        reject(signal.reason as Error);
        // Nobody else waits: ends the attempt, which could go on for half a minute.
        if (this.#connecting === 1 && this.#inUse.size === 0) this.close();
      };
      if (signal.aborted) return reject(signal.reason as Error);
      this.#connecting += 1;
      signal.addEventListener('abort', abort, { once: true });
      const settled = (): void => {
        this.#connecting -= 1;
        signal.removeEventListener('abort', abort);
        forgetConnections(this.#manager);
      };
      this.#manager.acquire().then(
        (connection) => {
          settled();
          this.#inUse.add(connection);
          if (signal.aborted) this.#release(connection, true);
          else resolve(connection);
        },
        (error: unknown) => {
          settled();
          reject(error as Error);
        },
      );
    });
  }

  #release(connection: Connection, failed: boolean): void {
    // Twice would be the end of the process.
    if (!this.#inUse.delete(connection)) return;
    if (failed) connection.close();
    this.#manager.release(connection);
  }

  /** Ends the idle connections at once, and those in use when they come back. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#idle);
    isClosed(this);
    this.#manager.close();
  }

  /** Ends everything, because the process ends. */
  abandon(): void {
    for (const connection of this.#inUse) this.#release(connection, true);
    if (!this.connecting) this.close();
  }
}

/** The manager of aws-crt 1.33 remembers every connection that it hands out, and forgets none. */
function forgetConnections(manager: http.HttpClientConnectionManager): void {
  (manager as unknown as { connections?: Map<unknown, unknown> }).connections?.clear();
}

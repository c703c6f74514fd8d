/**
 * Connections to one server, kept and used again. Each goes back to the CRT's connection manager for a moment before it is
 * used: the manager takes none that is closed, and on such a one aws-crt 1.33 frees a refused request twice, which ends the
 * process. Idle ones are kept for a while only, none holds up the end of the process, and each is given back exactly once.
 */
import type { http } from 'aws-crt';
import { NoAnswer } from './exchange.js';
import { closeAtExit, isClosed } from './pool-exit.js';
import { crtName } from './tls-context.js';

type Connection = http.HttpClientConnection;

/**
 * How long a connection is kept without a request. A server ends idle connections too; to send on one in the very moment
 * when it does so is what this avoids.
 */
const idleMs = 30_000;
/** How long a new connection is watched: a server that refuses a device may close it right after the handshake. */
const settleMs = 2;
/**
 * The most that a process waits for a connection that lies ready, which takes two changes of threads: a quarter of the quickest
 * handshake, within these. A process that was busy for longer than the latter may have missed that a handshake went on.
 */
const readyMs = { min: 1, max: 10 };
const maxRounds = 5;

/** Somebody closed the pool meanwhile. Another one will do. */
export class PoolClosed extends Error {}

export class Pool {
  readonly #manager: http.HttpClientConnectionManager;
  readonly #inUse = new Set<Connection>();
  /** Not given back: with the manager they could not be told from new ones. */
  readonly #idle: Connection[] = [];
  readonly #waiting: (() => void)[] = [];
  #free: number;
  #connecting = 0;
  #handshakeMs = Infinity;
  #idleTimer: NodeJS.Timeout | undefined;
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
    clearTimeout(this.#idleTimer);
    await this.#turn(signal);
    try {
      const connection = await this.#openConnection(signal);
      try {
        const result = await work(connection);
        this.#keep(connection);
        return result;
      } catch (error) {
        this.#end(connection);
        throw error;
      }
    } finally {
      this.#free += 1;
      this.#waiting.shift()?.();
      if (this.#inUse.size === 0 && !this.connecting) {
        clearTimeout(this.#idleTimer);
        this.#idleTimer = setTimeout(() => this.close(), idleMs).unref();
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
   * A connection that is open, or was so two changes of threads ago: what comes at once after one was given back is that one, found
   * open. What takes a while is new: it is watched for a moment, and given back in its turn.
   */
  async #openConnection(signal: AbortSignal): Promise<Connection> {
    let candidate = this.#idle.pop();
    for (let round = 1; round <= maxRounds; round += 1) {
      if (candidate) this.#manager.release(candidate);
      const watch = stopwatch();
      const connection = await this.#acquire(signal).catch(ignoreClosed);
      const { waitedMs, tookMs } = watch();
      if (!candidate) this.#handshakeMs = Math.min(this.#handshakeMs, tookMs);
      const limitMs = Math.min(readyMs.max, Math.max(readyMs.min, this.#handshakeMs / 4));
      // A process that is always busy would never be quick.
      const isReady = waitedMs < limitMs && (tookMs < readyMs.max || round === maxRounds);
      if (connection && candidate && isReady) return connection;
      if (connection && round === maxRounds) this.#end(connection);
      else if (!isReady) await new Promise((resolve) => setTimeout(resolve, settleMs));
      candidate = connection && this.#inUse.delete(connection) ? connection : undefined;
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
          if (signal.aborted) this.#end(connection);
          else resolve(connection);
        },
        (error: unknown) => {
          settled();
          reject(error as Error);
        },
      );
    });
  }

  #keep(connection: Connection): void {
    // Twice would be the end of the process.
    if (!this.#inUse.delete(connection)) return;
    if (this.#closed) this.#manager.release(connection);
    else this.#idle.push(connection);
  }

  #end(connection: Connection): void {
    if (!this.#inUse.delete(connection)) return;
    connection.close();
    this.#manager.release(connection);
  }

  /** Ends the idle connections at once, and those in use when they come back. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#idleTimer);
    isClosed(this);
    for (const connection of this.#idle.splice(0)) this.#manager.release(connection);
    this.#manager.close();
  }

  /** Ends everything, because the process ends. */
  abandon(): void {
    for (const connection of this.#inUse) this.#end(connection);
    if (!this.connecting) this.close();
  }
}

/** The manager tells so of a connection that was closed while it handed it out. */
function ignoreClosed(error: unknown): undefined {
  if (crtName(error) !== 'AWS_ERROR_HTTP_CONNECTION_CLOSED') throw error;
}

/** How long something took, and for how much of that the process had nothing to do. */
function stopwatch(): () => { readonly tookMs: number; readonly waitedMs: number } {
  const began = performance.now();
  const { idle } = performance.eventLoopUtilization();
  return () => ({
    tookMs: performance.now() - began,
    waitedMs: performance.eventLoopUtilization().idle - idle,
  });
}

/** The manager of aws-crt 1.33 remembers every connection that it hands out, and forgets none. */
function forgetConnections(manager: http.HttpClientConnectionManager): void {
  (manager as unknown as { connections?: Map<unknown, unknown> }).connections?.clear();
}

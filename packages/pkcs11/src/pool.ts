/**
 * Connections to one server, kept and used again, by the CRT's connection manager. It looks after three things that the CRT
 * leaves open: an idle connection does not outlive its use for long, none holds up the end of the process, and what was handed
 * out is given back exactly once.
 */
import type { http } from 'aws-crt';

/**
 * How long a connection is kept without a request. A server ends idle connections too; to send on one in the very moment
 * when it does so is what this avoids.
 */
const idleMs = 30_000;
/** How long a process that ends waits for a handshake: the thread that does it would use a module that is being unloaded. */
const handshakeMs = 500;

const open = new Set<Pool>();
let listening = false;

export class Pool {
  readonly #manager: http.HttpClientConnectionManager;
  readonly #inUse = new Set<http.HttpClientConnection>();
  #connecting = 0;
  #idle: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(manager: http.HttpClientConnectionManager) {
    this.#manager = manager;
    if (!listening) process.once('exit', closeAll);
    listening = true;
    open.add(this);
  }

  get closed(): boolean {
    return this.#closed;
  }

  get connecting(): boolean {
    return this.#connecting > 0;
  }

  /** Runs some work with a connection. One with which it fails is not used again. */
  async use<Result>(
    signal: AbortSignal,
    work: (connection: http.HttpClientConnection) => Promise<Result>,
  ): Promise<Result> {
    clearTimeout(this.#idle);
    const connection = await this.#acquire(signal);
    let failed = true;
    try {
      const result = await work(connection);
      failed = false;
      return result;
    } finally {
      this.#release(connection, failed);
    }
  }

  /** A connection, an idle one or a new one. When the signal is aborted first, it goes back as soon as it comes. */
  #acquire(signal: AbortSignal): Promise<http.HttpClientConnection> {
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        reject(signal.reason as Error);
        // Nobody else waits: ends the attempt, which could go on for half a minute.
        if (this.#connecting === 1 && this.#inUse.size === 0) this.close();
      };
      this.#connecting += 1;
      signal.addEventListener('abort', abort, { once: true });
      this.#manager
        .acquire()
        .finally(() => {
          this.#connecting -= 1;
          signal.removeEventListener('abort', abort);
          forgetConnections(this.#manager);
        })
        .then((connection) => {
          this.#inUse.add(connection);
          if (signal.aborted) this.#release(connection, true);
          else resolve(connection);
        }, reject);
    });
  }

  #release(connection: http.HttpClientConnection, failed: boolean): void {
    // Twice would be the end of the process.
    if (!this.#inUse.delete(connection)) return;
    if (failed) connection.close();
    this.#manager.release(connection);
    if (this.#closed || this.#inUse.size > 0 || this.#connecting > 0) return;
    this.#idle = setTimeout(() => this.close(), idleMs).unref();
  }

  /** Ends the idle connections at once, and those in use when they come back. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#idle);
    open.delete(this);
    this.#manager.close();
  }

  /** Ends everything: the process ends. An open connection would keep it from that. */
  abandon(): void {
    for (const connection of this.#inUse) this.#release(connection, true);
    if (this.#connecting === 0) this.close();
  }
}

function closeAll(): void {
  const pools = [...open];
  if (pools.some((pool) => pool.connecting)) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, handshakeMs);
  }
  for (const pool of pools) pool.abandon();
}

/** The manager of aws-crt 1.33 remembers every connection that it hands out, and forgets none. */
function forgetConnections(manager: http.HttpClientConnectionManager): void {
  (manager as unknown as { connections?: Map<unknown, unknown> }).connections?.clear();
}

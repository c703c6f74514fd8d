/**
 * A connection of the CRT to a server, through a relay. Of its end the CRT learns from the relay alone, and it is given back
 * exactly once: aws-crt 1.33 frees twice what is given back twice, and a request on a connection that it knows to be closing.
 */
import type { http, io } from 'aws-crt';
import { openDoorway } from './doorway.js';
import { closeAtExit, isClosed } from './link-exit.js';
import type { Crt } from './native.js';
import { type HandshakeEnd, Relay } from './relay.js';
import { type Destination, openTunnel } from './tunnel.js';

const connectTimeoutMs = 10_000;
/** How long a connection is kept without a request. */
const idleMs = 30_000;

/** Alerts that say nothing of the device: the end of the connection, an internal error, and that it was cancelled. */
const passingAlerts: ReadonlySet<number | undefined> = new Set([undefined, 0, 80, 90]);

/** The server has ended the connection before its handshake was done. */
export class HandshakeEnded extends Error {
  constructor(readonly end: HandshakeEnd) {
    super(end.isTls ? 'it ended the connection in the TLS handshake' : 'it does not speak TLS');
  }

  /** Whether it may have had nothing to do with the handshake. */
  get isCut(): boolean {
    return this.end.isTls && passingAlerts.has(this.end.alert);
  }
}

export class Link {
  readonly #manager: http.HttpClientConnectionManager;
  #relay: Relay | undefined;
  #connection: http.HttpClientConnection | undefined;
  #idleTimer: NodeJS.Timeout | undefined;
  #isEnded = false;

  private constructor(manager: http.HttpClientConnectionManager) {
    this.#manager = manager;
    closeAtExit(this);
  }

  /**
   * Connects and shakes hands. When the signal aborts first, both sides are closed at once: the CRT alone would go on for up to
   * half a minute.
   *
   * @throws HandshakeEnded, what `node:net` has to say of the connection, the CRT's error of the handshake, or the signal's reason.
   */
  static async open(
    crt: Crt,
    destination: Destination,
    context: io.ClientTlsContext,
    signal: AbortSignal,
  ): Promise<Link> {
    const server = await openTunnel(destination, signal);
    const doorway = await openDoorway();
    const { http, io } = crt;
    const { STREAM } = io.SocketType;
    const { IPV4, LOCAL } = io.SocketDomain;
    const isPath = doorway.port === undefined;
    const link = new Link(
      new http.HttpClientConnectionManager(
        undefined,
        doorway.address,
        doorway.port ?? 0,
        1,
        2 ** 20,
        new io.SocketOptions(STREAM, isPath ? LOCAL : IPV4, connectTimeoutMs),
        new io.TlsConnectionOptions(context, destination.host),
      ),
    );
    let abort = (): void => undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        abort = () => reject(signal.reason as Error);
        if (signal.aborted) return abort();
        signal.addEventListener('abort', abort);
        void doorway.entered.then((entered) => {
          link.#relay = new Relay(entered, server, (end) => {
            if (end) reject(new HandshakeEnded(end));
            else link.end();
          });
          if (link.#isEnded) link.#relay.end();
        });
        link.#acquire().then(resolve, reject);
      });
      return link;
    } catch (error) {
      server.destroy();
      link.end();
      throw error;
    } finally {
      doorway.close();
      signal.removeEventListener('abort', abort);
    }
  }

  async #acquire(): Promise<void> {
    this.#connection = await this.#manager.acquire();
    // It can come when nobody waits for it any more.
    if (this.#isEnded) this.#release(this.#connection);
  }

  get isConnecting(): boolean {
    return this.#connection === undefined;
  }

  /** Whether it takes a request: as long as nothing else happens, since the CRT knows of no end. */
  get isReady(): boolean {
    return !this.#isEnded && this.#relay?.state === 'resting';
  }

  /** Makes a request; `undefined` where it is not ready. */
  request(request: http.HttpRequest): http.HttpClientStream | undefined {
    if (!this.isReady) return undefined;
    clearTimeout(this.#idleTimer);
    const stream = this.#connection?.request(request);
    this.#relay?.beginAnswer();
    return stream;
  }

  /** The answer is whole, and was so long. It is ready again unless the server has sent or done anything else. */
  answered(bytes: number): void {
    this.#relay?.endAnswer(bytes);
    if (this.isReady) this.#idleTimer = setTimeout(() => this.end(), idleMs).unref();
  }

  end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    isClosed(this);
    clearTimeout(this.#idleTimer);
    this.#relay?.end();
    if (this.#connection) this.#release(this.#connection);
    this.#manager.close();
  }

  #release(connection: http.HttpClientConnection): void {
    connection.close();
    this.#manager.release(connection);
  }
}

/**
 * A connection of the CRT to a server, through a relay. Of its end the CRT learns from the relay alone, and it is given back
 * exactly once: aws-crt 1.33 frees twice what is given back twice, and a request on a connection that it knows to be closing.
 */
import type { http, io } from 'aws-crt';
import { type Doorway, openDoorway } from './doorway.js';
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
  #isConnecting = true;
  #isEnded = false;
  #isManagerClosed = false;

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
    const [link, doorway] = await Link.#begin(crt, destination, context, signal).catch((error: unknown) => {
      server.destroy();
      throw error;
    });
    let abort = (): void => undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        abort = () => reject(signal.reason as Error);
        signal.addEventListener('abort', abort);
        link.#acquire().then(resolve, (error: unknown) => {
          doorway.close();
          reject(error as Error);
        });
        void doorway.entered.then((entered) => {
          link.#carry(
            new Relay(entered, server, (end) => {
              if (end) reject(new HandshakeEnded(end));
              else link.end();
            }),
          );
        });
      });
      return link;
    } catch (error) {
      server.destroy();
      link.end();
      throw error;
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  /** A link whose connection is not made yet, and the doorway that it comes in by. */
  static async #begin(
    crt: Crt,
    { host }: Destination,
    context: io.ClientTlsContext,
    signal: AbortSignal,
  ): Promise<[Link, Doorway]> {
    const doorway = await openDoorway();
    try {
      signal.throwIfAborted();
      return [new Link(makeManager(crt, doorway, new crt.io.TlsConnectionOptions(context, host))), doorway];
    } catch (error) {
      doorway.close();
      throw error;
    }
  }

  async #acquire(): Promise<void> {
    try {
      this.#connection = await this.#manager.acquire();
    } finally {
      this.#isConnecting = false;
      if (this.#isEnded) this.#close();
    }
  }

  #carry(relay: Relay): void {
    this.#relay = relay;
    if (this.#isEnded) this.#close();
  }

  get isConnecting(): boolean {
    return this.#isConnecting;
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
    clearTimeout(this.#idleTimer);
    // Before, the CRT cannot be told; it is as soon as it can.
    if (this.#relay || !this.#isConnecting) this.#close();
  }

  /** Everything that there is by now, each once. */
  #close(): void {
    this.#relay?.end();
    const connection = this.#connection;
    this.#connection = undefined;
    if (connection) {
      connection.close();
      this.#manager.release(connection);
    }
    if (!this.#isManagerClosed) this.#manager.close();
    this.#isManagerClosed = true;
    isClosed(this);
  }
}

/** A manager for one connection: aws-crt has connections that it lets go of from managers alone. */
function makeManager(
  { http, io }: Crt,
  { address, port }: Doorway,
  tls: io.TlsConnectionOptions,
): http.HttpClientConnectionManager {
  const domain = port === undefined ? io.SocketDomain.LOCAL : io.SocketDomain.IPV4;
  const socket = new io.SocketOptions(io.SocketType.STREAM, domain, connectTimeoutMs);
  return new http.HttpClientConnectionManager(undefined, address, port ?? 0, 1, 2 ** 20, socket, tls);
}

/**
 * An HTTP server for programs on the same machine, and for nobody else. What a browser on a hostile page, a proxy or a
 * program that means harm can send is refused before anybody looks at the path; time, size and rate are bounded.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { CliError } from '../cli-error.js';
import { say } from '../print.js';
import { describe } from '../report.js';

/** Where to listen. */
export interface ListenOptions {
  /** Default `127.0.0.1`. */
  readonly address?: string | undefined;
  /** Default 0: one that is free. */
  readonly port?: number | undefined;
  /** A socket that listens already, by its descriptor: systemd's. */
  readonly descriptor?: number | undefined;
  /** Names beside the loopback ones that `Host` may have. */
  readonly hosts?: readonly string[] | undefined;
  /** `true`: other machines may connect. Whatever is not a loopback address is refused without it. */
  readonly exposed?: boolean | undefined;
}

/** Why a request gets nothing. The text is fixed: nothing that was sent comes back. */
export interface Refusal {
  readonly status: number;
  readonly message: string;
}

/**
 * Answers a request, now or later: one of somebody who has shown a token (`admitted`), or of anybody (`answered`). Or says
 * at once why it does not.
 */
export type Handler = (request: IncomingMessage, response: ServerResponse) => Refusal | 'admitted' | 'answered';

/** A server that listens. */
export interface GuardedServer {
  readonly port: number;
  /** Such as `http://127.0.0.1:9911`. */
  readonly origin: string;
  /** Stops listening, lets requests under way end, for a second at most, and closes every connection. */
  close(): Promise<void>;
}

/** Connections from which nothing good has come yet. Beyond these the oldest has to go. */
const strangersAtOnce = 256;
/** Refusals in a second that are worth an answer. Beyond these the connection is closed without one. */
const refusalsPerSecond = 100;
const connectionsAtOnce = 8192;
const limits = {
  maxHeaderSize: 8192,
  headersTimeout: 5000,
  requestTimeout: 5000,
  connectionsCheckingInterval: 500,
  keepAliveTimeout: 30_000,
};

/**
 * @throws CliError (usage) for an address that other machines can reach, where that was not asked for, and for a socket of
 * another kind; (failure) when it cannot listen.
 */
export async function listen(handler: Handler, options: ListenOptions = {}): Promise<GuardedServer> {
  const { address = '127.0.0.1', port = 0, descriptor, hosts = [], exposed = false } = options;
  if (!exposed && !isLoopback(address) && address !== 'localhost') {
    throw new CliError(
      'usage',
      `${address} can be reached from other machines, and what is served has no encryption.`,
      {
        hint: 'If that is what you want, say so with --expose-to-other-machines as well.',
      },
    );
  }
  const server = createServer(limits);
  server.maxConnections = connectionsAtOnce;
  const guard = new Guard(handler, exposed);
  server.on('connection', (socket: Socket) => guard.meet(socket));
  server.on('request', (request, response) => guard.handle(request, response));
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => refuseBytes(error, socket));
  const handedOver = 'The socket that was handed over';
  await new Promise<void>((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException): void => {
      const where = descriptor === undefined ? `${address}:${port}` : handedOver.toLowerCase();
      reject(new CliError('failure', `Cannot listen on ${where}: ${error.code ?? error.message}.`, { cause: error }));
    };
    server.once('error', fail);
    server.listen(descriptor === undefined ? { host: address, port } : { fd: descriptor }, () => {
      server.off('error', fail);
      // A connection that could not be accepted is no reason to end the others.
      server.on('error', (error) => guard.tell('A connection failed', error));
      resolve();
    });
  });
  const bound = server.address();
  if (!bound || typeof bound === 'string') {
    server.close();
    throw new CliError('usage', `${handedOver} is not one of TCP.`, {
      hint: 'In its unit, ListenStream is an address and a port.',
    });
  }
  if (!exposed && !isLoopback(bound.address)) {
    server.close();
    throw new CliError('usage', `${handedOver} listens on ${bound.address}, which other machines can reach.`, {
      hint: 'If that is what you want, say so with --expose-to-other-machines as well.',
    });
  }
  const host = bound.family === 'IPv6' ? `[${bound.address}]` : bound.address;
  guard.hosts = hostsOf([host, '127.0.0.1', 'localhost', '[::1]', ...hosts], bound.port);
  return { port: bound.port, origin: `http://${host}:${bound.port}`, close: () => stop(server) };
}

class Guard {
  readonly #handler: Handler;
  readonly #exposed: boolean;
  /** In the order in which they came. */
  readonly #strangers = new Set<Socket>();
  /** Kinds of errors that were told. */
  readonly #told = new Set<string>();
  #second = 0;
  #refusals = 0;
  hosts: ReadonlySet<string> = new Set();

  constructor(handler: Handler, exposed: boolean) {
    this.#handler = handler;
    this.#exposed = exposed;
  }

  meet(socket: Socket): void {
    if (!this.#exposed && !isLoopback(socket.remoteAddress ?? '')) {
      socket.destroy();
      return;
    }
    this.#strangers.add(socket);
    socket.once('close', () => this.#strangers.delete(socket));
    if (this.#strangers.size <= strangersAtOnce) return;
    const [oldest] = this.#strangers;
    oldest?.destroy();
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    const outcome = this.#answer(request, response);
    if (outcome === 'admitted') this.#strangers.delete(request.socket);
    if (typeof outcome === 'string') return;
    const second = Math.floor(Date.now() / 1000);
    if (second !== this.#second) [this.#second, this.#refusals] = [second, 0];
    if (++this.#refusals > refusalsPerSecond || response.headersSent) request.socket.destroy();
    else refuse(response, outcome);
  }

  /** Says that something went wrong of which nobody else is told: once, because it can come with every request. */
  tell(what: string, error: unknown): void {
    const kind = error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? error.name) : typeof error;
    if (this.#told.has(kind)) return;
    this.#told.add(kind);
    say(`${what}: ${describe(error)}`);
  }

  #answer(request: IncomingMessage, response: ServerResponse): ReturnType<Handler> {
    try {
      return this.#judge(request) ?? this.#handler(request, response);
    } catch (error) {
      this.tell('A request could not be answered', error);
      return { status: 500, message: 'an error of this program' };
    }
  }

  #judge({ headers }: IncomingMessage): Refusal | undefined {
    if (!this.hosts.has(headers.host?.toLowerCase() ?? '')) {
      return { status: 403, message: 'not the name of this endpoint' };
    }
    if (headers['x-forwarded-for'] !== undefined || headers.forwarded !== undefined) {
      return { status: 403, message: 'not for proxies' };
    }
    if (headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0') {
      return { status: 413, message: 'a request has no body' };
    }
    return undefined;
  }
}

/** Answers with an error and ends the connection. */
export function refuse(response: ServerResponse, { status, message }: Refusal): void {
  const body = JSON.stringify({ code: codes[status] ?? 'Error', message });
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    connection: 'close',
    ...(status === 503 && { 'retry-after': '1' }),
  });
  response.end(body);
}

const codes: Readonly<Record<number, string>> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  413: 'PayloadTooLarge',
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'ServiceUnavailable',
};

/** Bytes that are no request, or too many of them. */
function refuseBytes({ code }: NodeJS.ErrnoException, socket: Socket): void {
  if (code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : '400 Bad Request';
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`, () => socket.destroy());
}

/** Whether an address is of this machine alone. */
export function isLoopback(address: string): boolean {
  return /^(::ffff:)?127\.\d+\.\d+\.\d+$/i.test(address) || address === '::1';
}

function hostsOf(names: readonly string[], port: number): ReadonlySet<string> {
  return new Set(
    names.flatMap((name) => [`${name}:${port}`, ...(port === 80 ? [name] : [])]).map((name) => name.toLowerCase()),
  );
}

async function stop(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const end = setTimeout(() => server.closeAllConnections(), 1000);
  await closed;
  clearTimeout(end);
}

/** The thin HTTP shell: reads a request, finds its service, lets faults have their say, writes the answer and the log. */
import { randomUUID } from 'node:crypto';
import { once, setMaxListeners } from 'node:events';
import * as http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import type { Faults } from '../faults.js';
import type { RequestLog } from '../request-log.js';
import type { ServerClock } from '../server-clock.js';
import { ServiceError } from '../service-error.js';
import type { Service } from '../service.js';
import type { Answer } from './answer.js';
import { answerInstead, firstHalf } from './faulty-answer.js';
import { type LocalRequest, readRequest } from './local-request.js';
import { writeForever } from './never-ending.js';

/** The parts of the server that the shell works with. */
export interface LocalServerParts {
  readonly clock: ServerClock;
  readonly faults: Faults;
  readonly log: RequestLog;
  /** The service that a request is for. */
  readonly serviceFor: (request: LocalRequest) => Service;
}

/** Makes the server: plain HTTP, or with TLS in front. */
export type CreateServer = (options: http.ServerOptions, listener: http.RequestListener) => http.Server;

export class LocalServer {
  readonly #server: http.Server;
  /** Below TLS, by the port at the other end. */
  readonly #sockets = new Map<number | undefined, Socket>();
  readonly #closing = new AbortController();
  #closed: Promise<unknown> | undefined;

  constructor(
    private readonly parts: LocalServerParts,
    createServer: CreateServer = http.createServer,
  ) {
    // Every request that is held back listens.
    setMaxListeners(0, this.#closing.signal);
    // A client that keeps a connection for later must not meet one that was just closed for being idle.
    this.#server = createServer({ keepAliveTimeout: 0, requestTimeout: 0 }, (message, response) => {
      void this.#serve(message, response);
    });
    this.#server.on('connection', (socket: Socket) => {
      const { remotePort } = socket;
      this.#sockets.set(remotePort, socket);
      socket.once('close', () => {
        // The next one from that port may be here already.
        if (this.#sockets.get(remotePort) === socket) this.#sockets.delete(remotePort);
      });
    });
  }

  /** How many connections are open. */
  get connections(): number {
    return this.#sockets.size;
  }

  /** Listens on 127.0.0.1 and returns the port. */
  async listen(port: number): Promise<number> {
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
    return (this.#server.address() as AddressInfo).port;
  }

  /** Ends every connection, those that hang included. */
  async close(): Promise<void> {
    this.#closed ??= new Promise((resolve) => {
      this.#closing.abort();
      this.#server.close(resolve);
      this.endConnections();
    });
    await this.#closed;
  }

  /** Ends every connection, also those in the middle of a TLS handshake. Returns how many. */
  endConnections(): number {
    const open = [...this.#sockets.values()];
    for (const socket of open) socket.destroy();
    return open.length;
  }

  async #serve(message: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    let request: LocalRequest;
    try {
      request = await readRequest(message);
    } catch {
      // The client went away before it had said what it wanted.
      return;
    }
    const { faults, log, serviceFor } = this.parts;
    const start = performance.now();
    const service = serviceFor(request);
    const action = service.actionOf(request);
    const caller = service.callerOf(request);
    const { latencyMs, decisive } = faults.take(service.name, action, caller);
    const fault = decisive?.kind ?? (latencyMs > 0 ? 'latency' : undefined);
    const id = randomUUID();
    log.open({
      id,
      service: service.name,
      action,
      ...caller,
      ...(fault && { fault }),
    });
    // Nothing happens when the answer was logged before.
    response.once('close', () => log.finish(id, { state: 'broken off', durationMs: performance.now() - start }));
    if (decisive?.kind === 'hang') return;
    if (decisive?.kind === 'reset') return void this.#sockets.get(message.socket.remotePort)?.resetAndDestroy();
    const issueExpired = decisive?.kind === 'expired-answer';
    let answer =
      answerInstead(decisive, service, request, id) ??
      (await this.#ask(service, request, { requestId: id, issueExpired }));
    if (latencyMs > 0) await this.#hold(latencyMs);
    if (this.#closing.signal.aborted || response.destroyed) return;
    if (decisive?.kind === 'truncated') answer = { ...answer, body: firstHalf(answer.body) };
    if (decisive?.kind === 'drip' || decisive?.kind === 'endless') {
      this.#writeHead(response, answer);
      return void writeForever(response, decisive.kind === 'drip' ? (decisive.everyMs ?? 100) : undefined);
    }
    const cutOff = decisive?.kind === 'cut-off';
    const { status, code } = answer;
    const durationMs = performance.now() - start;
    // Before it goes out: who has the answer finds it in the log.
    log.finish(id, {
      state: cutOff ? 'broken off' : 'answered',
      status,
      durationMs,
      ...(code !== undefined && { code }),
    });
    this.#write(response, answer, request.method === 'HEAD', cutOff);
  }

  async #ask(service: Service, request: LocalRequest, context: Parameters<Service['handle']>[1]): Promise<Answer> {
    try {
      return await service.handle(request, context);
    } catch (error) {
      if (error instanceof ServiceError) return service.errorAnswer(error, request, context.requestId);
      process.emitWarning(error instanceof Error ? error : String(error));
      const failure = new ServiceError('InternalFailure', 500, 'The loopback AWS failed; a warning says how.');
      return service.errorAnswer(failure, request, context.requestId);
    }
  }

  async #hold(latencyMs: number): Promise<void> {
    const held = delay(latencyMs, undefined, { signal: this.#closing.signal });
    // Closing the server ends the wait.
    await held.catch(() => undefined);
  }

  #write(response: http.ServerResponse, answer: Answer, head: boolean, cutOff: boolean): void {
    const { status, headers, body } = answer;
    const length = status === 204 ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    this.#writeHead(response, { ...answer, headers: { ...length, ...headers } });
    if (cutOff) response.write(firstHalf(body), () => response.destroy());
    else response.end(head ? undefined : body);
  }

  #writeHead(response: http.ServerResponse, { status, headers }: Answer): void {
    response.sendDate = false;
    response.writeHead(status, { ...headers, date: new Date(this.parts.clock.now()).toUTCString() });
  }
}

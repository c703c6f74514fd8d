/** What the server was asked and what it answered, for assertions. Nothing secret is in it. */
import type { FaultKind } from './faults.js';
import type { ServiceName } from './service.js';

/** One request. A frozen picture: when the request goes on, a new one takes its place in the log. */
export interface LoggedRequest {
  /** The request id that the client was told. */
  readonly id: string;
  /** When it had arrived, by the machine's clock. */
  readonly at: Date;
  readonly service: ServiceName;
  /** AWS's name, such as `AssumeRole` or `GetObject`; `Unknown` when it was nothing known. */
  readonly action: string;
  /** The key that it was signed with; absent when it was not. */
  readonly accessKeyId?: string;
  /** The client certificate that it came with; absent when there was none. */
  readonly certificateId?: string;
  /** `open` until it is answered; `broken off` when the connection ended before the whole answer was sent. */
  readonly state: 'open' | 'answered' | 'broken off';
  /** The HTTP status, once answered. */
  readonly status?: number;
  /** The error's code, when one was answered. */
  readonly code?: string;
  /** From arrival to the answer, in milliseconds. */
  readonly durationMs?: number;
  /** The fault that decided the answer, or `latency` when that alone was injected. */
  readonly fault?: FaultKind;
}

/** Picks requests: those whose fields are all as given. */
export type RequestFilter = Partial<Omit<LoggedRequest, 'at' | 'durationMs'>>;

/** `request`: one has arrived. `answer`: one has been answered or broken off. */
export type RequestEvent = 'request' | 'answer';

export type RequestListener = (request: LoggedRequest) => void;

export class RequestLog {
  #entries: LoggedRequest[] = [];
  readonly #position = new Map<string, number>();
  readonly #listeners: Record<RequestEvent, Set<RequestListener>> = { request: new Set(), answer: new Set() };

  get entries(): readonly LoggedRequest[] {
    return [...this.#entries];
  }

  open(request: Omit<LoggedRequest, 'state' | 'at'>): LoggedRequest {
    const entry = Object.freeze({ ...request, at: new Date(), state: 'open' as const });
    this.#position.set(entry.id, this.#entries.push(entry) - 1);
    this.#emit('request', entry);
    return entry;
  }

  finish(id: string, outcome: Partial<LoggedRequest> & Pick<LoggedRequest, 'state'>): void {
    const position = this.#position.get(id);
    const open = position === undefined ? undefined : this.#entries[position];
    if (position === undefined || !open) return;
    this.#position.delete(id);
    const entry = Object.freeze({ ...open, ...outcome });
    this.#entries[position] = entry;
    this.#emit('answer', entry);
  }

  /** Forgets everything; requests that are still open do not come back. */
  clear(): void {
    this.#entries = [];
    this.#position.clear();
  }

  count(filter: RequestFilter): number {
    return this.#entries.filter((entry) => matches(entry, filter)).length;
  }

  on(event: RequestEvent, listener: RequestListener): () => void {
    this.#listeners[event].add(listener);
    return () => this.#listeners[event].delete(listener);
  }

  untilCount(filter: RequestFilter, count: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        if (this.count(filter) < count && !signal?.aborted) return;
        for (const stop of stops) stop();
        if (signal?.aborted) reject(signal.reason as Error);
        else resolve();
      };
      const stops = [this.on('request', settle), this.on('answer', settle)];
      signal?.addEventListener('abort', settle, { once: true });
      stops.push(() => signal?.removeEventListener('abort', settle));
      settle();
    });
  }

  /** In a microtask of its own: a listener that throws is the program's uncaught exception, not a broken answer. */
  #emit(event: RequestEvent, entry: LoggedRequest): void {
    for (const listener of this.#listeners[event]) queueMicrotask(() => listener(entry));
  }
}

function matches(entry: LoggedRequest, filter: RequestFilter): boolean {
  return Object.entries(filter).every(([name, value]) => entry[name as keyof RequestFilter] === value);
}

/** Faults on request: which requests they hit, how often, for how long. What each does to an answer stands in `http/faulty-answer.ts`. */
import { performance } from 'node:perf_hooks';
import { checkFault } from './check-options.js';
import type { Caller, ServiceName } from './service.js';

/** Which requests a fault hits. All of them, when nothing is said; the first fault that fits decides, latencies add up. */
export interface FaultScope {
  readonly service?: ServiceName;
  /** AWS's name, such as `AssumeRole`. */
  readonly action?: string;
  /** Only requests that are signed with this key. */
  readonly accessKeyId?: string;
  /** Only requests with this client certificate. */
  readonly certificateId?: string;
  /** How many requests it hits, from 1. Default: no limit. */
  readonly times?: number;
  /** For how long from now, in milliseconds. Default: until it is stopped. */
  readonly forMs?: number;
}

/** Something that goes wrong. */
export type Fault = FaultScope &
  (
    | {
        /** The request is served as usual and its answer is held back. */
        readonly kind: 'latency';
        /** Milliseconds from 0. */
        readonly ms: number;
      }
    | {
        /** The service refuses, in its own form. */
        readonly kind: 'error';
        /** 400 to 599. */
        readonly status: number;
        /** AWS's code, such as `ServiceUnavailable`. */
        readonly code: string;
        /** Default: the code. */
        readonly message?: string;
        /** Seconds for a `Retry-After` header. Default: no such header. */
        readonly retryAfterSeconds?: number;
      }
    | {
        /** STS: 400 `Throttling`. S3: 503 `SlowDown`. Credential provider: 429 `ThrottlingException`. */
        readonly kind: 'throttle';
        /** Seconds for a `Retry-After` header. Default: no such header. */
        readonly retryAfterSeconds?: number;
      }
    | {
        /** A redirect to another place. */
        readonly kind: 'redirect';
        /** Default: `https://elsewhere.example.com/`. */
        readonly location?: string;
      }
    | {
        /** 200 with a body that comes one byte at a time and never ends. */
        readonly kind: 'drip';
        /** Milliseconds between two bytes, from 1. Default: 100. */
        readonly everyMs?: number;
      }
    | {
        /**
         * - `hang`: no answer, until the client gives up or the server is closed
         * - `reset`: the connection is reset
         * - `expired-answer`: the credentials that are issued have expired already; hits no other calls
         * - `garbage`: 200 with bytes that mean nothing
         * - `html`: 200 with the page of a captive portal
         * - `empty`: 200 without a body
         * - `truncated`: the first half of the right body, as if that were all
         * - `cut-off`: the first half of the right body, then the connection ends
         * - `endless`: 200 with a body that comes as fast as the client takes it and never ends
         */
        readonly kind:
          'hang' | 'reset' | 'expired-answer' | 'garbage' | 'html' | 'empty' | 'truncated' | 'cut-off' | 'endless';
      }
  );

/** The kinds of {@link Fault}. */
export type FaultKind = Fault['kind'];

/** A fault that was injected. */
export interface FaultHandle {
  /** How many requests it has hit. */
  readonly hits: number;
  /** False when it was stopped, its time is over, or it has hit as often as it should. */
  readonly active: boolean;
  /** Ends it for requests to come. Those that hang go on hanging. */
  stop(): void;
  /** The same as `stop`. */
  [Symbol.dispose](): void;
}

/** What is in store for one request. */
export interface FaultsForRequest {
  readonly latencyMs: number;
  readonly decisive: Exclude<Fault, { kind: 'latency' }> | undefined;
}

export class Faults {
  readonly #injected = new Set<InjectedFault>();

  inject(fault: Fault): FaultHandle {
    checkFault(fault);
    const injected = new InjectedFault(fault);
    this.#injected.add(injected);
    return injected;
  }

  /** The faults that hit this request, counted as hits. */
  take(service: ServiceName, action: string, caller: Caller): FaultsForRequest {
    let latencyMs = 0;
    let decisive: FaultsForRequest['decisive'];
    for (const injected of this.#injected) {
      if (!injected.active) this.#injected.delete(injected);
      else if (injected.fits(service, action, caller)) {
        const { fault } = injected;
        if (fault.kind === 'latency') latencyMs += fault.ms;
        else if (decisive === undefined) decisive = fault;
        else continue;
        injected.hits++;
      }
    }
    return { latencyMs, decisive };
  }
}

class InjectedFault implements FaultHandle {
  hits = 0;
  readonly fault: Fault;
  readonly #until: number;
  #stopped = false;

  constructor(fault: Fault) {
    this.fault = Object.freeze({ ...fault });
    this.#until = performance.now() + (fault.forMs ?? Infinity);
  }

  get active(): boolean {
    return !this.#stopped && performance.now() < this.#until && this.hits < (this.fault.times ?? Infinity);
  }

  fits(service: ServiceName, action: string, { accessKeyId, certificateId }: Caller): boolean {
    const { fault } = this;
    if (fault.kind === 'expired-answer' && (service === 's3' || action === 'GetCallerIdentity')) return false;
    return (
      (fault.service ?? service) === service &&
      (fault.action ?? action) === action &&
      (fault.accessKeyId === undefined || fault.accessKeyId === accessKeyId) &&
      (fault.certificateId === undefined || fault.certificateId === certificateId)
    );
  }

  stop(): void {
    this.#stopped = true;
  }

  [Symbol.dispose](): void {
    this.stop();
  }
}

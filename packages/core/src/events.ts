/** What a session tells its listeners, and the same on `node:diagnostics_channel`. No event carries a secret. */
import { channel } from 'node:diagnostics_channel';
import type { AcquireReason, Clock, StrategyNotice } from './contract.js';
import { nameOf, type SessionError } from './errors.js';
import type { RefreshWindow } from './refresh/decide.js';

/** What every event has. */
export interface EventBase {
  /** When it happened, by the session's clock. */
  readonly at: Date;
  /** The name of the session's strategy. */
  readonly method: string;
}

/** A refresh, from the moment that it starts. */
export interface RefreshEvent extends EventBase {
  /** Why the source is asked. */
  readonly reason: AcquireReason;
  /** Where the set in hand was when the refresh started. */
  readonly window: RefreshWindow;
  /** 1, and one more for each failure in a row before. */
  readonly attempt: number;
}

/** The events of a session by name. */
export interface SessionEvents {
  /** The source is asked. */
  refreshStarted: RefreshEvent;
  /** The source has answered and the answer is in use. */
  refreshSucceeded: RefreshEvent & {
    /** How long the source took, in milliseconds. */
    readonly durationMs: number;
    /** When the new set expires. */
    readonly expiration?: Date | undefined;
  };
  /** The source has failed. A valid set in hand stays in use. */
  refreshFailed: RefreshEvent & {
    /** How long the source took to fail, in milliseconds. */
    readonly durationMs: number;
    /** What callers get who have to be given an error. Its `cause` is what the source threw. */
    readonly error: SessionError;
    /** Whether asking again will not cure it: somebody has to act before the set in hand expires. */
    readonly terminal: boolean;
    /** What to do about it. */
    readonly hint?: string | undefined;
    /** The source is left alone until then. */
    readonly nextTryAt: Date;
  };
  /** A caller was given a set that is about to expire or has expired, because no newer one could be had. Once for each failure and window. */
  servedStale: EventBase & { readonly window: RefreshWindow; readonly expiration?: Date | undefined };
  /** The set in hand was rejected by a service, or by `invalidate()`. */
  invalidated: EventBase;
  /** A configured window was longer than the lifetime allows and was shortened. Once for each lifetime. */
  windowsCapped: EventBase & {
    /** The lifetime of the set. */
    readonly lifetimeMs: number;
    /** The advisory window that is used for it. */
    readonly advisoryMs: number;
    /** The mandatory window that is used for it. */
    readonly mandatoryMs: number;
  };
  /** The source's clock and this machine's differ by another amount than before. Positive: this machine is behind. */
  clockOffset: EventBase & { readonly offsetMs: number };
  /** The strategy has something to say that is no failure. */
  notice: EventBase & StrategyNotice;
  /**
   * The session is being closed. `close()` waits for the promises of listeners that give one, for what lives by the session:
   * such a promise has to come to an end, and must not wait for `close()` itself.
   */
  closing: EventBase;
  /** The session was closed. */
  closed: EventBase;
}

/** The name of an event. On `node:diagnostics_channel` it is `brs:<name>`. */
export type SessionEventName = keyof SessionEvents;

/**
 * The names of all events, for listeners of everything.
 *
 * @example
 * ```ts
 * import { subscribe } from 'node:diagnostics_channel';
 *
 * for (const name of sessionEventNames) subscribe(`brs:${name}`, (event) => console.log(name, event));
 * ```
 */
export const sessionEventNames: readonly SessionEventName[] = /* @__PURE__ */ Object.keys({
  refreshStarted: true,
  refreshSucceeded: true,
  refreshFailed: true,
  servedStale: true,
  invalidated: true,
  windowsCapped: true,
  clockOffset: true,
  notice: true,
  closing: true,
  closed: true,
} satisfies Record<SessionEventName, true>) as SessionEventName[];

type Listener = (event: never) => unknown;

/** The listeners of one session. */
export class SessionEmitter {
  readonly #method: string;
  readonly #clock: Clock;
  #listeners: Map<SessionEventName, Set<Listener>> | undefined;

  constructor(method: string, clock: Clock) {
    this.#method = method;
    this.#clock = clock;
  }

  on<Name extends SessionEventName>(name: Name, listener: (event: SessionEvents[Name]) => unknown): () => void {
    this.#listeners ??= new Map();
    const ofName = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, ofName.add(listener));
    return () => void ofName.delete(listener);
  }

  /** Resolves when every listener has come to its end. */
  emit<Name extends SessionEventName>(name: Name, what: Omit<SessionEvents[Name], keyof EventBase>): Promise<unknown> {
    const event = Object.freeze({ at: new Date(this.#clock.now()), method: this.#method, ...what });
    const told = [...(this.#listeners?.get(name) ?? [])].map((listener) =>
      // Called at once. What it throws, and what the promise of an asynchronous one rejects with, ends here.
      (async () => (listener as (event: object) => unknown)(event))().catch((error: unknown) => {
        const warning = `A listener for '${name}' threw (${nameOf(error)}); the session goes on.`;
        process.emitWarning(warning, 'SessionListenerWarning');
      }),
    );
    channel(`brs:${name}`).publish(event);
    return Promise.all(told);
  }
}

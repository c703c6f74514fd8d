/**
 * The refresh engine: holds the set in hand, the last failure and at most one flight, and carries out what `decide`
 * says. The only file of the package with mutable credentials state.
 */
import type { AcquiredCredentials, AcquireReason, Clock, ClockTimer, Strategy } from '../contract.js';
import { evenlySpread } from '../clock.js';
import { type Credentials, validateAnswer } from '../credentials.js';
import { CredentialsExpiredError, RefreshTimeoutError, SessionClosedError, type SessionError } from '../errors.js';
import type { EventBase, SessionEmitter, SessionEventName, SessionEvents } from '../events.js';
import {
  decide,
  type Decision,
  type DecisionSettings,
  type EngineState,
  type Entry,
  type Failure,
  isUnhurried,
  type RefreshWindow,
  settleFor,
  windowAt,
} from './decide.js';
import { entryFrom, failureFrom, SMALLEST_OFFSET_MS } from './outcome.js';
import { areCapped, type WindowSettings } from './windows.js';

/** The engine's settings, with every default filled in. */
export interface EngineSettings extends DecisionSettings, WindowSettings {
  readonly refreshTimeoutMs: number;
  /** `false`: the engine refreshes by itself, with no caller. */
  readonly deferRefresh: boolean;
  readonly clock: Clock;
  /** `undefined`: jitter is spread evenly over the sessions of the process, backoff is random. */
  readonly random?: (() => number) | undefined;
}

/** Node fires a timer that is longer than this at once; what is further away is looked at again then. */
const longestTimerMs = 2 ** 31 - 1;

interface Flight {
  readonly sequence: number;
  readonly startedAt: number;
  /** What every event of this flight says. */
  readonly facts: { readonly reason: AcquireReason; readonly window: RefreshWindow; readonly attempt: number };
  readonly abort: AbortController;
  /** Those who wait: called when it lands, with its error if it has failed, and when they may have waited long enough. */
  readonly waiting: Set<(error?: SessionError) => void>;
  readonly deadline: ClockTimer;
}

/** Replaced part by part; what is in it never changes. */
type OwnState = { -readonly [Part in keyof EngineState]: EngineState[Part] } & {
  flight?: Flight | undefined;
  /** The window in which `servedStale` was told last, since the last success or failure. */
  staleIn?: RefreshWindow | undefined;
};

export class RefreshEngine {
  readonly #strategy: Strategy;
  readonly #settings: EngineSettings;
  readonly #events: SessionEmitter;
  #state: OwnState = {};
  /** The set in hand as a promise, so that the fresh path allocates nothing. */
  #inHand: Promise<Credentials> | undefined;
  #sequence = 0;
  #storedSequence = 0;
  #timer: ClockTimer | undefined;
  #closed = false;

  constructor(strategy: Strategy, settings: EngineSettings, events: SessionEmitter) {
    this.#strategy = strategy;
    this.#settings = settings;
    this.#events = events;
    if (!settings.deferRefresh) this.#start('initial');
  }

  /** The current set; what waits, what is served and what is raised is `decide`'s word. */
  get(forceRefresh?: boolean, signal?: AbortSignal): Promise<Credentials> {
    if (this.#closed) return rejectClosed();
    if (signal?.aborted) return Promise.reject(signal.reason as Error);
    const decision = decide(this.#state, this.#settings, this.#now(), forceRefresh);
    const flight = 'reason' in decision ? (this.#state.flight ?? this.#start(decision.reason)) : undefined;
    return flight && decision.action === 'wait' ? this.#wait(flight, decision, signal) : this.#settle(decision);
  }

  /** Whether this is the key in hand, and nobody has rejected it yet. */
  isTrusted(accessKeyId: string): boolean {
    const { entry, rejectedKeyId } = this.#state;
    return entry?.credentials.accessKeyId === accessKeyId && !rejectedKeyId;
  }

  /** Marks the set in hand as rejected; another key id than its own changes nothing. */
  invalidate(accessKeyId: string): void {
    if (!this.isTrusted(accessKeyId)) return;
    this.#state.rejectedKeyId = accessKeyId;
    this.#emit('invalidated', {});
    this.#wakeUp();
  }

  /** Whether a promise from `get` is the set in hand, which is there already. */
  isFulfilled(credentials: Promise<Credentials>): boolean {
    return credentials === this.#inHand;
  }

  get state(): EngineState {
    return this.#state;
  }

  get window(): RefreshWindow {
    return windowAt(this.#state, this.#now());
  }

  get clockOffsetMs(): number {
    return this.#state.entry?.clockOffsetMs ?? 0;
  }

  get closed(): boolean {
    return this.#closed;
  }

  close(): void {
    const { flight } = this.#state;
    this.#closed = true;
    this.#timer?.cancel();
    this.#state = {};
    this.#timer = this.#inHand = undefined;
    if (!flight) return;
    const error = closedError();
    this.#land(flight, error);
    flight.abort.abort(error);
  }

  #now(): number {
    return this.#settings.clock.now();
  }

  #start(reason: AcquireReason): Flight {
    const { clock, refreshTimeoutMs } = this.#settings;
    const { entry, failure } = this.#state;
    const startedAt = this.#now();
    const timeoutMs = Math.min(refreshTimeoutMs, longestFlightMs(entry, startedAt));
    const abort = new AbortController();
    const deadline = clock.startTimer(() => {
      const error = new RefreshTimeoutError(
        `The source of '${this.#strategy.name}' did not answer within ${Math.round(timeoutMs)} ms.`,
        { hint: 'If the source needs longer, raise `refreshTimeoutMs`.' },
      );
      this.#fail(flight, error);
      abort.abort(error);
    }, timeoutMs);
    const facts = { reason, window: this.window, attempt: (failure?.count ?? 0) + 1 };
    const flight: Flight = { sequence: ++this.#sequence, startedAt, facts, abort, deadline, waiting: new Set() };
    this.#timer?.cancel();
    this.#state.flight = flight;
    this.#emit('refreshStarted', facts);
    // A listener may have closed the session just now.
    if (!this.#closed) void this.#ask(flight);
    return flight;
  }

  async #ask(flight: Flight): Promise<void> {
    try {
      const { signal } = flight.abort;
      const answer: unknown = await this.#strategy.acquire({ reason: flight.facts.reason, signal });
      validateAnswer(answer);
      this.#store(flight, answer);
    } catch (error) {
      // Never while `#start` still runs: a source that throws at once, and a listener that then tries again, would recurse.
      await Promise.resolve();
      this.#fail(flight, error);
    }
  }

  /** Puts an answer in use. One that comes after its deadline is still used, unless a newer one is. */
  #store(flight: Flight, answer: AcquiredCredentials): void {
    if (this.#closed || flight.sequence <= this.#storedSequence) return;
    const { random = evenlySpread } = this.#settings;
    const now = this.#now();
    const before = this.#state.entry;
    const entry = entryFrom(answer, now, this.#settings, random(), before);
    const { credentials, clockOffsetMs, advisoryMs, mandatoryMs } = entry;
    this.#storedSequence = flight.sequence;
    this.#state = { entry, flight: this.#state.flight };
    this.#inHand = Promise.resolve(credentials);
    if (Math.abs(clockOffsetMs - (before?.clockOffsetMs ?? 0)) >= SMALLEST_OFFSET_MS) {
      this.#emit('clockOffset', { offsetMs: clockOffsetMs });
    }
    // Lifetimes of one source differ a little with the way of each answer: only a real change is news.
    if (areCapped(entry, this.#settings) && Math.abs(advisoryMs - (before?.advisoryMs ?? 0)) > 1000) {
      this.#emit('windowsCapped', { lifetimeMs: entry.expiresAt - now, advisoryMs, mandatoryMs });
    }
    this.#land(flight);
    const durationMs = now - flight.startedAt;
    this.#emit('refreshSucceeded', { ...flight.facts, durationMs, expiration: credentials.expiration });
    this.#wakeUp();
  }

  #fail(flight: Flight, thrown: unknown): void {
    if (this.#state.flight !== flight) return; // Its deadline has already been its outcome, or the session is closed.
    const { random = Math.random } = this.#settings;
    const now = this.#now();
    const failure = failureFrom(thrown, this.#strategy, this.#state, this.#settings, now, random);
    const { error, terminal, retryAt } = failure;
    this.#state = { ...this.#state, failure, flight: undefined, staleIn: undefined };
    this.#emit('refreshFailed', {
      ...flight.facts,
      durationMs: now - flight.startedAt,
      error,
      terminal,
      hint: error.hint,
      nextTryAt: new Date(retryAt),
    });
    this.#land(flight, error);
    this.#wakeUp();
  }

  #land(flight: Flight, error?: SessionError): void {
    flight.deadline.cancel();
    if (this.#state.flight === flight) this.#state.flight = undefined;
    // Those who wait on a newer flight need not, unless that is what they asked for: this answer, if late, is for them as well.
    const { waiting } = (!error && this.#state.flight) || flight;
    for (const look of waiting) look(error);
  }

  /** In proactive mode: sets the one timer for the next refresh, or starts it when it is due. */
  #wakeUp(): void {
    const { deferRefresh, clock } = this.#settings;
    if (deferRefresh || this.#state.flight || this.#closed) return;
    const now = this.#now();
    const { entry, failure } = this.#state;
    const { window } = this;
    const dueAt = entry && isUnhurried(window) ? entry.advisoryAt : now;
    const at = Math.max(dueAt, failure && now >= failure.at ? retryUnasked(failure, entry) : 0);
    this.#timer?.cancel();
    if (at <= now) this.#start(window === 'empty' ? 'initial' : window === 'advisory' ? 'advisory' : 'mandatory');
    else if (at < Infinity) {
      this.#timer = clock.startTimer(() => this.#wakeUp(), Math.min(Math.ceil(at - now), longestTimerMs));
    }
  }

  /** Waits for a flight as one caller does: until it lands, until the caller settles for less, or until its signal. */
  #wait(
    flight: Flight,
    { reason, until }: Extract<Decision, { action: 'wait' }>,
    signal?: AbortSignal,
  ): Promise<Credentials> {
    // A listener has closed the session while the flight began.
    if (this.#closed) return rejectClosed();
    return new Promise((resolve, reject) => {
      const end = (): void => {
        flight.waiting.delete(look);
        patience.cancel();
        signal?.removeEventListener('abort', giveUp);
      };
      const giveUp = (): void => {
        end();
        reject(signal?.reason as Error);
      };
      const look = (error?: SessionError): void => {
        const isForced = reason === 'forced';
        const isFlying = this.#state.flight === flight;
        if (isFlying && isForced) return;
        end();
        if (error && (isForced || this.#closed)) return reject(error);
        const decision = settleFor(this.#state, this.#settings, this.#now(), error !== undefined);
        // The machine slept meanwhile, and nothing is left to give: the flight that is under way may still bring something.
        const isWorthWaiting = isFlying && decision.action !== 'serve';
        resolve(isWorthWaiting ? this.#wait(flight, { action: 'wait', reason }, signal) : this.#settle(decision));
      };
      // First, because what is no signal throws here, and must leave nothing behind.
      signal?.addEventListener('abort', giveUp, { once: true });
      // Keeps the process alive for as long as this caller waits. Without an end of its own the flight's deadline comes first.
      const patience = this.#settings.clock.startTimer(
        () => look(),
        until === undefined ? longestTimerMs : until - this.#now(),
      );
      patience.ref();
      flight.waiting.add(look);
    });
  }

  /** Gives the set in hand, or the error that the decision names. */
  #settle({ action }: Decision): Promise<Credentials> {
    const { entry, failure, staleIn } = this.#state;
    const cause = failure?.error;
    if (action === 'failed') return Promise.reject(cause as SessionError);
    if (action === 'expired') {
      const expired = new CredentialsExpiredError(
        `The credentials of '${this.#strategy.name}' expired at ${entry?.credentials.expiration?.toISOString()} and no others could be had.`,
        { cause, hint: cause?.hint },
      );
      return Promise.reject(expired);
    }
    // As it is now: a listener may close the session, and may just have done so.
    const inHand = this.#inHand ?? rejectClosed();
    const { window } = this;
    if (entry && !isUnhurried(window) && window !== staleIn) {
      this.#state.staleIn = window;
      this.#emit('servedStale', { window, expiration: entry.credentials.expiration });
    }
    return inHand;
  }

  #emit<Name extends SessionEventName>(name: Name, event: Omit<SessionEvents[Name], keyof EventBase>): void {
    if (!this.#closed) void this.#events.emit(name, event);
  }
}

/**
 * The longest that a flight may take with a valid set in hand: a third of its advisory window, so that a hang leaves time
 * to try again, and not into the last tenth of its mandatory window, so that the next try comes before the set expires.
 * One that starts in that tenth has no next try to leave time for: a source that is only slow must be able to answer.
 */
function longestFlightMs(entry: Entry | undefined, now: number): number {
  if (!entry || now >= entry.expiresAt) return Infinity;
  const lastTenthMs = entry.mandatoryMs / 10;
  const leftMs = entry.expiresAt - lastTenthMs - now;
  return Math.min(entry.advisoryMs / 3, leftMs > 0 ? Math.max(leftMs, lastTenthMs) : Infinity);
}

/** When the timer tries again. With nothing valid in hand callers replay a terminal error for seconds; a timer is in no such hurry. */
function retryUnasked({ terminal, at, retryAt }: Failure, entry: Entry | undefined): number {
  return terminal && !(entry && at < entry.expiresAt) ? at + 60_000 : retryAt;
}

export function closedError(): SessionClosedError {
  return new SessionClosedError('The session is closed.');
}

const rejectClosed = (): Promise<never> => Promise.reject(closedError());

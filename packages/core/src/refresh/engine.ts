/**
 * The refresh engine: holds the set in hand, the last failure and at most one flight, and carries out what `decide`
 * says. The only file of the package with mutable credentials state.
 */
import type { AcquireReason, Clock, ClockTimer, FailureClass, Strategy } from '../contract.js';
import { evenlySpread, startLongTimer } from '../clock.js';
import { Credentials, validateAnswer } from '../credentials.js';
import {
  CredentialsDeniedError,
  CredentialsExpiredError,
  InvalidCredentialsError,
  RefreshFailedError,
  RefreshTimeoutError,
  SessionClosedError,
  type SessionError,
} from '../errors.js';
import type { EventBase, SessionEmitter, SessionEventName, SessionEvents } from '../events.js';
import { between, nextTryAt } from './backoff.js';
import {
  decide,
  type Decision,
  type DecisionSettings,
  type EngineState,
  type Entry,
  type Failure,
  type RefreshWindow,
  settleFor,
  windowAt,
} from './decide.js';
import { areCapped, deadlinesFor, windowsFor, type WindowSettings } from './windows.js';

/** The engine's settings, with every default filled in. */
export interface EngineSettings extends DecisionSettings, WindowSettings {
  readonly refreshTimeoutMs: number;
  /** Whether the engine refreshes by itself, with no caller. */
  readonly proactive: boolean;
  readonly clock: Clock;
  /** `undefined`: jitter is spread evenly over the sessions of the process, backoff is random. */
  readonly random: (() => number) | undefined;
}

/** What a caller may ask for. */
export interface GetOptions {
  readonly forceRefresh?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

type Outcome = { readonly credentials: Credentials } | { readonly error: SessionError };

interface Flight {
  readonly sequence: number;
  readonly reason: AcquireReason;
  readonly window: RefreshWindow;
  readonly startedAt: number;
  readonly attempt: number;
  readonly abort: AbortController;
  /** Never rejects: whoever does not wait has nothing to handle. */
  readonly outcome: Promise<Outcome>;
  land(outcome: Outcome): void;
  deadline?: ClockTimer;
}

/** Below this, the difference of two clocks cannot be told from the resolution of an HTTP date and the way of the answer. */
const smallestOffsetMs = 5000;
/** An HTTP date has whole seconds: the source's true time is up to this much later. */
const dateResolutionMs = 1000;

export class RefreshEngine {
  readonly #strategy: Strategy;
  readonly #settings: EngineSettings;
  readonly #events: SessionEmitter;
  #state: EngineState = {};
  /** The set in hand as a promise, so that the fresh path allocates nothing. */
  #inHand: Promise<Credentials> | undefined;
  #flight: Flight | undefined;
  #sequence = 0;
  #storedSequence = 0;
  #timer: ClockTimer | undefined;
  #clockOffsetMs = 0;
  #cappedLifetime = 0;
  #staleIsNews = true;
  #closed = false;

  constructor(strategy: Strategy, settings: EngineSettings, events: SessionEmitter) {
    this.#strategy = strategy;
    this.#settings = settings;
    this.#events = events;
    if (settings.proactive) this.#start('initial');
  }

  /** The current set; what waits, what is served and what is raised is `decide`'s word. */
  get(options?: GetOptions): Promise<Credentials> {
    if (this.#closed) return Promise.reject(closedError());
    if (options?.signal?.aborted) return Promise.reject(options.signal.reason as Error);
    const decision = decide(this.#state, this.#settings, this.#settings.clock.now(), options?.forceRefresh);
    switch (decision.action) {
      case 'serve':
        return this.#serve();
      case 'refresh':
        if (!this.#flight) this.#start(decision.reason);
        return this.#serve();
      case 'wait':
        return this.#wait(this.#flight ?? this.#start(decision.reason), decision, options?.signal);
      case 'throw':
        return Promise.reject(this.#errorFor(decision.error));
    }
  }

  /** Marks the set in hand as rejected; another key id than its own changes nothing. */
  invalidate(accessKeyId: string): void {
    if (this.#closed || this.#state.entry?.credentials.accessKeyId !== accessKeyId) return;
    if (this.#state.rejectedKeyId === accessKeyId) return;
    this.#state = { ...this.#state, rejectedKeyId: accessKeyId };
    this.#emit('invalidated', {});
    if (this.#settings.proactive) this.#wakeUp();
  }

  /** Whether a promise from `get` is the set in hand, which is there already. */
  isFulfilled(credentials: Promise<Credentials>): boolean {
    return credentials === this.#inHand;
  }

  get state(): EngineState {
    return this.#state;
  }

  get window(): RefreshWindow {
    return windowAt(this.#state, this.#settings.clock.now());
  }

  /** The source's time less this machine's, in milliseconds; 0 while they agree within seconds or nothing is known. */
  get clockOffsetMs(): number {
    return this.#clockOffsetMs;
  }

  get closed(): boolean {
    return this.#closed;
  }

  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#state = {};
    this.#inHand = undefined;
    const flight = this.#flight;
    this.#flight = undefined;
    if (!flight) return;
    flight.deadline?.cancel();
    flight.land({ error: closedError() });
    flight.abort.abort(closedError());
  }

  #start(reason: AcquireReason): Flight {
    const { clock, refreshTimeoutMs } = this.#settings;
    const { entry, failure } = this.#state;
    const startedAt = clock.now();
    let land!: Flight['land'];
    const outcome = new Promise<Outcome>((resolve) => (land = resolve));
    const flight: Flight = {
      sequence: ++this.#sequence,
      reason,
      window: windowAt(this.#state, startedAt),
      startedAt,
      attempt: (failure?.count ?? 0) + 1,
      abort: new AbortController(),
      outcome,
      land,
    };
    this.#timer?.cancel();
    this.#flight = flight;
    this.#state = { ...this.#state, flightStartedAt: startedAt };
    const timeoutMs = Math.min(refreshTimeoutMs, timeoutWith(entry, startedAt));
    flight.deadline = clock.startTimer(() => this.#expireFlight(flight, timeoutMs), timeoutMs);
    this.#emit('refreshStarted', describe(flight));
    // A listener may have closed the session just now.
    if (!this.#closed) void this.#ask(flight);
    return flight;
  }

  async #ask(flight: Flight): Promise<void> {
    try {
      const answer: unknown = await this.#strategy.acquire({ reason: flight.reason, signal: flight.abort.signal });
      validateAnswer(answer);
      if (!this.#closed) this.#store(flight, answer);
    } catch (error) {
      // Never while `#start` still runs: a source that throws at once, and a listener that then tries again, would recurse.
      await undefined;
      this.#fail(flight, error);
    }
  }

  #expireFlight(flight: Flight, timeoutMs: number): void {
    const error = new RefreshTimeoutError(
      `The source of '${this.#strategy.name}' did not answer within ${Math.round(timeoutMs)} ms.`,
      {
        hint: 'If the source needs longer, such as a person who types a code, raise `refreshTimeoutMs`.',
      },
    );
    this.#fail(flight, error);
    flight.abort.abort(error);
  }

  /** Puts an answer in use. One that comes after its deadline is still used, unless a newer one is. */
  #store(flight: Flight, answer: ConstructorParameters<typeof Credentials>[0]): void {
    if (flight.sequence <= this.#storedSequence) return;
    const { clock, random } = this.#settings;
    const now = clock.now();
    const offsetMs = offsetOf(answer.sourceTime, now);
    const lifetimeMs = lifetimeOf(answer.expiration, offsetMs ? now + offsetMs + dateResolutionMs : now);
    if (lifetimeMs <= 0) {
      throw new InvalidCredentialsError('The source answered with credentials that have already expired.', {
        hint: "Check this machine's clock, and whether the source hands out a stale set.",
      });
    }
    const windows = windowsFor(lifetimeMs, this.#settings);
    const expiresAt = now + lifetimeMs;
    const credentials = new Credentials(answer);
    this.#storedSequence = flight.sequence;
    this.#state = {
      entry: {
        credentials,
        fetchedAt: now,
        expiresAt,
        windows,
        ...deadlinesFor(expiresAt, windows, (random ?? evenlySpread)()),
      },
      flightStartedAt: this.#flight?.startedAt,
    };
    this.#inHand = Promise.resolve(credentials);
    this.#staleIsNews = true;
    if (answer.sourceTime) this.#noteOffset(offsetMs);
    this.#noteCaps(lifetimeMs, windows);
    this.#finish(flight, { credentials });
    this.#emit('refreshSucceeded', {
      ...describe(flight),
      durationMs: now - flight.startedAt,
      expiration: credentials.expiration,
    });
    this.#wakeUp();
  }

  #fail(flight: Flight, thrown: unknown): void {
    if (this.#flight !== flight) return; // Its deadline has already been its outcome, or the session is closed.
    const { clock, random = Math.random, expired } = this.#settings;
    const now = clock.now();
    const { entry, failure: last } = this.#state;
    const { terminal, retryAfterMs, error } = this.#classify(thrown);
    const hasExpired = entry !== undefined && now >= entry.expiresAt;
    // The series begins anew at expiry: from then on callers fail, and the source must be noticed when it comes back.
    const count = hasExpired && last && last.at < entry.expiresAt ? 1 : (last?.count ?? 0) + 1;
    // Never past the expiry of a set that is still good: what was refused before it is asked once more when it matters.
    const replayUntil = Math.min(
      terminal ? now + between(1000, 5000, random()) : now,
      entry && !hasExpired ? entry.expiresAt : Infinity,
    );
    let retryAt = nextTryAt(now, entry, { terminal, failures: count, retryAfterMs }, random());
    if (hasExpired && expired === 'serve') retryAt = now + between(300_000, 600_000, random());
    else if (terminal && (!entry || hasExpired)) retryAt = replayUntil;
    this.#state = { ...this.#state, failure: { error, terminal, at: now, count, retryAt, replayUntil } };
    this.#staleIsNews = true;
    this.#finish(flight, { error });
    this.#emit('refreshFailed', {
      ...describe(flight),
      durationMs: now - flight.startedAt,
      error,
      terminal,
      hint: error.hint,
      nextTryAt: new Date(retryAt),
    });
    this.#wakeUp();
  }

  #classify(thrown: unknown): { terminal: boolean; retryAfterMs?: number | undefined; error: SessionError } {
    const { name } = this.#strategy;
    if (thrown instanceof RefreshTimeoutError || thrown instanceof InvalidCredentialsError) {
      const hint = thrown.hint;
      return { terminal: false, error: new RefreshFailedError(thrown.message, { cause: thrown, hint }) };
    }
    const failure = classifyWith(this.#strategy, thrown);
    const kind = thrown instanceof Error ? thrown.name : `a thrown ${thrown === null ? 'null' : typeof thrown}`;
    const details = { cause: thrown, hint: failure.hint };
    if (failure.kind === 'terminal') {
      return {
        terminal: true,
        error: new CredentialsDeniedError(`The source of '${name}' refused (${kind}).`, details),
      };
    }
    const error = new RefreshFailedError(`The source of '${name}' failed (${kind}).`, details);
    return { terminal: false, retryAfterMs: failure.retryAfterMs, error };
  }

  #finish(flight: Flight, outcome: Outcome): void {
    flight.deadline?.cancel();
    if (this.#flight === flight) {
      this.#flight = undefined;
      this.#state = { ...this.#state, flightStartedAt: undefined };
    }
    flight.land(outcome);
  }

  /** In proactive mode: sets the one timer for the next refresh, or starts it when it is due. */
  #wakeUp(): void {
    if (!this.#settings.proactive || this.#flight || this.#closed) return;
    const { clock } = this.#settings;
    const now = clock.now();
    const { entry, failure, rejectedKeyId } = this.#state;
    const due = entry && rejectedKeyId === undefined && now >= entry.fetchedAt ? entry.advisoryAt : now;
    const at = Math.max(due, failure && now >= failure.at ? retryUnasked(failure, entry) : 0);
    this.#timer?.cancel();
    if (at === Infinity) return;
    if (at > now) this.#timer = startLongTimer(clock, () => this.#wakeUp(), at - now);
    else {
      const window = windowAt(this.#state, now);
      this.#start(window === 'empty' ? 'initial' : window === 'advisory' ? 'advisory' : 'mandatory');
    }
  }

  /** Waits for a flight as one caller does: until it lands, until the caller settles for less, or until its signal. */
  #wait(
    flight: Flight,
    { reason, until }: Extract<Decision, { action: 'wait' }>,
    signal?: AbortSignal,
  ): Promise<Credentials> {
    const { clock } = this.#settings;
    flight.deadline?.ref();
    return new Promise((resolve, reject) => {
      let isOver = false;
      const cleanUp = (): void => {
        isOver = true;
        patience?.cancel();
        signal?.removeEventListener('abort', giveUp);
      };
      const giveUp = (): void => {
        cleanUp();
        reject(signal?.reason as Error);
      };
      const takeWhatThereIs = (): void => {
        cleanUp();
        if (this.#closed) reject(closedError());
        else resolve(this.#settle());
      };
      const patience = until === undefined ? undefined : clock.startTimer(takeWhatThereIs, until - clock.now());
      patience?.ref();
      signal?.addEventListener('abort', giveUp, { once: true });
      void flight.outcome.then((outcome) => {
        if (isOver) return; // An error that is made now would be nobody's to handle.
        cleanUp();
        if ('credentials' in outcome) resolve(outcome.credentials);
        else if (reason === 'forced') reject(outcome.error);
        else takeWhatThereIs();
      });
    });
  }

  /** What a caller gets whose wait brought nothing new. */
  #settle(): Promise<Credentials> {
    const decision = settleFor(this.#state, this.#settings, this.#settings.clock.now());
    return decision.action === 'throw' ? Promise.reject(this.#errorFor(decision.error)) : this.#serve();
  }

  #serve(): Promise<Credentials> {
    const { failure, entry } = this.#state;
    const inHand = this.#inHand as Promise<Credentials>;
    if (entry && (failure || this.#flight)) {
      const window = this.window;
      if (this.#staleIsNews && (window === 'mandatory' || window === 'expired')) {
        this.#staleIsNews = false;
        this.#emit('servedStale', { window, expiration: entry.credentials.expiration });
      }
    }
    return inHand; // As it was: a listener may have closed the session just now.
  }

  #errorFor(kind: 'failed' | 'expired'): SessionError {
    const { failure, entry } = this.#state;
    if (kind === 'failed' && failure) return failure.error;
    const expiration = entry?.credentials.expiration?.toISOString();
    return new CredentialsExpiredError(
      `The credentials of '${this.#strategy.name}' expired at ${expiration} and no others could be had.`,
      {
        cause: failure?.error,
        hint: failure?.error.hint,
      },
    );
  }

  #noteOffset(offsetMs: number): void {
    const changed = Math.abs(offsetMs - this.#clockOffsetMs) >= smallestOffsetMs;
    this.#clockOffsetMs = offsetMs;
    if (changed) this.#emit('clockOffset', { offsetMs });
  }

  #noteCaps(lifetimeMs: number, windows: { advisoryMs: number; mandatoryMs: number }): void {
    // Lifetimes of one source differ by the way of each answer: only a real change is news.
    if (!areCapped(windows, this.#settings) || Math.abs(lifetimeMs - this.#cappedLifetime) < lifetimeMs / 100 + 1000)
      return;
    this.#cappedLifetime = lifetimeMs;
    this.#emit('windowsCapped', { lifetimeMs, ...windows });
  }

  #emit<Name extends SessionEventName>(name: Name, event: Omit<SessionEvents[Name], keyof EventBase>): void {
    if (this.#closed) return;
    const base: EventBase = { at: new Date(this.#settings.clock.now()), method: this.#strategy.name };
    this.#events.emit(name, { ...base, ...event } as SessionEvents[Name]);
  }
}

/** A strategy that cannot say what its error means must not break the engine: such an error may pass. */
function classifyWith(strategy: Strategy, thrown: unknown): FailureClass {
  try {
    const failure: unknown = strategy.classify(thrown);
    if (typeof failure === 'object' && failure !== null && 'kind' in failure) return failure as FailureClass;
  } catch {
    // Said below: what the strategy threw here hides the error that matters.
  }
  return { kind: 'recoverable', hint: `The strategy '${strategy.name}' could not classify this error.` };
}

/**
 * The longest that a flight may take with a valid set in hand: a third of its advisory window, so that a hang leaves time
 * to try again, and not into the last tenth of its mandatory window, so that the next try comes before the set expires.
 */
function timeoutWith(entry: Entry | undefined, now: number): number {
  if (!entry || now >= entry.expiresAt) return Infinity;
  const { advisoryMs, mandatoryMs } = entry.windows;
  const lastTenthMs = mandatoryMs / 10;
  return Math.min(advisoryMs / 3, Math.max(entry.expiresAt - lastTenthMs - now, lastTenthMs));
}

/** When the timer tries again. With nothing valid in hand callers replay a terminal error for seconds; a timer is in no such hurry. */
function retryUnasked({ terminal, at, retryAt }: Failure, entry: Entry | undefined): number {
  return terminal && !(entry && at < entry.expiresAt) ? at + 60_000 : retryAt;
}

function describe({ reason, window, attempt }: Flight): Pick<Flight, 'reason' | 'window' | 'attempt'> {
  return { reason, window, attempt };
}

function offsetOf(sourceTime: Date | undefined, now: number): number {
  const offset = sourceTime ? sourceTime.getTime() - now : 0;
  return Math.abs(offset) < smallestOffsetMs ? 0 : offset;
}

function lifetimeOf(expiration: Date | undefined, sourceNow: number): number {
  return expiration ? expiration.getTime() - sourceNow : Infinity;
}

function closedError(): SessionClosedError {
  return new SessionClosedError('The session is closed.');
}

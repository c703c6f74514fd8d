/**
 * What there is to see of any number of sessions: a summary, a page of rows, and what happened lately. No credentials are
 * in it, nor any part of them. What it keeps of each session is small, because there can be ten thousand.
 */
import type { Identity, RefreshableSession, SessionStatus } from '@brs/core';
import { describe } from '../report.js';
import { type State, stateOf, states } from './state.js';

/** One session. Instants are epoch milliseconds by the clock of the machine that has the sessions. */
export interface Row {
  readonly name: string;
  readonly method: string;
  readonly state: State;
  readonly fetchedAt?: number | undefined;
  readonly advisoryAt?: number | undefined;
  readonly mandatoryAt?: number | undefined;
  readonly expiresAt?: number | undefined;
  /** When the source is asked next, unless somebody asks before; now, while it is being asked. */
  readonly nextAt?: number | undefined;
  /** Refreshes that succeeded and that failed, since the session was opened. */
  readonly refreshes: number;
  readonly errors: number;
  /** Failures since the last success. */
  readonly failures: number;
  readonly clockOffsetMs: number;
  /** What went wrong last, unless it is over: as errors are told everywhere else. */
  readonly error?: string | undefined;
  /** Who the session is, as far as it is known yet. */
  readonly identity?: string | undefined;
}

/** Something that happened. What else there is depends on the event. */
export interface BoardEvent {
  /** Counts up. */
  readonly id: number;
  readonly at: number;
  readonly session: string;
  readonly event:
    | 'refreshSucceeded'
    | 'refreshFailed'
    | 'invalidated'
    | 'clockOffset'
    | 'servedStale'
    | 'notice'
    // Of the endpoint that is watched, not of a session.
    | 'gone'
    | 'back';
  readonly durationMs?: number;
  readonly expiresAt?: number | undefined;
  readonly code?: string;
  readonly terminal?: boolean;
  readonly nextTryAt?: number;
  readonly offsetMs?: number;
  readonly message?: string;
}

/** Which part is wanted. */
export interface Page {
  /** The first row, counted from the most urgent session. */
  readonly offset: number;
  /** How many rows. */
  readonly limit: number;
  /** Only what happened after the event with this id. */
  readonly since: number;
}

/** What is to be seen now. */
export interface Reading {
  /** When it was read. */
  readonly at: number;
  readonly total: number;
  /** How many sessions are in each state; states that none is in are left out. */
  readonly counts: Readonly<Partial<Record<State, number>>>;
  readonly offset: number;
  readonly rows: readonly Row[];
  /** The oldest first, and no more than {@link mostEvents}. */
  readonly events: readonly BoardEvent[];
  /** The id of the latest event. */
  readonly lastEvent: number;
}

/** How many of the latest events are kept. */
export const mostEvents = 200;
/** An order is used again for so many times as long as it took to make, so that whoever asks, however often, costs little. */
const orderGoodFor = 20;
/** Identities that are looked up at once, and how long one that could not be had is left alone. */
const [lookUpsAtOnce, lookUpAgainMs] = [4, 60_000];
/** How long a session that is refused, and has no set, waits before it asks unasked. */
const refusedRetryMs = 60_000;

interface Watched {
  readonly name: string;
  readonly session: RefreshableSession;
  refreshes: number;
  errors: number;
  failedAt: number;
  isRefused: boolean;
  error: string | undefined;
  identity: string | undefined;
  lookedUpAt: number;
}

interface Placed {
  readonly watched: Watched;
  readonly state: State;
  readonly rank: number;
  readonly expiresAt: number;
}

/** All sessions as they were at one moment: none is missing in it, and none is there twice. */
interface Order {
  readonly until: number;
  readonly placed: readonly Placed[];
  /** The names of those that are not opened yet. */
  readonly waiting: readonly string[];
  readonly counts: Reading['counts'];
}

type NewEvent = Omit<BoardEvent, 'id' | 'at' | 'session'>;

/** Keeps an eye on sessions. */
export class Board {
  readonly #watched = new Map<string, Watched>();
  readonly #events: BoardEvent[] = [];
  readonly #listeners = new Set<(event: BoardEvent) => void>();
  readonly #names: readonly string[];
  #lastEvent = 0;
  #lookUps = 0;
  #order: Order | undefined;

  /** @param names - of all sessions that there will be: those that are not opened yet are shown as starting. */
  constructor(names: readonly string[] = []) {
    this.#names = names;
  }

  /** Begins to watch a session. */
  add(name: string, session: RefreshableSession): void {
    const watched: Watched = {
      name,
      session,
      refreshes: 0,
      errors: 0,
      failedAt: 0,
      isRefused: false,
      error: undefined,
      identity: undefined,
      lookedUpAt: -Infinity,
    };
    this.#watched.set(name, watched);
    const note = (at: Date, event: NewEvent): void => this.#note(name, at, event);
    session.on('refreshSucceeded', ({ at, durationMs, expiration }) => {
      watched.refreshes++;
      watched.error = undefined;
      watched.isRefused = false;
      note(at, { event: 'refreshSucceeded', durationMs, expiresAt: expiration?.getTime() });
    });
    session.on('refreshFailed', ({ at, durationMs, error, terminal, nextTryAt }) => {
      watched.errors++;
      watched.failedAt = at.getTime();
      watched.isRefused = terminal;
      watched.error = describe(error);
      const { code } = error;
      note(at, {
        event: 'refreshFailed',
        durationMs,
        code,
        terminal,
        nextTryAt: nextTryAt.getTime(),
        message: watched.error,
      });
    });
    session.on('invalidated', ({ at }) => note(at, { event: 'invalidated' }));
    session.on('clockOffset', ({ at, offsetMs }) => note(at, { event: 'clockOffset', offsetMs }));
    session.on('notice', ({ at, code, message }) => note(at, { event: 'notice', code, message }));
    session.on('servedStale', ({ at, window, expiration }) => {
      if (window === 'expired') note(at, { event: 'servedStale', expiresAt: expiration?.getTime() });
    });
  }

  /** Calls the listener for everything that happens. */
  on(listener: (event: BoardEvent) => void): void {
    this.#listeners.add(listener);
  }

  /** What is to be seen now. Who is on the page is found out, for the next time. */
  read({ offset, limit, since }: Page): Reading {
    const at = Date.now();
    const { placed, waiting, counts } = this.#inOrder();
    const total = placed.length + waiting.length;
    const first = Math.max(0, Math.min(offset, total - limit));
    const rows: Row[] = [];
    for (const { watched } of placed.slice(first, first + limit)) {
      const status = watched.session.status();
      rows.push(rowOf(watched, status, at));
      this.#lookUp(watched, status, at);
    }
    for (const name of waiting.slice(Math.max(0, first - placed.length)).slice(0, limit - rows.length)) {
      rows.push({ name, method: '', state: 'starting', refreshes: 0, errors: 0, failures: 0, clockOffsetMs: 0 });
    }
    const events = this.#events.filter(({ id }) => id > since);
    return { at, total, counts, offset: first, rows, events, lastEvent: this.#lastEvent };
  }

  /** In their order, which may be a moment old. */
  #inOrder(): Order {
    const begun = performance.now();
    if (this.#order && begun < this.#order.until) return this.#order;
    const placed = [...this.#watched.values()].map((watched): Placed => {
      const status = watched.session.status();
      const state = stateOf(status, watched.isRefused);
      return { watched, state, rank: states.indexOf(state), expiresAt: status.expiresAt?.getTime() ?? Infinity };
    });
    placed.sort((one, other) => {
      if (one.rank !== other.rank) return one.rank - other.rank;
      if (one.expiresAt !== other.expiresAt) return one.expiresAt - other.expiresAt;
      return one.watched.name < other.watched.name ? -1 : 1;
    });
    const counts: Partial<Record<State, number>> = {};
    for (const { state } of placed) counts[state] = (counts[state] ?? 0) + 1;
    const waiting = this.#names.filter((name) => !this.#watched.has(name));
    if (waiting.length > 0) counts.starting = (counts.starting ?? 0) + waiting.length;
    const ended = performance.now();
    return (this.#order = { until: ended + orderGoodFor * (ended - begun), placed, waiting, counts });
  }

  #note(session: string, at: Date, event: NewEvent): void {
    const noted = { id: ++this.#lastEvent, at: at.getTime(), session, ...event };
    this.#events.push(noted);
    if (this.#events.length > mostEvents) this.#events.shift();
    for (const listener of this.#listeners) listener(noted);
  }

  /** Finds out who a session is, once. */
  #lookUp(watched: Watched, { window }: SessionStatus, at: number): void {
    const isGood = window === 'fresh' || window === 'advisory';
    if (!isGood || watched.identity !== undefined || this.#lookUps >= lookUpsAtOnce) return;
    if (at - watched.lookedUpAt < lookUpAgainMs) return;
    // Until there is an answer: a strategy may give none, signal or not, and is not asked once more meanwhile.
    watched.lookedUpAt = Infinity;
    this.#lookUps++;
    const signal = AbortSignal.timeout(10_000);
    const timeIsUp = new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    const lookUp = watched.session.whoami({ signal }).then(
      (identity) => (watched.identity = describeIdentity(identity)),
      // Who it is is worth knowing, and no more: that a source fails is told by the session itself.
      () => (watched.lookedUpAt = at),
    );
    void Promise.race([lookUp, timeIsUp]).finally(() => this.#lookUps--);
  }
}

function rowOf(watched: Watched, status: SessionStatus, at: number): Row {
  const { failures } = status;
  return {
    name: watched.name,
    method: status.method,
    state: stateOf(status, watched.isRefused),
    fetchedAt: status.fetchedAt?.getTime(),
    advisoryAt: status.advisoryAt?.getTime(),
    mandatoryAt: status.mandatoryAt?.getTime(),
    expiresAt: status.expiresAt?.getTime(),
    nextAt: status.refreshing ? at : nextTry(watched, status),
    refreshes: watched.refreshes,
    errors: watched.errors,
    failures,
    clockOffsetMs: status.clockOffsetMs,
    error: failures > 0 ? watched.error : undefined,
    identity: watched.identity,
  };
}

function nextTry({ isRefused, failedAt }: Watched, status: SessionStatus): number | undefined {
  const { window, retryAt, advisoryAt } = status;
  const hasSet = window !== 'empty' && window !== 'expired';
  if (retryAt && isRefused && !hasSet) return failedAt + refusedRetryMs;
  const due = window === 'fresh' || window === 'advisory' ? advisoryAt?.getTime() : undefined;
  return retryAt ? Math.max(retryAt.getTime(), due ?? 0) : due;
}

function describeIdentity({ arn, account, userId }: Identity): string {
  return arn ?? userId ?? (account ? `account ${account}` : '');
}

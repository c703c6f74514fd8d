/**
 * What to do when somebody asks for credentials: a pure function of the engine's state and the time, in a written order.
 * It starts nothing and changes nothing; the engine carries out what it says.
 *
 * A deadline is due when `now >= deadline`; a set is expired when `now >= expiresAt`.
 */
import type { ExpiredCredentialsPolicy } from '../contract.js';
import type { Credentials } from '../credentials.js';
import type { SessionError } from '../errors.js';
import type { Deadlines, Windows } from './windows.js';

/** The set in hand. Replaced whole by a success, never touched by a failure. Instants in epoch milliseconds. */
export interface Entry extends Windows, Deadlines {
  readonly credentials: Credentials;
  readonly fetchedAt: number;
  /** By the local clock; `Infinity` for a set that does not expire. */
  readonly expiresAt: number;
  /** The source's time less this machine's, in milliseconds; 0 while they agree within seconds or nothing is known. */
  readonly clockOffsetMs: number;
}

/** The last failure since the last success. */
export interface Failure {
  readonly error: SessionError;
  readonly terminal: boolean;
  readonly at: number;
  /** Failures in a row. */
  readonly count: number;
  /** The source is left alone until then, except by force. */
  readonly retryAt: number;
  /** A terminal error is raised again until then, without asking the source, also by force. Any other: its own instant. */
  readonly replayUntil: number;
}

/** Everything that a decision depends on. */
export interface EngineState {
  readonly entry?: Entry | undefined;
  readonly failure?: Failure | undefined;
  /** The access key id that a service rejected. */
  readonly rejectedKeyId?: string | undefined;
  /** The flight that is under way. */
  readonly flight?: { readonly startedAt: number } | undefined;
}

/** The settings that a decision depends on. */
export interface DecisionSettings {
  readonly advisoryRefresh: 'background' | 'await';
  readonly mandatoryWaitMs: number;
  readonly expiredCredentials: ExpiredCredentialsPolicy;
  readonly expiredMaxAgeSeconds: number;
}

/**
 * Where the set in hand is in its life:
 *
 * - `empty`: there is none.
 * - `fresh`: it is served, and nothing else happens.
 * - `advisory`: it is served, and a refresh runs behind.
 * - `mandatory`: callers wait for a refresh, for a while. So is a set that was rejected, and one from before the clock
 *   jumped back.
 * - `expired`: callers wait for a refresh.
 */
export type RefreshWindow = 'empty' | 'fresh' | 'advisory' | 'mandatory' | 'expired';

/**
 * - `serve`: give the set in hand.
 * - `refresh`: see that a flight is under way and give the set in hand at once.
 * - `wait`: join the flight, or start one; at `until`, where there is one, settle for the set in hand.
 * - `failed`: raise the last failure.
 * - `expired`: raise that the set has expired.
 */
export type Decision =
  | { readonly action: 'serve' | 'failed' | 'expired' }
  | { readonly action: 'refresh'; readonly reason: 'advisory' | 'mandatory' }
  | {
      readonly action: 'wait';
      readonly reason: 'initial' | 'advisory' | 'mandatory' | 'forced';
      readonly until?: number;
    };

const serve: Decision = { action: 'serve' };
const failed: Decision = { action: 'failed' };
const expired: Decision = { action: 'expired' };

export function windowAt({ entry, rejectedKeyId }: EngineState, now: number): RefreshWindow {
  if (!entry) return 'empty';
  if (now >= entry.expiresAt) return 'expired';
  if (now >= entry.mandatoryAt || now < entry.fetchedAt || rejectedKeyId !== undefined) return 'mandatory';
  return now >= entry.advisoryAt ? 'advisory' : 'fresh';
}

/** Whether nobody has to wait: the set in hand is good for a while. */
export function isUnhurried(window: RefreshWindow): boolean {
  return window === 'fresh' || window === 'advisory';
}

export function decide(state: EngineState, settings: DecisionSettings, now: number, forced = false): Decision {
  const { failure, flight } = state;
  const window = windowAt(state, now);

  // 1. A good set that nobody questions.
  if (window === 'fresh' && !forced) return serve;

  // A failure from the future is one from before the clock jumped back: its deadlines mean nothing any more.
  const recent = failure && now >= failure.at ? failure : undefined;
  const replaying = recent !== undefined && now < recent.replayUntil;

  // 2. Force passes the backoff, not the replay of a terminal error.
  if (forced) return replaying ? failed : { action: 'wait', reason: 'forced' };

  // 3. Nothing in hand: everybody waits. The first call after a failure that may pass asks again.
  if (window === 'empty') return replaying && !flight ? failed : { action: 'wait', reason: 'initial' };

  // 4. The source has failed and is left alone for now.
  if (!flight && recent && now < recent.retryAt) return window === 'advisory' ? serve : settleFor(state, settings, now);

  // 5. There is time: nobody waits, except, if so configured, the caller that starts the flight.
  if (window === 'advisory') {
    if (flight) return serve;
    return { action: settings.advisoryRefresh === 'await' ? 'wait' : 'refresh', reason: 'advisory' };
  }

  // 6. Hardly any time, or none: wait, but with a usable set in hand only for a while.
  if (!isServable(state, settings, now)) return { action: 'wait', reason: 'mandatory' };
  const until = waitUntil(state, settings, now);
  return until > now ? { action: 'wait', reason: 'mandatory', until } : { action: 'refresh', reason: 'mandatory' };
}

/**
 * What a caller gets when waiting has brought nothing new: the set in hand while it may be served, else an error. With
 * `hasFailed: false` the flight is still under way, and the failure is that of an earlier one, which nobody is owed.
 */
export function settleFor(state: EngineState, settings: DecisionSettings, now: number, hasFailed = true): Decision {
  const { entry, failure } = state;
  const terminal = hasFailed && failure?.terminal === true;
  if (!entry || !isServable(state, settings, now)) return entry && !terminal ? expired : failed;
  return terminal && now < entry.expiresAt && settings.advisoryRefresh === 'await' ? failed : serve;
}

/** Whether the set in hand may be given to a caller: it is valid, or expired and allowed to outlive its expiry for a while. */
function isServable({ entry }: EngineState, settings: DecisionSettings, now: number): boolean {
  return entry !== undefined && now < servedUntil(entry.expiresAt, settings);
}

/** Until when a set may be given to callers: its expiry, or where it may outlive that, its greatest age. */
export function servedUntil(expiresAt: number, settings: DecisionSettings): number {
  return settings.expiredCredentials === 'serve' ? expiresAt + settings.expiredMaxAgeSeconds * 1000 : expiresAt;
}

/**
 * How long a caller waits before it takes the set in hand: the configured wait, counted from when the flight and the
 * window began, so that a hung source does not delay every request anew; and never into the last tenth of the window.
 */
function waitUntil({ entry, flight }: EngineState, settings: DecisionSettings, now: number): number {
  const { expiresAt, mandatoryAt, mandatoryMs } = entry as Entry;
  const since = Math.min(now, Math.max(flight?.startedAt ?? now, mandatoryAt));
  const limit = now < expiresAt ? expiresAt - mandatoryMs / 10 : Infinity;
  return Math.min(since + settings.mandatoryWaitMs, limit);
}

/** What a flight leaves behind: an answer becomes the set in hand, an error becomes a failure. Pure, no state. */
import type { AcquiredCredentials, FailureClass, Strategy } from '../contract.js';
import { Credentials } from '../credentials.js';
import {
  CredentialsDeniedError,
  InvalidCredentialsError,
  isSessionError,
  RefreshFailedError,
  type SessionError,
} from '../errors.js';
import { between, nextTryAt } from './backoff.js';
import { type DecisionSettings, type EngineState, type Entry, type Failure, servedUntil } from './decide.js';
import { deadlinesFor, windowsFor, type WindowSettings } from './windows.js';

/** Below this, the difference of two clocks cannot be told from the resolution of an HTTP date and the way of the answer. */
export const SMALLEST_OFFSET_MS = 5000;
/** An HTTP date has whole seconds: the source's true time is up to this much later. */
const dateResolutionMs = 1000;

/** The source's clock less this machine's, in milliseconds; 0 while they agree. */
export function offsetOf({ sourceTime }: AcquiredCredentials, now: number): number {
  const offset = sourceTime ? sourceTime.getTime() - now : 0;
  return Math.abs(offset) < SMALLEST_OFFSET_MS ? 0 : offset;
}

/**
 * The set in hand that an answer makes. Its lifetime is taken from the source's clock where that is known to differ.
 *
 * @throws {@link InvalidCredentialsError} for a set that has already expired.
 */
export function entryFrom(answer: AcquiredCredentials, now: number, settings: WindowSettings, jitter: number): Entry {
  const offsetMs = offsetOf(answer, now);
  const sourceNow = offsetMs ? now + offsetMs + dateResolutionMs : now;
  const lifetimeMs = answer.expiration ? answer.expiration.getTime() - sourceNow : Infinity;
  if (lifetimeMs <= 0) {
    throw new InvalidCredentialsError('The source answered with credentials that have already expired.', {
      hint: "Check this machine's clock, and whether the source hands out a stale set.",
    });
  }
  const windows = windowsFor(lifetimeMs, settings);
  const expiresAt = now + lifetimeMs;
  const credentials = new Credentials(answer);
  return { credentials, fetchedAt: now, expiresAt, windows, ...deadlinesFor(expiresAt, windows, jitter) };
}

/** The failure that an error makes, with the instant of the next try. */
export function failureFrom(
  thrown: unknown,
  strategy: Strategy,
  { entry, failure: last }: EngineState,
  settings: DecisionSettings,
  now: number,
  random: () => number,
): Failure {
  const failure = classify(thrown, strategy);
  const terminal = failure.kind === 'terminal';
  const expiresAt = entry?.expiresAt ?? Infinity;
  const hasExpired = now >= expiresAt;
  // The series begins anew at expiry: from then on callers fail, and the source must be noticed when it comes back.
  const count = hasExpired && last && last.at < expiresAt ? 1 : (last?.count ?? 0) + 1;
  // Never past the expiry of a set that is still good: what was refused before it is asked once more when it matters.
  const replayUntil = Math.min(terminal ? now + between(1000, 5000, random()) : now, hasExpired ? Infinity : expiresAt);
  let retryAt = nextTryAt(now, entry, { ...failure, terminal, failures: count }, random());
  const until = servedUntil(expiresAt, settings);
  // Only while nobody fails is there time for such pauses.
  if (hasExpired && now < until) retryAt = Math.min(now + between(300_000, 600_000, random()), until);
  else if (terminal && (!entry || hasExpired)) retryAt = replayUntil;
  return { error: errorFrom(thrown, strategy.name, failure), terminal, at: now, count, retryAt, replayUntil };
}

function errorFrom(thrown: unknown, name: string, { kind, hint }: FailureClass): Failure['error'] {
  const details = { cause: thrown, hint };
  if (isOurs(thrown)) return new RefreshFailedError(thrown.message, details);
  const what = thrown instanceof Error ? thrown.name : `a thrown ${thrown === null ? 'null' : typeof thrown}`;
  return kind === 'terminal'
    ? new CredentialsDeniedError(`The source of '${name}' refused (${what}).`, details)
    : new RefreshFailedError(`The source of '${name}' failed (${what}).`, details);
}

/** Errors that the engine itself found, or a strategy in its name, are known without asking the strategy. */
function isOurs(thrown: unknown): thrown is SessionError {
  return isSessionError(thrown) && /^(REFRESH_TIMEOUT|INVALID_CREDENTIALS)$/.test(thrown.code);
}

/** A strategy that cannot say what its error means must not break the engine: such an error may pass. */
function classify(thrown: unknown, strategy: Strategy): FailureClass {
  if (isOurs(thrown)) return { kind: 'recoverable', hint: thrown.hint };
  try {
    const failure: FailureClass | undefined = strategy.classify(thrown);
    if (failure?.kind) return failure;
  } catch {
    // Said below: what the strategy threw here would hide the error that matters.
  }
  return { kind: 'recoverable', hint: `The strategy '${strategy.name}' could not classify this error.` };
}

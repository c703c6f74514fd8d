/** What a flight leaves behind: an answer becomes the set in hand, an error becomes a failure. Pure, no state. */
import type { AcquiredCredentials, RecoverableFailure, Strategy, TerminalFailure } from '../contract.js';
import { Credentials } from '../credentials.js';
import {
  CredentialsDeniedError,
  InvalidCredentialsError,
  isSessionError,
  nameOf,
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

/**
 * The set in hand that an answer makes. Its lifetime is taken from the source's clock where that is known to differ.
 *
 * @throws {@link InvalidCredentialsError} for a set that has already expired.
 */
export function entryFrom(
  answer: AcquiredCredentials,
  now: number,
  settings: WindowSettings,
  jitter: number,
  before?: Entry,
): Entry {
  const { expiration, sourceTime } = answer;
  const aheadMs = sourceTime ? sourceTime.getTime() - now : 0;
  const isOff = Math.abs(aheadMs) >= SMALLEST_OFFSET_MS;
  const sourceNow = isOff ? now + aheadMs + dateResolutionMs : now;
  const lifetimeMs = expiration ? expiration.getTime() - sourceNow : Infinity;
  if (lifetimeMs <= 0) {
    throw new InvalidCredentialsError('The answer of the source has already expired.', {
      hint: "Check this machine's clock, and whether the source hands out a stale set.",
    });
  }
  const windows = windowsFor(lifetimeMs, settings);
  const expiresAt = now + lifetimeMs;
  return {
    credentials: new Credentials(answer),
    fetchedAt: now,
    expiresAt,
    ...windows,
    ...deadlinesFor(expiresAt, windows, jitter),
    // A source that does not say its time changes nothing of what is known.
    clockOffsetMs: isOff ? aheadMs : (!sourceTime && before?.clockOffsetMs) || 0,
  };
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
  const { error, terminal, retryAfterMs } = judge(thrown, strategy);
  const expiresAt = entry?.expiresAt ?? Infinity;
  const hasExpired = now >= expiresAt;
  // The series begins anew at expiry: from then on callers fail, and the source must be noticed when it comes back.
  const count = hasExpired && last && last.at < expiresAt ? 1 : (last?.count ?? 0) + 1;
  // Never past the expiry of a set that is still good: what was refused before it is asked once more when it matters.
  const replayUntil = Math.min(terminal ? now + between(1000, 5000, random()) : now, hasExpired ? Infinity : expiresAt);
  let retryAt = nextTryAt(now, entry, { terminal, failures: count, retryAfterMs }, random());
  const until = servedUntil(expiresAt, settings);
  // Only while nobody fails is there time for such pauses.
  if (hasExpired && now < until) retryAt = Math.min(now + between(300_000, 600_000, random()), until);
  else if (terminal && (!entry || hasExpired)) retryAt = replayUntil;
  return { error, terminal, at: now, count, retryAt, replayUntil };
}

interface Judgement {
  /** What callers get who have to be given an error. */
  readonly error: SessionError;
  readonly terminal: boolean;
  readonly retryAfterMs?: number | undefined;
}

/** What an error of the source means. */
function judge(thrown: unknown, strategy: Strategy): Judgement {
  // Errors that the engine itself found, or a strategy in its name, are known without asking the strategy.
  if (isSessionError(thrown) && /^(REFRESH_TIMEOUT|INVALID_CREDENTIALS)$/.test(thrown.code)) {
    const { message, hint } = thrown;
    return { error: new RefreshFailedError(message, { cause: thrown, hint }), terminal: false };
  }
  let failure: Partial<RecoverableFailure | TerminalFailure> | undefined;
  try {
    failure = strategy.classify(thrown);
  } catch {
    // Said by the hint: what the strategy threw here would hide the error that matters.
  }
  // A strategy that cannot say what its error means must not break the engine: such an error may pass.
  if (!failure?.kind) failure = { hint: `The strategy '${strategy.name}' could not classify this error.` };
  const terminal = failure.kind === 'terminal';
  const message = `The source of '${strategy.name}' ${terminal ? 'refused' : 'failed'} (${nameOf(thrown)}).`;
  const error = new (terminal ? CredentialsDeniedError : RefreshFailedError)(message, {
    cause: thrown,
    hint: failure.hint,
  });
  return { ...(failure as RecoverableFailure), error, terminal };
}

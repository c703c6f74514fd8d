/** When the source is asked again after it failed. Pure: the caller brings the time and the randomness. */
import type { Entry } from './decide.js';

const second = 1000;
const longestMs = 60 * second;

/** A failure, as far as the next try depends on it. */
export interface FailureFacts {
  readonly terminal: boolean;
  /** How many failures in a row, this one included. */
  readonly failures: number;
  /** What the source asked for, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
}

/** Uniform between two bounds. */
export function between(low: number, high: number, random: number): number {
  return low + (high - low) * random;
}

/**
 * The instant of the next try. First after 1 to 5 s, doubling to at most 60 s; a terminal failure is tried again slowly,
 * because "access denied" just after a role was made heals by itself. For short lifetimes all of it shrinks with the
 * advisory window.
 *
 * While the set in hand is good, a try is never put off past the opening of the mandatory window, and inside that window
 * the gaps are a fifth of it, so that several tries fit before the set expires.
 */
export function nextTryAt(now: number, entry: Entry | undefined, facts: FailureFacts, random: number): number {
  const scale = entry ? Math.min(1, entry.advisoryMs / (300 * second)) : 1;
  const delay = delayFor(facts, random) * scale;
  if (!entry || now >= entry.expiresAt) return now + delay;
  if (now < entry.mandatoryAt) return Math.min(now + delay, entry.mandatoryAt);
  return Math.min(now + Math.min(delay, entry.mandatoryMs / 5), entry.expiresAt);
}

function delayFor({ terminal, failures, retryAfterMs }: FailureFacts, random: number): number {
  if (terminal) return between(longestMs / 2, longestMs, random);
  // Not what a strategy made of a header that it could not read.
  if (retryAfterMs !== undefined && retryAfterMs >= 0) return Math.min(Math.max(retryAfterMs, second), longestMs);
  // The exponent is bounded before it is used: 2 ** failures must not overflow in an outage of days.
  const doublings = Math.min(failures - 1, 6);
  return Math.min(between(second, 5 * second, random) * 2 ** doublings, longestMs);
}

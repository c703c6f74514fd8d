/** What is compared: one way to get credentials, with the clients that use it. */
import type { RefreshableSession } from '@brs/core';
import type { Phase } from './faults.js';
import type { Target } from './load.js';

/** The set of credentials in use. Instants in epoch milliseconds. */
export interface CurrentSet {
  readonly expiresAt: number;
  readonly lifetimeMs: number;
  /** How long before expiry a refresh begins in the background. Absent where there is no such thing. */
  readonly advisoryMs?: number;
  /** How long before expiry callers begin to wait for a refresh. */
  readonly mandatoryMs: number;
}

/** One side of the comparison. */
export interface Contestant extends Target {
  /** What it is called in the output. */
  readonly title: string;
  /** The set in use, when there is one. */
  readonly current: () => CurrentSet | undefined;
  /** The session, on the side that has one. */
  readonly session?: RefreshableSession;
  close(): Promise<void>;
}

/** Both sides, and what they run against. */
export interface Arena {
  /** What runs here, in a sentence. */
  readonly description: string;
  readonly requestsPerSecond: number;
  readonly ours: Contestant;
  readonly sdk: Contestant;
  /** The failures of STS, past and to come. */
  readonly phases: readonly Phase[];
  /** Begins to make STS fail, where that is in our power, and tells of it. The function that comes back ends it. */
  startFaults(tell: (text: string) => void): () => void;
  close(): Promise<void>;
}

/** The SDK considers every set due that has less than this left, and lets every request wait for the next one. */
const sdkWindowMs = 300_000;

/** The newest set that an SDK provider has fetched. */
export function sdkSet(fetchedAt: number, expiresAt: number): CurrentSet {
  const lifetimeMs = expiresAt - fetchedAt;
  return { expiresAt, lifetimeMs, mandatoryMs: Math.min(sdkWindowMs, lifetimeMs) };
}

/** The set that a session has in hand. */
export function sessionSet(session: RefreshableSession): CurrentSet | undefined {
  const { fetchedAt, expiresAt, advisoryAt, mandatoryAt } = session.status();
  if (!fetchedAt || !expiresAt || !advisoryAt || !mandatoryAt) return undefined;
  const end = expiresAt.getTime();
  return {
    expiresAt: end,
    lifetimeMs: end - fetchedAt.getTime(),
    advisoryMs: end - advisoryAt.getTime(),
    mandatoryMs: end - mandatoryAt.getTime(),
  };
}

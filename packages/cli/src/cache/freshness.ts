/** Whether a set in the cache is handed out, or the source asked. Pure. */
import type { StoredSet } from './cache.js';

/** Seconds before expiry at which the source is asked again; never more than three quarters of a lifetime. */
const defaultWindowSeconds = 7200;

/**
 * - `fresh`: hand it out.
 * - `usable`: ask the source; hand it out where somebody else does that already, or where it fails.
 * - `useless`: ask the source, and wait.
 */
export type Freshness = 'fresh' | 'usable' | 'useless';

/** @param set - `undefined`: there is none. */
export function freshnessOf(
  set: StoredSet | undefined,
  now: number,
  windowSeconds: number = defaultWindowSeconds,
): Freshness {
  if (!set || now >= set.expiresAt || now < set.fetchedAt) return 'useless';
  const lifetimeMs = set.expiresAt - set.fetchedAt;
  if (now < set.expiresAt - Math.min(windowSeconds * 1000, lifetimeMs * 0.75)) return 'fresh';
  // A source that has just failed is left alone: for half a minute, or for a twentieth of a short life.
  const restMs = Math.min(30_000, lifetimeMs / 20);
  return set.failedAt !== undefined && now >= set.failedAt && now < set.failedAt + restMs ? 'fresh' : 'usable';
}

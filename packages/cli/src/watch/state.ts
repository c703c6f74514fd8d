/** How a session is doing, in a word for a person, and how urgent that is. Pure. */
import type { SessionStatus } from '@brs/core';

/**
 * - `no set`: there is none, and the source has failed.
 * - `expired`: the set in hand has expired.
 * - `refused`: the source refuses. Somebody has to act.
 * - `urgent`: the set is about to expire, or was rejected by a service.
 * - `failing`: the source fails. The set in hand is good.
 * - `starting`: the source has not answered yet.
 * - `refreshing`, `due`: the source is asked, or about to be.
 * - `fresh`, `no expiry`: nothing to do.
 */
export type State = (typeof states)[number];

/** The most urgent first. */
export const states = [
  'no set',
  'expired',
  'refused',
  'urgent',
  'failing',
  'starting',
  'refreshing',
  'due',
  'fresh',
  'no expiry',
  'closed',
] as const;

/** The states that some session is in, the most urgent first, and behind them those that a newer `brs serve` may have. */
export function statesIn(counts: Readonly<Partial<Record<State, number>>>): State[] {
  const known = new Set<string>(states);
  const others = Object.keys(counts).filter((name) => !known.has(name)) as State[];
  return [...states, ...others].filter((state) => counts[state]);
}

/** The state of a session. `isRefused`: the last failure is one that asking again does not cure. */
export function stateOf(status: SessionStatus, isRefused: boolean): State {
  const { window, failures, refreshing, expiresAt, closed } = status;
  if (closed) return 'closed';
  if (window === 'empty' && failures === 0) return 'starting';
  if (failures > 0 && isRefused) return 'refused';
  if (window === 'empty') return 'no set';
  if (window === 'expired') return 'expired';
  if (failures > 0) return 'failing';
  if (refreshing) return 'refreshing';
  if (window === 'mandatory') return 'urgent';
  if (window === 'advisory') return 'due';
  return expiresAt ? 'fresh' : 'no expiry';
}

/**
 * How many open sessions use a strategy value: the last one that closes closes the strategy. Kept behind a global symbol,
 * because sessions of two copies of this module can share one.
 */
import type { Strategy } from './contract.js';

const key = Symbol.for('@brs/core/strategy-users/1');
const shared = globalThis as { [key]?: WeakMap<Strategy, number> };
const users = (shared[key] ??= new WeakMap());

export function openStrategy(strategy: Strategy): void {
  users.set(strategy, (users.get(strategy) ?? 0) + 1);
}

export async function closeStrategy(strategy: Strategy): Promise<void> {
  const left = (users.get(strategy) ?? 1) - 1;
  users.set(strategy, left);
  if (left === 0) await strategy.close?.();
}

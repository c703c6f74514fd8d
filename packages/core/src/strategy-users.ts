/**
 * How many open sessions use a strategy value: the last one that closes closes the strategy. Sessions of two
 * copies of this module can share one.
 */
import type { Strategy } from './contract.js';
import { shared } from './shared.js';

const users = /* @__PURE__ */ shared('strategy-users', () => new WeakMap<Strategy, number>());

export function openStrategy(strategy: Strategy): void {
  users.set(strategy, (users.get(strategy) ?? 0) + 1);
}

export async function closeStrategy(strategy: Strategy): Promise<void> {
  const left = (users.get(strategy) as number) - 1;
  users.set(strategy, left);
  if (left === 0) await strategy.close?.();
}

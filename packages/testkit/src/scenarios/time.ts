/** Clocks that jump, clocks that are wrong, and the mode that refreshes with no caller. */
import type { Scenario } from './scenario.js';

export const timeScenarios: readonly Scenario[] = [
  {
    name: 'a machine that slept past the expiry wakes up honest',
    steps: [{ get: 1, contacted: true }, { clockJumps: 86_400 }, { get: 2, contacted: true, window: 'expired' }],
  },
  {
    name: 'a clock that jumps back beyond the fetch makes the set due',
    steps: [
      { get: 1, contacted: true },
      { clockJumps: -7200 },
      { get: 2, contacted: true, window: 'mandatory' },
      { get: 2, contacted: false, window: 'fresh' },
    ],
  },
  {
    name: 'a failure from before the clock jumped back holds nothing up',
    steps: [
      { get: 1, contacted: true },
      { source: 'fails' },
      { at: 600 },
      { get: 1, contacted: true },
      { clockJumps: -7200 },
      { source: 'succeeds' },
      { get: 2, contacted: true },
    ],
  },
  ...[7200, -7200].map((clockAhead): Scenario => ({
    name: `a machine whose clock is two hours ${clockAhead > 0 ? 'behind' : 'ahead'} takes the lifetime from the source’s clock`,
    needs: ['source-time'],
    given: { clockAhead },
    steps: [
      { get: 1, contacted: true },
      { event: 'clockOffset' },
      { clockOffset: clockAhead },
      { windows: { advisory: 300, mandatory: 60 } },
      { get: 1, contacted: false, window: 'fresh' },
      { at: 598 },
      { get: 1, contacted: false, window: 'fresh' },
      { at: 600 },
      { get: 1, contacted: true, window: 'advisory' },
      { get: 2, contacted: false, window: 'fresh' },
      { noEvent: 'clockOffset' },
    ],
  })),
  {
    name: 'a difference of seconds between the clocks is not taken for an offset',
    needs: ['source-time'],
    given: { clockAhead: -1 },
    steps: [{ get: 1, contacted: true }, { clockOffset: 0 }, { noEvent: 'clockOffset' }],
  },
  {
    name: 'proactive: fetched at construction, refreshed at the advisory instant with no caller',
    given: { session: { deferRefresh: false } },
    steps: [
      { calls: 1 },
      { get: 1, contacted: false },
      { at: 599.999 },
      { calls: 1 },
      { at: 600 },
      { calls: 2 },
      { get: 2, contacted: false, window: 'fresh' },
      { at: 1200 },
      { get: 3, contacted: false, window: 'fresh' },
    ],
  },
  {
    name: 'proactive: failures are tried again with no caller, by the same backoff',
    given: { session: { deferRefresh: false } },
    steps: [
      { get: 1, contacted: false },
      { source: 'fails' },
      { at: 600 },
      { calls: 2 },
      { at: 601 },
      { calls: 3 },
      { at: 602.999 },
      { calls: 3 },
      { source: 'succeeds' },
      { at: 603 },
      { calls: 4 },
      { get: 2, contacted: false, window: 'fresh' },
    ],
  },
  {
    name: 'proactive: an invalidated set is replaced at once, with no caller',
    given: { session: { deferRefresh: false } },
    steps: [
      { get: 1, contacted: false },
      { invalidate: 1 },
      { calls: 2 },
      { get: 2, contacted: false, window: 'fresh' },
    ],
  },
  {
    name: 'proactive: a refresh that is weeks away comes in time',
    given: { lifetime: 60 * 86_400, session: { deferRefresh: false } },
    steps: [
      { get: 1, contacted: false },
      { at: 60 * 86_400 - 3601 },
      { calls: 1 },
      { at: 60 * 86_400 - 3600 },
      { calls: 2 },
      { get: 2, contacted: false, window: 'fresh' },
    ],
  },
];

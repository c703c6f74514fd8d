/** When the windows open, by lifetime and as configured. */
import type { Scenario } from './scenario.js';

const byLifetime = (lifetime: number, advisory: number, mandatory: number): Scenario => ({
  name: `a lifetime of ${lifetime} s gives windows of ${advisory} s and ${mandatory} s`,
  given: { lifetime },
  steps: [
    { get: 1, contacted: true, window: 'empty' },
    { windows: { advisory, mandatory } },
    { at: lifetime - advisory - 0.001 },
    { get: 1, contacted: false, window: 'fresh' },
    { at: lifetime - advisory },
    { get: 1, contacted: true, window: 'advisory' },
  ],
});

export const windowScenarios: readonly Scenario[] = [
  byLifetime(1, 0.75, 0.1),
  byLifetime(5, 3.75, 0.5),
  byLifetime(60, 45, 6),
  byLifetime(299, 224.25, 29.9),
  byLifetime(301, 225.75, 30.1),
  byLifetime(900, 300, 60),
  byLifetime(20 * 60, 300, 60),
  byLifetime(20 * 60 + 1, 900, 60),
  byLifetime(90 * 60 - 1, 900, 60),
  byLifetime(90 * 60, 3600, 60),
  byLifetime(12 * 3600, 3600, 60),
  {
    name: 'configured windows are used as they are while the lifetime allows it',
    given: { lifetime: 3600, session: { advisoryWindowSeconds: 1200, mandatoryWindowSeconds: 120 } },
    steps: [{ get: 1, contacted: true }, { windows: { advisory: 1200, mandatory: 120 } }, { noEvent: 'windowsCapped' }],
  },
  {
    name: 'configured windows that are too long for the lifetime are capped, and an event says so',
    given: { lifetime: 100, session: { advisoryWindowSeconds: 600, mandatoryWindowSeconds: 90 } },
    steps: [{ get: 1, contacted: true }, { windows: { advisory: 75, mandatory: 10 } }, { event: 'windowsCapped' }],
  },
  {
    name: 'the windows follow a lifetime that changes',
    given: { lifetime: 3600 },
    steps: [
      { get: 1, contacted: true },
      { windows: { advisory: 900, mandatory: 60 } },
      { lifetime: 60 },
      { at: 2700 },
      { get: 1, contacted: true, window: 'advisory' },
      { get: 2, contacted: false, window: 'fresh' },
      { windows: { advisory: 45, mandatory: 6 } },
    ],
  },
  {
    name: 'failures do not move the windows',
    given: { lifetime: 900 },
    steps: [
      { get: 1, contacted: true },
      { source: 'fails' },
      { at: 600 },
      { get: 1, contacted: true },
      { at: 601 },
      { get: 1, contacted: true },
      { at: 603 },
      { get: 1, contacted: true },
      { windows: { advisory: 300, mandatory: 60 } },
    ],
  },
  {
    name: 'jitter moves the advisory instant over the first half of the band, and not further',
    given: { lifetime: 900, random: 0.999999 },
    steps: [
      { get: 1, contacted: true },
      { at: 719.9 },
      { get: 1, contacted: false, window: 'fresh' },
      { at: 720 },
      { get: 1, contacted: true, window: 'advisory' },
    ],
  },
];

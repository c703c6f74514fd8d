import { describe, expect, it } from 'vitest';
import { Credentials } from '../credentials.js';
import { RefreshFailedError } from '../errors.js';
import {
  decide,
  type Decision,
  type DecisionSettings,
  type EngineState,
  type Entry,
  type Failure,
  settleFor,
  windowAt,
} from './decide.js';

/** A set fetched at 1,000 that lives 900 (in ms here, the numbers of a 15-minute set in seconds): advisory at 1,600, mandatory at 1,840. */
const entry: Entry = {
  credentials: new Credentials({ accessKeyId: 'ASIA1', secretAccessKey: 's', sessionToken: 't' }),
  fetchedAt: 1000,
  advisoryAt: 1600,
  mandatoryAt: 1840,
  expiresAt: 1900,
  advisoryMs: 300,
  mandatoryMs: 60,
  clockOffsetMs: 0,
};
const settings: DecisionSettings = {
  advisoryRefresh: 'background',
  mandatoryWaitMs: 5,
  expiredCredentials: 'throw',
  expiredMaxAgeSeconds: 0.1,
};
const awaiting: DecisionSettings = { ...settings, advisoryRefresh: 'await' };
const serving: DecisionSettings = { ...settings, expiredCredentials: 'serve' };

const failedAt = (at: number, more: Partial<Failure> = {}): Failure => ({
  error: new RefreshFailedError('failed'),
  terminal: false,
  at,
  count: 1,
  retryAt: at + 10,
  replayUntil: at,
  ...more,
});
const refusedAt = (at: number): Failure => failedAt(at, { terminal: true, retryAt: at + 10, replayUntil: at + 5 });

const serve: Decision = { action: 'serve' };
const failed: Decision = { action: 'failed' };
const expired: Decision = { action: 'expired' };
const waitFor = (reason: 'initial' | 'advisory' | 'mandatory' | 'forced', until?: number): Decision =>
  until === undefined ? { action: 'wait', reason } : { action: 'wait', reason, until };
const refresh = (reason: 'advisory' | 'mandatory'): Decision => ({ action: 'refresh', reason });

type Row = [name: string, state: EngineState, now: number, expected: Decision, settings?: DecisionSettings];

const rows: readonly Row[] = [
  ['nothing in hand: wait', {}, 1000, waitFor('initial')],
  ['nothing in hand, a flight under way: join it', { flight: { startedAt: 990 } }, 1000, waitFor('initial')],
  ['nothing in hand, it failed just now: ask again', { failure: failedAt(1000) }, 1000, waitFor('initial')],
  ['nothing in hand, refused just now: raise it', { failure: refusedAt(1000) }, 1004, failed],
  ['nothing in hand, the replay is over: ask again', { failure: refusedAt(1000) }, 1005, waitFor('initial')],

  ['at the fetch: fresh', { entry }, 1000, serve],
  ['one before advisory: fresh', { entry }, 1599, serve],
  ['at advisory: refresh behind', { entry }, 1600, refresh('advisory')],
  ['advisory, a flight under way: serve', { entry, flight: { startedAt: 1600 } }, 1700, serve],
  ['advisory, one before the next try: serve', { entry, failure: failedAt(1600) }, 1609, serve],
  ['advisory, at the next try: refresh behind', { entry, failure: failedAt(1600) }, 1610, refresh('advisory')],
  ['advisory, refused: serve', { entry, failure: refusedAt(1600) }, 1602, serve],
  ['advisory, await mode: the starter waits', { entry }, 1600, waitFor('advisory'), awaiting],
  ['advisory, await mode, a flight under way: serve', { entry, flight: { startedAt: 1600 } }, 1601, serve, awaiting],
  ['advisory, await mode, refused before: serve', { entry, failure: refusedAt(1600) }, 1602, serve, awaiting],

  ['one before mandatory: still behind', { entry }, 1839, refresh('advisory')],
  ['at mandatory: wait, for so long', { entry }, 1840, waitFor('mandatory', 1845)],
  [
    'mandatory, a flight from before the window: the wait counts from the window',
    { entry, flight: { startedAt: 1700 } },
    1842,
    waitFor('mandatory', 1845),
  ],
  [
    'mandatory, a flight from inside: the wait counts from the flight',
    { entry, flight: { startedAt: 1850 } },
    1852,
    waitFor('mandatory', 1855),
  ],
  [
    'mandatory, waited long enough: serve behind the flight',
    { entry, flight: { startedAt: 1850 } },
    1855,
    refresh('mandatory'),
  ],
  ['mandatory, near the end: not into the last tenth', { entry }, 1891, waitFor('mandatory', 1894)],
  ['mandatory, in the last tenth: nobody waits', { entry }, 1894, refresh('mandatory')],
  ['mandatory, one before the next try: serve', { entry, failure: failedAt(1840) }, 1849, serve],
  ['mandatory, at the next try: wait', { entry, failure: failedAt(1840) }, 1850, waitFor('mandatory', 1855)],
  ['mandatory, refused: serve', { entry, failure: refusedAt(1840) }, 1842, serve],
  ['mandatory, await mode, refused: raise it', { entry, failure: refusedAt(1840) }, 1842, failed, awaiting],

  ['one before expiry: served', { entry, failure: failedAt(1895) }, 1899, serve],
  ['at expiry: wait', { entry }, 1900, waitFor('mandatory')],
  ['expired, one before the next try', { entry, failure: failedAt(1900) }, 1909, expired],
  ['expired, at the next try: wait', { entry, failure: failedAt(1900) }, 1910, waitFor('mandatory')],
  [
    'expired, backoff, but a flight is under way: join it',
    { entry, failure: failedAt(1900), flight: { startedAt: 1901 } },
    1902,
    waitFor('mandatory'),
  ],
  ['expired, refused: raise that', { entry, failure: refusedAt(1900) }, 1904, failed],
  ['expired, may be served: wait a while for better', { entry }, 1900, waitFor('mandatory', 1905), serving],
  ['expired, may be served, in the backoff', { entry, failure: failedAt(1900) }, 1905, serve, serving],
  ['expired, may be served, also when refused', { entry, failure: refusedAt(1900) }, 1905, serve, serving],
  ['expired, at the maximum age: not any more', { entry, failure: failedAt(1995) }, 2000, expired, serving],

  ['rejected: wait', { entry, rejectedKeyId: 'ASIA1' }, 1100, waitFor('mandatory', 1105)],
  ['rejected, in the backoff: serve', { entry, rejectedKeyId: 'ASIA1', failure: failedAt(1100) }, 1105, serve],
  ['the clock jumped back beyond the fetch: wait', { entry }, 999, waitFor('mandatory', 1004)],
  ['a failure from the future holds nothing up', { entry, failure: failedAt(1650) }, 1601, refresh('advisory')],
  ['a refusal from the future is not replayed', { failure: refusedAt(1650) }, 1601, waitFor('initial')],
];

describe('decide', () => {
  it.each(rows)('%s', (_, state, now, expected, given = settings) => {
    expect(decide(state, given, now)).toEqual(expected);
  });

  it.each<Row>([
    ['fresh', { entry }, 1000, waitFor('forced')],
    ['in the backoff', { entry, failure: failedAt(1600) }, 1601, waitFor('forced')],
    ['nothing in hand', {}, 1000, waitFor('forced')],
    ['refused just now', { entry, failure: refusedAt(1600) }, 1604, failed],
    ['the replay is over', { entry, failure: refusedAt(1600) }, 1605, waitFor('forced')],
  ])('forced: %s', (_, state, now, expected) => {
    expect(decide(state, settings, now, true)).toEqual(expected);
  });
});

describe('settleFor', () => {
  it.each<Row>([
    ['a good set', { entry, failure: failedAt(1850) }, 1850, serve],
    ['a good set, refused', { entry, failure: refusedAt(1850) }, 1850, serve],
    ['a good set, refused, await mode', { entry, failure: refusedAt(1850) }, 1850, failed, awaiting],
    ['an expired set', { entry, failure: failedAt(1900) }, 1900, expired],
    ['an expired set, refused', { entry, failure: refusedAt(1900) }, 1900, failed],
    [
      'an expired set that may be served, refused, await mode',
      { entry, failure: refusedAt(1900) },
      1900,
      serve,
      { ...serving, ...awaiting, expiredCredentials: 'serve' },
    ],
    ['nothing', { failure: failedAt(1000) }, 1000, failed],
  ])('%s', (_, state, now, expected, given = settings) => {
    expect(settleFor(state, given, now)).toEqual(expected);
  });
});

it('settleFor, while the flight is under way: an earlier refusal does not keep a good set from its callers', () => {
  expect(settleFor({ entry, failure: refusedAt(1850) }, awaiting, 1855, false)).toEqual(serve);
});

describe('windowAt', () => {
  it.each([
    [999, 'mandatory'],
    [1000, 'fresh'],
    [1599, 'fresh'],
    [1600, 'advisory'],
    [1839, 'advisory'],
    [1840, 'mandatory'],
    [1899, 'mandatory'],
    [1900, 'expired'],
  ])('%d: %s', (now, window) => {
    expect(windowAt({ entry }, now)).toBe(window);
  });

  it('is empty without a set and mandatory with a rejected one', () => {
    expect(windowAt({}, 1000)).toBe('empty');
    expect(windowAt({ entry, rejectedKeyId: 'ASIA1' }, 1100)).toBe('mandatory');
    expect(windowAt({ entry, rejectedKeyId: 'ASIA1' }, 1900)).toBe('expired');
  });
});

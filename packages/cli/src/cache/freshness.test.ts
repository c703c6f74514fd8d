import { describe, expect, it } from 'vitest';
import { freshnessOf } from './freshness.js';

const keys = { accessKeyId: 'AKID', secretAccessKey: 's', sessionToken: 't' };
const hour = 3_600_000;
const set = (lifetimeMs: number, failedAt?: number) => ({ ...keys, fetchedAt: 0, expiresAt: lifetimeMs, failedAt });

describe('a set in the cache', () => {
  it.each([
    // [lifetime, now, window in seconds, last failure, expected]
    [hour, 0, undefined, undefined, 'fresh'],
    [hour, hour / 4 - 1, undefined, undefined, 'fresh'],
    [hour, hour / 4, undefined, undefined, 'usable'],
    [hour, hour - 1, undefined, undefined, 'usable'],
    [hour, hour, undefined, undefined, 'useless'],
    [hour, -1, undefined, undefined, 'useless'],
    [12 * hour, 10 * hour - 1, undefined, undefined, 'fresh'],
    [12 * hour, 10 * hour, undefined, undefined, 'usable'],
    [12 * hour, 12 * hour - 300_001, 300, undefined, 'fresh'],
    [12 * hour, 12 * hour - 300_000, 300, undefined, 'usable'],
    [4000, 1000, undefined, undefined, 'usable'],
    // The source has just failed: it is left alone.
    [hour, hour / 2, undefined, hour / 2 - 29_999, 'fresh'],
    [hour, hour / 2, undefined, hour / 2 - 30_000, 'usable'],
    [4000, 2000, undefined, 1801, 'fresh'],
    [4000, 2000, undefined, 1800, 'usable'],
    [hour, hour, undefined, hour - 1, 'useless'],
    // A clock that went back.
    [hour, hour / 2, undefined, hour / 2 + 1, 'usable'],
  ] as const)(
    'of %d ms is after %d ms, with a window of %s s and a failure at %s: %s',
    (lifetime, now, window, failed, expected) => expect(freshnessOf(set(lifetime, failed), now, window)).toBe(expected),
  );

  it('that is not there is of no use', () => expect(freshnessOf(undefined, 0)).toBe('useless'));
});

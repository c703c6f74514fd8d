import { describe, expect, it } from 'vitest';
import { nextTryAt } from './backoff.js';
import type { Entry } from './decide.js';

const second = 1000;
/** A set that lives 900 s from 0: advisory at 600 s, mandatory at 840 s. */
const entry = {
  fetchedAt: 0,
  expiresAt: 900 * second,
  advisoryAt: 600 * second,
  mandatoryAt: 840 * second,
  advisoryMs: 300 * second,
  mandatoryMs: 60 * second,
  clockOffsetMs: 0,
} as Entry;

const delayOf = (failures: number, random: number, more = {}): number =>
  nextTryAt(0, undefined, { terminal: false, failures, ...more }, random) / second;

describe('nextTryAt', () => {
  it.each([
    [1, 1, 5],
    [2, 2, 10],
    [3, 4, 20],
    [4, 8, 40],
    [5, 16, 60],
    [6, 32, 60],
    [7, 60, 60],
    [50, 60, 60],
    [100_000, 60, 60],
    [Number.MAX_SAFE_INTEGER, 60, 60],
  ])('failure %d: between %d s and %d s', (failures, least, most) => {
    expect(delayOf(failures, 0)).toBe(least);
    expect(delayOf(failures, 1)).toBe(most);
  });

  it('tries a terminal failure again slowly', () => {
    expect(delayOf(1, 0, { terminal: true })).toBe(30);
    expect(delayOf(1, 1, { terminal: true })).toBe(60);
  });

  it.each([
    [0, 1],
    [500, 1],
    [20_000, 20],
    [60_000, 60],
    [3_600_000, 60],
  ])('a source that asks for %d ms gets %d s', (retryAfterMs, expected) => {
    expect(delayOf(9, 0.5, { retryAfterMs })).toBe(expected);
  });

  it.each([
    // now, failures, expected: seconds, with the longest jitter
    [600, 1, 605],
    [600, 9, 660],
    [780, 9, 840],
    [839.999, 1, 840],
    [840, 1, 845],
    [840, 9, 852],
    [852, 9, 864],
    [888, 9, 900],
    [899, 9, 900],
    [900, 1, 905],
    [900, 9, 960],
  ])('at %d s with %d failures: %d s', (now, failures, expected) => {
    expect(nextTryAt(now * second, entry, { terminal: false, failures }, 1)).toBe(expected * second);
  });

  it('shrinks with the advisory window of a short lifetime', () => {
    const short = {
      ...entry,
      expiresAt: 60 * second,
      mandatoryAt: 54 * second,
      advisoryMs: 45 * second,
      mandatoryMs: 6 * second,
      clockOffsetMs: 0,
    };
    expect(nextTryAt(15 * second, short, { terminal: false, failures: 1 }, 0)).toBe(15_150);
    expect(nextTryAt(15 * second, short, { terminal: false, failures: 9 }, 0)).toBe(24_000);
  });
});

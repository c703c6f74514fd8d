import { describe, expect, it } from 'vitest';
import { areCapped, deadlinesFor, windowsFor } from './windows.js';

const second = 1000;
const minute = 60 * second;

describe('windowsFor', () => {
  it.each([
    // lifetime, advisory, mandatory: all in seconds
    [1, 0.75, 0.1],
    [5, 3.75, 0.5],
    [60, 45, 6],
    [299, 224.25, 29.9],
    [301, 225.75, 30.1],
    [400, 300, 40],
    [600, 300, 60],
    [900, 300, 60],
    [20 * 60, 300, 60],
    [20 * 60 + 0.001, 900, 60],
    [90 * 60 - 0.001, 900, 60],
    [90 * 60, 3600, 60],
    [43_200, 3600, 60],
    [Infinity, 3600, 60],
  ])('%d s: %d s and %d s', (lifetime, advisory, mandatory) => {
    const windows = windowsFor(lifetime * second);
    expect(windows.advisoryMs).toBeCloseTo(advisory * second, 6);
    expect(windows.mandatoryMs).toBeCloseTo(mandatory * second, 6);
  });

  it('never inverts, whatever is configured', () => {
    for (let lifetime = second; lifetime < 13 * 60 * minute; lifetime = Math.ceil(lifetime * 1.07)) {
      for (const settings of [
        {},
        { advisoryWindowSeconds: 301, mandatoryWindowSeconds: 300 },
        { mandatoryWindowSeconds: 299 },
        { advisoryWindowSeconds: 86_400 },
      ]) {
        const { advisoryMs, mandatoryMs } = windowsFor(lifetime, settings);
        expect(mandatoryMs).toBeGreaterThan(0);
        expect(advisoryMs).toBeGreaterThan(mandatoryMs);
        expect(lifetime).toBeGreaterThan(advisoryMs);
      }
    }
  });

  it('says when a configured window was too long', () => {
    const settings = { advisoryWindowSeconds: 600, mandatoryWindowSeconds: 120 };
    expect(areCapped(windowsFor(60 * minute, settings), settings)).toBe(false);
    expect(areCapped(windowsFor(10 * minute, settings), settings)).toBe(true);
    expect(areCapped(windowsFor(1 * minute), {})).toBe(false);
  });
});

describe('deadlinesFor', () => {
  const windows = { advisoryMs: 300, mandatoryMs: 60 };

  it.each([
    [0, 700],
    [0.5, 760],
    [1, 820],
  ])('jitter %d puts the advisory instant at %d', (jitter, advisoryAt) => {
    expect(deadlinesFor(1000, windows, jitter)).toEqual({ advisoryAt, mandatoryAt: 940 });
  });
});

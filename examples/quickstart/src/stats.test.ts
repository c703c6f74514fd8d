import { expect, test } from 'vitest';
import { delayedAfterMs, Stats } from './stats.js';

test('counts what was sent, failed and delayed', () => {
  const stats = new Stats(1000, 10);
  stats.send(0)(delayedAfterMs);
  stats.send(0)(delayedAfterMs + 1);
  stats.send(0)(10, new Error('no'));
  stats.send(0);
  expect(stats.totals).toEqual({ requests: 4, failed: 1, delayed: 1, refreshes: 0, sourceCalls: 0 });
  expect(stats.waiting).toBe(1);
});

test('counts the errors by name, the most frequent first', () => {
  const stats = new Stats(1000, 10);
  for (const name of ['Throttling', 'ServiceUnavailable', 'ServiceUnavailable']) {
    stats.send(0)(1, Object.assign(new Error('no'), { name }));
  }
  stats.send(0)(1, 'a string');
  expect(stats.errors).toEqual([
    ['ServiceUnavailable', 2],
    ['Throttling', 1],
    ['string', 1],
  ]);
});

test('a request without an answer at the end is a failure and a delay, and what comes later changes nothing', () => {
  const stats = new Stats(1000, 10);
  const ended = stats.send(0);
  stats.end({ brokenOff: false });
  ended(900);
  stats.end({ brokenOff: false });
  expect(stats.totals).toMatchObject({ requests: 1, failed: 1, delayed: 1 });
  expect(stats.unanswered).toBe(1);
  expect(stats.waiting).toBe(0);
});

test('a run that was broken off blames nobody for the requests under way', () => {
  const stats = new Stats(1000, 10);
  stats.send(0);
  stats.end({ brokenOff: true });
  expect(stats.totals).toMatchObject({ requests: 1, failed: 0, delayed: 0 });
});

test('the history tells each slice by its worst request', () => {
  const stats = new Stats(1000, 5);
  stats.send(0)(10);
  stats.send(200)(210);
  stats.send(399)(399 + delayedAfterMs + 1);
  stats.send(400)(900);
  stats.send(400)(410, new Error('no'));
  stats.send(600);
  expect(stats.history(600)).toEqual(['good', 'delayed', 'failed', 'good', 'idle']);
  expect(stats.history(600 + delayedAfterMs + 1)).toEqual(['good', 'delayed', 'failed', 'delayed', 'idle']);
  stats.end({ brokenOff: false });
  expect(stats.history(1000)).toEqual(['good', 'delayed', 'failed', 'failed', 'idle']);
});

test('a request after the end of the run belongs to the last slice', () => {
  const stats = new Stats(1000, 5);
  stats.send(1001)(1002);
  expect(stats.history(1010).at(-1)).toBe('good');
});

test('says what happened lately', () => {
  const stats = new Stats(10_000, 10);
  stats.send(0)(200);
  stats.send(0)(300, Object.assign(new Error('no'), { name: 'Throttling' }));
  stats.send(0);
  expect(stats.failureSince(300)).toBe('Throttling');
  expect(stats.failureSince(301)).toBeUndefined();
  expect([stats.wasDelayedSince(300), stats.wasDelayedSince(301)]).toEqual([true, false]);
  expect([stats.isStuckSince(300), stats.isStuckSince(301)]).toEqual([false, true]);
});

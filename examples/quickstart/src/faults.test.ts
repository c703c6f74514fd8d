import type { Fault } from '@brs/testkit';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FaultTimeline, phaseAt, type Stage } from './faults.js';

const spans = ({ phases }: FaultTimeline) => phases.map(({ name, startMs, endMs }) => [name, startMs, endMs]);

test('three failures of two seconds in forty, and again in every forty after', () => {
  const first = [
    ['outage', 10_000, 12_000],
    ['throttling', 20_000, 22_000],
    ['hang', 30_000, 32_000],
  ];
  expect(spans(new FaultTimeline(40_000))).toEqual(first);
  expect(spans(new FaultTimeline(62_000))).toEqual([
    ...first,
    ['outage', 50_000, 52_000],
    ['throttling', 60_000, 62_000],
  ]);
});

test('a shorter run has shorter failures', () => {
  expect(spans(new FaultTimeline(10_000))).toEqual([
    ['outage', 2500, 3000],
    ['throttling', 5000, 5500],
    ['hang', 7500, 8000],
  ]);
});

test('a failure begins at its first instant and is over at its last', () => {
  const { phases } = new FaultTimeline(40_000);
  expect([9_999, 10_000, 11_999, 12_000].map((at) => phaseAt(phases, at)?.name)).toEqual([
    undefined,
    'outage',
    'outage',
    undefined,
  ]);
});

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function recordingStage(untilRefreshMs: () => number) {
  const begun: [kind: Fault['kind'], forMs: number | undefined, at: number][] = [];
  const told: string[] = [];
  const startedAt = Date.now();
  const stage: Stage = {
    inject: ({ kind, forMs }) => begun.push([kind, forMs, Date.now() - startedAt]),
    untilRefreshMs,
    tell: (text) => told.push(text),
  };
  return { stage, begun, told };
}

test('each failure waits for the moment before the next refresh', () => {
  const { stage, begun, told } = recordingStage(() => 3_100);
  const timeline = new FaultTimeline(40_000);
  timeline.play(stage);
  vi.advanceTimersByTime(40_000);
  expect(begun).toEqual([
    ['error', 2000, 13_000],
    ['throttle', 2000, 23_000],
    ['hang', 2000, 33_000],
  ]);
  expect(spans(timeline)).toEqual([
    ['outage', 13_000, 15_000],
    ['throttling', 23_000, 25_000],
    ['hang', 33_000, 35_000],
  ]);
  expect(told).toContain('outage for 2.0 s: STS answers every call with 503');
});

test('a failure that comes too late for a refresh waits for the one after', () => {
  const refreshedAt = Date.now() + 10_050;
  const { stage, begun } = recordingStage(() => (Date.now() < refreshedAt + 300 ? refreshedAt - Date.now() : 4_000));
  new FaultTimeline(40_000).play(stage);
  vi.advanceTimersByTime(19_000);
  expect(begun).toEqual([['error', 2000, 10_400 + 3_900]]);
});

test('a failure begins as planned when the next refresh is too far away', () => {
  const { stage, begun } = recordingStage(() => 9_000);
  new FaultTimeline(40_000).play(stage);
  vi.advanceTimersByTime(40_000);
  expect(begun.map(([, , at]) => at)).toEqual([10_000, 20_000, 30_000]);
});

test('a session that never ends to refresh does not keep the failures from coming', () => {
  const { stage, begun } = recordingStage(() => -50);
  new FaultTimeline(40_000).play(stage);
  vi.advanceTimersByTime(40_000);
  expect(begun.map(([, , at]) => at)).toEqual([18_000, 28_000, 38_000]);
});

test('what has not begun can be called off', () => {
  const { stage, begun } = recordingStage(() => 9_000);
  const stop = new FaultTimeline(40_000).play(stage);
  vi.advanceTimersByTime(15_000);
  stop();
  vi.advanceTimersByTime(40_000);
  expect(begun).toHaveLength(1);
});

import { expect, test } from 'vitest';
import { Stats } from './stats.js';
import { drawSummary, toJson } from './summary.js';
import { paletteFor } from './view/text.js';

function finished(title: string, errors: string[], unanswered: number) {
  const stats = new Stats(1000, 10);
  for (const name of errors) stats.send(0)(1, Object.assign(new Error('no'), { name }));
  for (let index = 0; index < unanswered; index++) stats.send(0);
  stats.send(0)(1);
  stats.refreshes = 3;
  stats.sourceCalls = 4;
  stats.end({ brokenOff: false });
  return { title, stats };
}

const ours = finished('RefreshableSession', [], 0);
const sdk = finished('fromTemporaryCredentials', ['Throttling', 'Throttling', 'ServiceUnavailable'], 2);

test('the JSON object has both sides and nothing else', () => {
  expect(toJson(ours, sdk)).toEqual({
    ours: { requests: 1, failed: 0, delayed: 0, refreshes: 3, sourceCalls: 4 },
    sdk: { requests: 6, failed: 5, delayed: 2, refreshes: 3, sourceCalls: 4 },
  });
});

test('the table', () => {
  expect(drawSummary(ours, sdk, { brokenOff: false }, paletteFor(false)).join('\n')).toMatchInlineSnapshot(`
    "                               RefreshableSession   fromTemporaryCredentials
    requests                                        1                          6
    failed                                          0                          5
      with an error                                 0                          3
      never answered                                0                          2
    delayed over 100 ms                             0                          2
    refreshes                                       3                          3
    source calls                                    4                          4

    fromTemporaryCredentials: Throttling (2), ServiceUnavailable (1)

    RefreshableSession failed no request."
  `);
});

test('the verdict is about our side alone', () => {
  const verdict = (side: typeof ours, brokenOff = false) =>
    drawSummary(side, sdk, { brokenOff }, paletteFor(false)).at(-1);
  expect(verdict(finished('RefreshableSession', ['Throttling'], 1))).toBe('RefreshableSession failed 2 of 3 requests.');
  expect(verdict(ours, true)).toBe('RefreshableSession failed no request until Ctrl-C.');
});

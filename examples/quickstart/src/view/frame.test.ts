import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { drawFrame } from './frame.js';
import { sample } from './sample.js';
import { paletteFor } from './text.js';

const plain = paletteFor(false);
const events = Array.from({ length: 30 }, (_, index) => `event ${index}`);

test('80 columns and 24 rows', () => {
  expect(drawFrame(sample, events, { columns: 80, rows: 23 }, plain).join('\n')).toMatchInlineSnapshot(`
    " Two ways to keep AWS clients authenticated                      10.5 s of 40 s
     Credentials live 8 s.

                                   outage          throttling      hang
     STS           ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁█░░░············░░░░············░░░░············
     brs           ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁··············································
     SDK           ▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄██··············································
                   ▁ at once   ▄ over 100 ms   █ failed

     STS now       outage: STS answers every call with 503

                   RefreshableSession               fromTemporaryCredentials
                   STS fails; no request notices    failing: ServiceUnavailable
     time left        4.0 s                            7.0 s
                   ████████████████░░░░░░░░░░░░░░░  ███████████████████████████░░░░
                   ╰─╯╰background refresh╯╰fresh─╯  ╰ every request waits for STS ╯
     requests         1,050                            1,050
     failed               0                               21
     delayed              0                            1,029
     waiting now          0                               17
     refreshes            3                              260
     source calls         4                              271"
  `);
});

test('200 columns and 50 rows have room for what happened', () => {
  expect(drawFrame(sample, events, { columns: 200, rows: 49 }, plain).join('\n')).toMatchInlineSnapshot(`
    " Two ways to keep AWS clients authenticated                                                                                                                                              10.5 s of 40 s
     Credentials live 8 s.

                                                                 outage                                        throttling                                    hang
     STS           ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁███░░░░░░░····································░░░░░░░░░░····································░░░░░░░░░░····································
     brs           ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁·····································································································································
     SDK           ▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄█████·····································································································································
                   ▁ at once   ▄ over 100 ms   █ failed

     STS now       outage: STS answers every call with 503

                   RefreshableSession                                                                           fromTemporaryCredentials
                   STS fails; no request notices                                                                failing: ServiceUnavailable
     time left        4.0 s                                                                                        7.0 s
                   ██████████████████████████████████████████████░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░  ████████████████████████████████████████████████████████████████████████████████░░░░░░░░░░░
                   ╰ wait ─╯╰────────────── refreshes in the background ──────────────╯╰─── nothing to do ───╯  ╰────────────────────────────── every request waits for STS ──────────────────────────────╯
     requests         1,050                                                                                        1,050
     failed               0                                                                                           21
     delayed              0                                                                                        1,029
     waiting now          0                                                                                           17
     refreshes            3                                                                                          260
     source calls         4                                                                                          271

     event 18
     event 19
     event 20
     event 21
     event 22
     event 23
     event 24
     event 25
     event 26
     event 27
     event 28
     event 29"
  `);
});

describe.each([40, 60, 80, 132, 200, 400])('%i columns', (columns) => {
  test.each([1, 5, 10, 16, 23, 49])('%i rows', (rows) => {
    for (const coloured of [false, true]) {
      const lines = drawFrame(sample, events, { columns, rows }, paletteFor(coloured));
      expect(lines.length).toBeLessThanOrEqual(rows);
      for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(columns);
    }
  });
});

test('a low screen keeps the figures', () => {
  const lines = drawFrame(sample, events, { columns: 80, rows: 10 }, plain).join('\n');
  for (const text of ['failed               0', '10.5 s of 40 s', 'source calls', 'STS fails'])
    expect(lines).toContain(text);
});

test('colours change nothing but colours', () => {
  const size = { columns: 80, rows: 23 };
  const coloured = drawFrame(sample, events, size, paletteFor(true)).join('\n');
  expect(coloured).toContain('\u001B[');
  // eslint-disable-next-line no-control-regex
  expect(coloured.replaceAll(/\u001B\[\d+m/g, '').replaceAll(/ +$/gm, '')).toBe(
    drawFrame(sample, events, size, plain).join('\n'),
  );
});

test('a failure of ours is as plain to see as one of the other side', () => {
  const ours = { ...sample.ours, totals: { ...sample.ours.totals, failed: 7 } };
  const lines = drawFrame({ ...sample, ours }, [], { columns: 80, rows: 23 }, paletteFor(true));
  expect(lines.find((line) => line.includes('failed ') && line.includes('21'))).toContain(plainRed('       7'));
});

test('real AWS fails by itself only, so that there is no row for it', () => {
  const { phase: _, ...rest } = sample;
  const lines = drawFrame({ ...rest, phases: [] }, [], { columns: 80, rows: 23 }, plain).join('\n');
  expect(lines).not.toContain('outage');
  expect(lines).not.toContain('STS now');
});

function plainRed(text: string): string {
  return paletteFor(true).tones.trouble(text);
}

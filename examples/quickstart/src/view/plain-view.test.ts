import { expect, test } from 'vitest';
import { openPlainView } from './plain-view.js';
import { sample } from './sample.js';

test('a line for every second, however often it is told, and one for everything that happens', () => {
  const lines: string[] = [];
  const view = openPlainView((line) => lines.push(line));
  for (const elapsedMs of [0, 100, 950, 1050, 1150, 3050]) view.update({ ...sample, elapsedMs });
  view.tell(3111, 'something happened');
  expect(lines).toEqual([
    'Credentials live 8 s.',
    '   1.1 s  brs 1,050 sent     0 failed     0 delayed     4 calls | SDK 1,050 sent    21 failed 1,029 delayed   271 calls',
    '   3.0 s  brs 1,050 sent     0 failed     0 delayed     4 calls | SDK 1,050 sent    21 failed 1,029 delayed   271 calls',
    '   3.1 s  something happened',
  ]);
});

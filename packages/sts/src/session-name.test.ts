import { expect, it } from 'vitest';
import { makeSessionName } from './session-name.js';

it('is readable, and another one each time', () => {
  expect(makeSessionName('my-function')).toMatch(/^brs-my-function-\d+-[0-9a-f]{8}$/);
  expect(makeSessionName('x')).not.toBe(makeSessionName('x'));
});

it.each(['', 'host.example.com', 'Jürgens Gerät №1 / 東京', 'x'.repeat(300), '$LATEST'])(
  'is valid for STS where the program runs on %j',
  (place) => {
    expect(makeSessionName(place)).toMatch(/^[\w+=,.@-]{2,64}$/);
  },
);

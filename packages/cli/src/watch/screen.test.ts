import { PassThrough } from 'node:stream';
import type { ReadStream, WriteStream } from 'node:tty';
import { expect, it } from 'vitest';
import { openScreen } from './screen.js';

it('ends in good order on a terminal that is gone, whatever else fails there', () => {
  const input = Object.assign(new PassThrough(), {
    // As Node does it.
    setRawMode: (raw: boolean) => raw || input.emit('error', new Error('setRawMode EIO')),
  });
  const output = Object.assign(new PassThrough(), { columns: 80, rows: 24 });
  let gone = 0;
  const screen = openScreen(output as unknown as WriteStream, input as unknown as ReadStream, {
    onKey: () => undefined,
    onChange: () => undefined,
    onGone: () => gone++,
  });
  for (const stream of [input, output]) for (const what of ['EIO', 'EPIPE']) stream.emit('error', new Error(what));
  screen.close();
  expect(gone).toBeGreaterThan(0);
  expect(String(output.read())).toContain('\u001b[?1049l');
});

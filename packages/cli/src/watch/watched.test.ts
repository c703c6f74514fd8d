import { PassThrough } from 'node:stream';
import type { WriteStream } from 'node:tty';
import { describe, expect, it } from 'vitest';
import { showLines } from './lines.js';
import { showLive } from './live-view.js';
import { paletteFor } from './text.js';
import type { Watched } from './watched.js';

/** Something that answers nobody. */
const silent: Watched = {
  title: 'silent',
  read: (_, signal) =>
    new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
  close: () => Promise.resolve(),
};
const terminal = () => Object.assign(new PassThrough(), { columns: 80, rows: 24 }) as unknown as WriteStream;
const views: [string, (watched: Watched, signal: AbortSignal) => Promise<void>][] = [
  ['lines', (watched, signal) => showLines(watched, { write: () => undefined, json: false }, signal)],
  [
    'the screen',
    (watched, signal) =>
      showLive(watched, { input: undefined, output: terminal(), palette: paletteFor(false) }, signal),
  ],
];

describe.each(views)('%s', (_name, show) => {
  it('end in good order when they are to end before anything was read', async () => {
    const end = new AbortController();
    const shown = show(silent, end.signal);
    end.abort();
    await expect(shown).resolves.toBeUndefined();
  });

  it('fail with what goes wrong otherwise', async () => {
    const broken: Watched = { ...silent, read: () => Promise.reject(new Error('broken')) };
    await expect(show(broken, new AbortController().signal)).rejects.toThrow('broken');
  });
});

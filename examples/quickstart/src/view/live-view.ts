/** Draws the run on a terminal, on a screen of its own, so that what stood there before comes back. */
import ansiEscapes from 'ansi-escapes';
import { createLogUpdate } from 'log-update';
import type { WriteStream } from 'node:tty';
import type { Snapshot } from '../snapshot.js';
import { drawFrame } from './frame.js';
import { type Palette, stamp } from './text.js';
import type { View } from './view.js';

/** Takes the terminal over until it is closed. */
export function openLiveView(terminal: WriteStream, palette: Palette): View {
  const draw = createLogUpdate(terminal);
  let latest: Snapshot | undefined;
  const events: string[] = [];
  let isOpen = true;
  const paint = (): void => {
    if (!latest || !isOpen) return;
    // The last line stays free: writing into it would scroll the screen.
    const size = { columns: terminal.columns, rows: terminal.rows - 1 };
    draw(drawFrame(latest, events, size, palette).join('\n'));
  };
  const startAnew = (): void => {
    draw.done();
    terminal.write(ansiEscapes.eraseScreen + ansiEscapes.cursorTo(0, 0));
    paint();
  };
  const close = (): void => {
    if (!isOpen) return;
    isOpen = false;
    terminal.off('resize', startAnew);
    process.off('exit', close);
    draw.done();
    terminal.write(ansiEscapes.exitAlternativeScreen);
  };
  terminal.write(ansiEscapes.enterAlternativeScreen + ansiEscapes.cursorTo(0, 0));
  terminal.on('resize', startAnew);
  process.once('exit', close);
  return {
    update(snapshot) {
      latest = snapshot;
      paint();
    },
    tell(elapsedMs, text) {
      events.push(`${stamp(elapsedMs)}  ${text}`);
    },
    close,
  };
}

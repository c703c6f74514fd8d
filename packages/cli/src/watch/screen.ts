/**
 * Takes a terminal over and gives it back as it was, whatever happens: at the end, when the process is asked to end, when
 * it crashes, and while it is suspended. Only what has changed since the last time is written.
 */
import { emitKeypressEvents } from 'node:readline';
import type { ReadStream, WriteStream } from 'node:tty';
import ansiEscapes from 'ansi-escapes';
import type { Key } from './keys.js';

/** A terminal that was taken over. */
export interface Screen {
  readonly columns: number;
  readonly rows: number;
  /** Shows lines from the top. */
  draw(lines: readonly string[]): void;
  /** Forgets what is there, so that everything is drawn the next time. */
  forget(): void;
  /** Lets the shell have the terminal until it continues us. Does nothing where there is no job control. */
  suspend(): void;
  /** Lets somebody else have the terminal, until what comes back is called. */
  lend(): () => void;
  /** Gives the terminal back. Twice is fine. */
  close(): void;
}

/** What the screen tells. */
export interface ScreenListeners {
  onKey(key: Key): void;
  /** Everything has to be drawn anew: another size, or back from elsewhere. */
  onChange(): void;
  /** The terminal is gone. */
  onGone(): void;
}

/** @param input - where keys come from, if that is a terminal as well. */
export function openScreen(
  output: WriteStream,
  input: ReadStream | undefined,
  { onKey, onChange, onGone }: ScreenListeners,
): Screen {
  let shown: string[] = [];
  let isOurs = false;
  let isLent = false;
  let isOpen = true;

  const take = (): void => {
    if (isOurs || isLent || !isOpen) return;
    isOurs = true;
    shown = [];
    input?.setRawMode(true);
    input?.resume();
    output.write(ansiEscapes.enterAlternativeScreen + ansiEscapes.cursorHide + ansiEscapes.eraseScreen);
  };
  const giveBack = (): void => {
    if (!isOurs) return;
    isOurs = false;
    input?.setRawMode(false);
    input?.pause();
    output.write(ansiEscapes.cursorShow + ansiEscapes.exitAlternativeScreen);
  };
  const forget = (): void => {
    shown = [];
    if (isOurs) output.write(ansiEscapes.eraseScreen);
  };
  const renew = (): void => {
    forget();
    onChange();
  };
  const suspend = (): void => {
    if (process.platform === 'win32' || !isOurs) return;
    giveBack();
    // Without a listener the signal does what it does to every program: we stop here, with all that was started with us.
    process.off('SIGTSTP', suspend);
    process.kill(0, 'SIGTSTP');
    // Later, and not here: where nobody can continue us the signal is nothing, and we go on.
    setTimeout(comeBack, 50);
  };
  const comeBack = (): void => {
    if (!isOpen) return;
    if (!process.listeners('SIGTSTP').includes(suspend)) process.on('SIGTSTP', suspend);
    // Also after a stop that we were not told of: a shell may have changed the terminal since.
    giveBack();
    take();
    onChange();
  };
  const press = (_: string | undefined, key: Key): void => onKey(key);
  const lost = (): void => onGone();

  const close = (): void => {
    if (!isOpen) return;
    giveBack();
    isOpen = false;
    output.off('resize', renew);
    process.off('SIGTSTP', suspend).off('SIGCONT', comeBack).off('exit', close);
    input?.off('keypress', press);
  };

  if (input) {
    emitKeypressEvents(input);
    input.on('keypress', press);
    // To give a terminal back that is gone is an error of its own.
    input.once('end', lost).on('error', lost);
  }
  output.on('resize', renew).on('error', lost);
  process.on('SIGTSTP', suspend).on('SIGCONT', comeBack).once('exit', close);
  take();

  return {
    get columns() {
      return output.columns || 80;
    },
    get rows() {
      return output.rows || 24;
    },
    draw(lines) {
      if (!isOurs) return;
      let changes = '';
      for (const [index, line] of lines.entries()) {
        // Erased first: behind a line that is as wide as the screen, the cursor is still on its last character.
        if (line !== shown[index]) changes += ansiEscapes.cursorTo(0, index) + ansiEscapes.eraseEndLine + line;
      }
      if (shown.length > lines.length) changes += ansiEscapes.cursorTo(0, lines.length) + ansiEscapes.eraseDown;
      shown = [...lines];
      if (changes) output.write(ansiEscapes.synchronizedOutput(changes));
    },
    forget,
    suspend,
    lend() {
      giveBack();
      isLent = true;
      return () => {
        isLent = false;
        take();
        onChange();
      };
    },
    close,
  };
}

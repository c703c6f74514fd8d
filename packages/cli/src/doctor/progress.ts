/** One line that says what is being looked at, while it is, for a person who would wait before an empty screen. */
import { clearLine, cursorTo } from 'node:readline';
import type { WriteStream } from 'node:tty';

/** Told of every check when it begins and when it has ended. */
export interface Progress {
  began(title: string): void;
  ended(title: string): void;
}

/** Shows it on a terminal. Nothing of it is left when all have ended. */
export function progressOn(stream: WriteStream): Progress {
  const running = new Set<string>();
  const draw = (): void => {
    clearLine(stream, 0);
    cursorTo(stream, 0);
    if (running.size > 0) stream.write(`Looking at: ${[...running].join(', ')}`.slice(0, stream.columns - 1));
  };
  return {
    began(title) {
      running.add(title);
      draw();
    },
    ended(title) {
      running.delete(title);
      draw();
    },
  };
}

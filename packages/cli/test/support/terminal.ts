/** Runs a program on a terminal of its own, by util-linux's `script`, and types what a person would. */
import { type ChildProcess, spawn } from 'node:child_process';

/** A program on a terminal. */
export interface OnTerminal {
  readonly child: ChildProcess;
  /** What the terminal has shown so far. */
  readonly shown: () => string;
  /** Resolves when the terminal shows a text, `times` times; rejects when the program ends before. */
  until(text: string | RegExp): Promise<void>;
  type(text: string): void;
  /** The exit code. */
  readonly ended: Promise<number | null>;
}

/** Words are put between single quotes: they must hold none. */
export function onTerminal(command: readonly string[], env: NodeJS.ProcessEnv, cwd: string): OnTerminal {
  // Without `exec`, the shell would be interrupted too.
  const line = `exec ${command.map((word) => `'${word}'`).join(' ')}`;
  const child = spawn('script', ['--quiet', '--return', '--flush', '--command', line, '/dev/null'], {
    env: { ...env, TERM: 'xterm' },
    cwd,
  });
  let text = '';
  const looks = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    text += part;
    for (const look of looks) look();
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  return {
    child,
    shown: () => text,
    ended,
    type: (typed) => void child.stdin.write(typed),
    until: (wanted) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (typeof wanted === 'string' ? !text.includes(wanted) : !wanted.test(text)) return;
          looks.delete(look);
          resolve();
        };
        looks.add(look);
        look();
        void ended.then(() => reject(new Error(`The program ended, and showed: ${text}`)));
      }),
  };
}

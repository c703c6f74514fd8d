/** A real terminal: tmux, with a server of its own. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { debianProgram } from '@brs-tests/support/debian';
import { vi } from 'vitest';

const run = promisify(execFile);
const program = await debianProgram('tmux', 'tmux');

const until = (look: () => Promise<void>): Promise<void> => vi.waitFor(look, { timeout: 30_000, interval: 50 });

/** Whether there is one. */
export const hasTmux: boolean = program !== undefined;

/** A terminal, and what is on it. */
export class Terminal {
  readonly #socket: string;

  private constructor(socket: string) {
    this.#socket = socket;
  }

  /** Opens one and runs a command on it. */
  static async open(
    command: readonly string[],
    { home, env, columns, rows }: { home: string; env: NodeJS.ProcessEnv; columns: number; rows: number },
  ): Promise<Terminal> {
    const terminal = new Terminal(join(home, 'tmux'));
    const options = { env: { ...env, LC_ALL: 'C.UTF-8', TERM: 'xterm-256color' }, cwd: home };
    const size = ['-x', String(columns), '-y', String(rows)];
    await run(
      program as string,
      ['-S', terminal.#socket, '-f', '/dev/null', 'new-session', '-d', ...size, ...command],
      options,
    );
    return terminal;
  }

  /** The lines, without what is empty at their ends. */
  async screen(): Promise<string> {
    return (await this.#tmux('capture-pane', '-p')).trimEnd();
  }

  /** Whether a program has a screen of its own and has hidden the cursor, or not: `1 0` and `0 1`. */
  async taken(): Promise<string> {
    return (await this.#tmux('display-message', '-p', '#{alternate_on} #{cursor_flag}')).trim();
  }

  /** Presses keys, by tmux's names. */
  async press(...keys: string[]): Promise<void> {
    await this.#tmux('send-keys', ...keys);
  }

  async resize(columns: number, rows: number): Promise<void> {
    await this.#tmux('resize-window', '-x', String(columns), '-y', String(rows));
  }

  /** Waits until something is there. */
  async shows(text: string | RegExp): Promise<void> {
    await until(async () => {
      const screen = await this.screen();
      if (typeof text === 'string' ? !screen.includes(text) : !text.test(screen)) {
        throw new Error(`The terminal does not show ${String(text)}, but:\n${screen}`);
      }
    });
  }

  /** Waits until a program has taken the terminal over, or given it back. */
  async isTaken(taken: boolean): Promise<void> {
    await until(async () => {
      const found = await this.taken();
      if (found !== (taken ? '1 0' : '0 1')) throw new Error(`The terminal is ${found}.`);
    });
  }

  async close(): Promise<void> {
    await this.#tmux('kill-server').catch(() => undefined);
  }

  async #tmux(...args: string[]): Promise<string> {
    const { stdout } = await run(program as string, ['-S', this.#socket, ...args], { env: { LC_ALL: 'C.UTF-8' } });
    return stdout;
  }
}

/** Runs the built program as a shell would. */
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../dist/index.js', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program that is running. */
export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves when the text has been printed; rejects when the program ends without it. */
  readonly untilStdout: (text: string) => Promise<void>;
}

/** Starts it, with nothing that asks for colours: they may be wanted in the output of the tests, and CI is one that does. */
export function start(args: readonly string[], env: NodeJS.ProcessEnv = process.env): Running {
  const plain = { ...env, CI: undefined, FORCE_COLOR: undefined, NO_COLOR: undefined };
  const child = spawn(process.execPath, [program, ...args], { env: plain, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = new Promise<Ended>((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
  const untilStdout = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (stdout.includes(text)) resolve();
      };
      child.stdout.on('data', look);
      child.once('close', () => reject(new Error(`ended before it printed '${text}': ${stdout}${stderr}`)));
      look();
    });
  return { child, ended, untilStdout };
}

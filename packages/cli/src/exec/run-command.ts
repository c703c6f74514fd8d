/** Runs a command as if this process were not there: its streams, its terminal, its signals and its end are its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { constants } from 'node:os';
import { CliError } from '../cli-error.js';

/** How the command ended. */
export type CommandEnd = { readonly code: number } | { readonly signal: NodeJS.Signals };

/** Handed on whenever they come. */
const handedOn: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2', 'SIGCONT'];
/** The terminal sends these to the command too: a second one would mean "at once" to many. */
const ofTheTerminal: readonly NodeJS.Signals[] = ['SIGINT', 'SIGQUIT'];

/**
 * Runs the command to its end.
 *
 * @throws CliError (notFound, notExecutable) when it cannot be started.
 */
export function runCommand([program = '', ...args]: readonly string[], env: NodeJS.ProcessEnv): Promise<CommandEnd> {
  return new Promise((resolve, reject) => {
    // The program is looked for in the PATH of the command, without a shell.
    const child = spawn(program, args, { env, stdio: 'inherit' });
    const release = holdSignals(child);
    child.once('error', (error: NodeJS.ErrnoException) => {
      if (child.pid !== undefined) return; // A signal that could not be handed on: it has ended.
      release();
      const kind = error.code === 'ENOENT' ? 'notFound' : 'notExecutable';
      const what = kind === 'notFound' ? 'There is no program' : 'Cannot start the program';
      reject(new CliError(kind, `${what} '${program}'.`, { cause: error }));
    });
    child.once('exit', (code, signal) => {
      release();
      resolve(signal ? { signal } : { code: code ?? 1 });
    });
  });
}

/** Ends this process as the command ended: a shell sees no difference. */
export function endAs(end: CommandEnd): void {
  if ('code' in end) {
    process.exitCode = end.code;
    return;
  }
  // Node does not end by every signal by itself, nor where one is blocked.
  process.exitCode = 128 + (constants.signals[end.signal] ?? 0);
  process.kill(process.pid, end.signal);
}

function holdSignals(child: ChildProcess): () => void {
  const isOnTerminal = hasTerminal();
  const handlers = [...handedOn, ...ofTheTerminal].map((signal) => {
    const handler = (): void => {
      if (!(isOnTerminal && ofTheTerminal.includes(signal))) child.kill(signal);
    };
    process.on(signal, handler);
    return [signal, handler] as const;
  });
  return () => {
    for (const [signal, handler] of handlers) process.off(signal, handler);
  };
}

/** Whether a terminal controls this process, wherever its streams lead. */
function hasTerminal(): boolean {
  if (process.platform === 'win32') return process.stdin.isTTY;
  try {
    closeSync(openSync('/dev/tty', 'r'));
    return true;
  } catch {
    return false;
  }
}

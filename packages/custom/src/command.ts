/**
 * Runs a command that prints credentials. It uses no shell, bounds what the command may print and how long it may take,
 * and keeps its arguments and whatever it prints out of every error: they can hold secrets.
 */
import type { ExecFileException } from 'node:child_process';
import type { CommandOptions } from './options.js';

const maxOutputBytes = 2 ** 20;

/**
 * The command could not be started, failed, took too long or printed too much. It says how, and nothing of what was
 * printed. It is the `cause` of the session's error.
 *
 * @example
 * ```ts
 * const classify: CustomOptions['classify'] = (error) =>
 *   error instanceof CommandFailedError && error.exitCode === 77
 *     ? { kind: 'terminal', hint: 'Log in again: vault login' }
 *     : undefined;
 * ```
 */
export class CommandFailedError extends Error {
  override readonly name = 'CommandFailedError';
  readonly code = 'COMMAND_FAILED';
  /** The exit code, if the command ended by itself. */
  declare readonly exitCode?: number;
  /** The signal that ended the command, if one did. */
  declare readonly signal?: string;
  /** The system's code, such as `ENOENT`, if the command could not be started. */
  declare readonly startFailure?: string;

  constructor(how: string, details?: Pick<CommandFailedError, 'exitCode' | 'signal' | 'startFailure'>) {
    super(`The command ${how}.`);
    Object.assign(this, details);
  }
}

/**
 * The standard output of a command that exited with 0.
 *
 * @throws CommandFailedError, or the reason of `signal` when it is aborted.
 */
export async function runCommand(
  command: readonly string[],
  { cwd, env, timeoutMs }: CommandOptions,
  signal: AbortSignal,
): Promise<string> {
  // A built-in that costs milliseconds, which a session over a function need not pay.
  const { execFile } = await import('node:child_process');
  signal.throwIfAborted();
  const [program, ...args] = command as [string, ...string[]];
  return new Promise((resolve, reject) => {
    const child = execFile(
      program,
      args,
      {
        cwd,
        env,
        timeout: timeoutMs,
        signal,
        // A command that ignores SIGTERM would live on.
        killSignal: 'SIGKILL',
        maxBuffer: maxOutputBytes,
        windowsHide: true,
      },
      (error, stdout) => {
        if (!error) return resolve(stdout);
        // On abort, Node sends SIGTERM whatever `killSignal` says.
        child.kill('SIGKILL');
        reject(signal.aborted ? (signal.reason as Error) : failure(error, timeoutMs));
      },
    );
    child.stdin?.end();
  });
}

/** Node's own error quotes the arguments and the standard error output; this one is told from its codes alone. */
function failure({ code, signal, killed }: ExecFileException, timeoutMs: number | undefined): CommandFailedError {
  if (code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER')
    return new CommandFailedError('printed more than 1 MiB and was killed');
  if (typeof code === 'string') return new CommandFailedError(`could not be started (${code})`, { startFailure: code });
  if (typeof code === 'number') return new CommandFailedError(`exited with code ${code}`, { exitCode: code });
  const how = killed ? `did not end within ${timeoutMs} ms and was killed` : `was ended by signal ${signal}`;
  return new CommandFailedError(how, { signal: signal as string });
}

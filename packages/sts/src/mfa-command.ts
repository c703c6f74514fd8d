/**
 * Runs a command that prints an MFA code. Never through a shell; nothing that it prints, and none of its arguments,
 * reaches an error.
 */
import type { ExecFileException, PromiseWithChild } from 'node:child_process';
import { promisify } from 'node:util';
import type { MfaCommandOptions } from './mfa-options.js';

/**
 * The last stand-alone six digits of the command's standard output, or an empty string where there are none.
 *
 * @throws an error with the exit status, or with what kept the command from running.
 */
export async function runMfaCommand(
  command: string | readonly string[],
  { cwd, env, timeoutMs: timeout = 30_000 }: MfaCommandOptions,
  signal: AbortSignal,
): Promise<string> {
  const { execFile } = await import('node:child_process');
  const [program = '', ...args] =
    typeof command === 'string' ? (await import('string-argv')).default(command) : command;
  let running: PromiseWithChild<{ stdout: string }> | undefined;
  try {
    running = promisify(execFile)(program, args, {
      cwd,
      env: env as NodeJS.ProcessEnv,
      timeout,
      signal,
      killSignal: 'SIGKILL',
    });
    running.child.stdin?.end();
    return (await running).stdout.match(/\b\d{6}\b/g)?.at(-1) ?? '';
  } catch (error) {
    // On abort, Node sends SIGTERM whatever `killSignal` says.
    running?.child.kill('SIGKILL');
    // Node's own message and properties hold the arguments and what the command has printed.
    const { killed, code, signal: killedBy } = error as ExecFileException;
    throw new Error(
      `The command of \`mfa.token\` failed (${killed ? `no answer within ${timeout} ms` : (code ?? killedBy)}).`,
    );
  }
}

/**
 * Runs a command that prints an MFA code. Never through a shell; nothing that it prints, and none of its arguments,
 * reaches an error.
 */
import type { MfaCommandOptions } from './mfa-options.js';

/**
 * The last stand-alone six digits of the command's standard output, or an empty string where there are none.
 *
 * @throws an error with the exit status, or with what kept the command from running.
 */
export async function runMfaCommand(
  command: string | readonly string[],
  options: MfaCommandOptions | undefined,
  signal: AbortSignal,
): Promise<string> {
  const { cwd, env, timeoutMs: timeout = 30_000 } = options ?? {};
  const { execFile } = await import('node:child_process');
  const [program = '', ...args] =
    typeof command === 'string' ? (await import('string-argv')).default(command) : command;
  return new Promise((resolve, reject) => {
    const fail = (why: unknown): void => reject(new Error(`The command of \`mfa.token\` failed (${String(why)}).`));
    try {
      const child = execFile(
        program,
        args,
        { cwd, env: env as NodeJS.ProcessEnv | undefined, timeout, signal, killSignal: 'SIGKILL' },
        (error, stdout) => {
          if (error) fail(error.killed ? `no answer within ${timeout} ms` : (error.code ?? error.signal));
          else resolve(stdout.match(/\b\d{6}\b/g)?.at(-1) ?? '');
        },
      );
      child.stdin?.end();
    } catch {
      // Node's own message would show the argument that it does not like.
      fail('not a valid command');
    }
  });
}

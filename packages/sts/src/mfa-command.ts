/**
 * Runs a command that prints an MFA code. Never through a shell; nothing that it prints, and none of its arguments,
 * reaches an error.
 */
import { spawn } from 'node:child_process';
import { StsError } from './errors.js';
import type { MfaCommandOptions } from './mfa-options.js';

/** More than any code needs; what a command prints beyond it is not kept. */
const keptCharacters = 64 * 1024;

/** The last stand-alone six digits of the command's standard output, or an empty string where there are none. */
export async function runMfaCommand(
  command: string | readonly string[],
  { cwd, env, timeoutMs = 30_000, stdin = 'ignore', stderr = 'ignore' }: MfaCommandOptions,
  signal: AbortSignal,
): Promise<string> {
  const [program = '', ...args] = typeof command === 'string' ? (await import('string-argv')).default(command) : command;
  const deadline = AbortSignal.timeout(timeoutMs);
  let output = '';
  const problem = await new Promise<string | undefined>((resolve) => {
    try {
      const child = spawn(program, args, {
        cwd,
        env: env as NodeJS.ProcessEnv | undefined,
        stdio: [stdin, 'pipe', stderr],
        shell: false,
        windowsHide: true,
        signal: AbortSignal.any([signal, deadline]),
        killSignal: 'SIGKILL',
      });
      child.stdout?.setEncoding('utf8').on('data', (text: string) => (output = (output + text).slice(-keptCharacters)));
      child.once('error', (error: NodeJS.ErrnoException) => {
        resolve(deadline.aborted ? `did not end within ${timeoutMs} ms` : `could not be run (${error.code ?? error.name})`);
      });
      child.once('close', (status, killedBy) => {
        resolve(status === 0 ? undefined : `ended with ${killedBy ? `signal ${killedBy}` : `status ${status}`}`);
      });
    } catch {
      // Node's message would show the argument.
      resolve('could not be run: a part of it is not valid');
    }
  });
  if (problem) {
    const message = `The command that gives MFA codes (\`mfa.token\`) ${problem}.`;
    throw new StsError(message, { code: 'MfaCodeUnavailable', failure: { kind: 'recoverable', hint: message } });
  }
  return output.match(/\b\d{6}\b/g)?.at(-1) ?? '';
}

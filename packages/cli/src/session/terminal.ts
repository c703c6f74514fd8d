/** Asks a person, on the terminal itself: standard input and output may be the business of somebody else. */
import { closeSync, openSync } from 'node:fs';
import { ReadStream, WriteStream } from 'node:tty';
import { CliError } from '../cli-error.js';

/**
 * Asks for something that is not shown.
 *
 * @throws CliError (missing) where there is no terminal; (usage) when the person gives up.
 */
export async function askOnTerminal(message: string, signal?: AbortSignal): Promise<string> {
  const terminal = openTerminal();
  if (!terminal) {
    throw new CliError('missing', `${message}: there is no terminal to ask on.`, {
      hint: 'Where nobody is there to answer, give a command instead: `mfa.token` for MFA codes, { fromCommand: […] } for secrets.',
    });
  }
  try {
    const { isCancel, password } = await import('@clack/prompts');
    const { input, output } = terminal;
    const answer = await password({ message, input, output, ...(signal && { signal }) });
    if (isCancel(answer)) throw new CliError('usage', 'Nothing was entered.');
    return answer.trim();
  } finally {
    terminal.close();
  }
}

interface Terminal {
  readonly input: ReadStream;
  readonly output: WriteStream;
  close(): void;
}

function openTerminal(): Terminal | undefined {
  if (process.platform === 'win32') {
    if (!process.stdin.isTTY || !process.stderr.isTTY) return undefined;
    return { input: process.stdin, output: process.stderr as WriteStream, close: () => undefined };
  }
  const opened: number[] = [];
  try {
    for (const flags of ['r', 'w']) opened.push(openSync('/dev/tty', flags));
    const [reading = -1, writing = -1] = opened;
    const input = new ReadStream(reading);
    const output = new WriteStream(writing);
    // A serial line does not know how wide it is.
    output.columns ||= 80;
    return {
      input,
      output,
      close() {
        input.destroy();
        output.destroy();
      },
    };
  } catch (error) {
    for (const descriptor of opened) closeSync(descriptor);
    if (
      /^(ENXIO|ENOENT|ENODEV|ENOTTY|EIO|EACCES|EINVAL|ERR_TTY_INIT_FAILED)$/.test(
        String((error as NodeJS.ErrnoException).code),
      )
    )
      return undefined;
    throw error;
  }
}

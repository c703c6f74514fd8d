/** Asks a person, on the terminal itself: standard input and output may be the business of somebody else. */
import { closeSync, openSync } from 'node:fs';
import { ReadStream, WriteStream } from 'node:tty';
import { CliError } from '../cli-error.js';

/** Somebody would have to be asked, and is not to be. */
export class NotAsked extends CliError {}

let instead: string | undefined;

/** From now on nobody is asked: who would be gets a {@link NotAsked} with this hint. */
export function askNobody(hint: string): void {
  instead = hint;
}

/** Lets go of the terminal; what comes back takes it again. */
export type Lender = () => () => void;

let lender: Lender | undefined;
let lastQuestion: Promise<unknown> = Promise.resolve();

/** Says who has the terminal to himself and has to be asked for it first; `undefined`: nobody. */
export function lendTerminalBy(whoever: Lender | undefined): void {
  lender = whoever;
}

/**
 * Asks for something that is not shown. A person is asked one thing at a time.
 *
 * @throws CliError (missing) where there is no terminal; (usage) when the person gives up; NotAsked after {@link askNobody}.
 */
export function askOnTerminal(message: string, signal?: AbortSignal): Promise<string> {
  if (instead) return Promise.reject(new NotAsked('missing', `${message}: nobody is asked for it.`, { hint: instead }));
  const answer = lastQuestion.then(() => ask(message, signal));
  lastQuestion = answer.catch(() => undefined);
  return answer;
}

async function ask(message: string, signal?: AbortSignal): Promise<string> {
  const terminal = openTerminal();
  if (!terminal) {
    throw new CliError('missing', `${message}: there is no terminal to ask on.`, {
      hint: 'Where nobody is there to answer, give a command instead: `mfa.token` for MFA codes, { fromCommand: […] } for secrets.',
    });
  }
  const takeBack = lender?.();
  try {
    const { isCancel, password } = await import('@clack/prompts');
    const { input, output } = terminal;
    const answer = await password({ message, input, output, ...(signal && { signal }) });
    if (isCancel(answer)) throw new CliError('usage', 'Nothing was entered.');
    return answer.trim();
  } finally {
    terminal.close();
    takeBack?.();
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

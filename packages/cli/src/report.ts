/** Tells a person what went wrong: one line, and with `--verbose` the causes below it. */
import { isSessionError } from '@brs/core';
import { CliError, exitCode } from './cli-error.js';
import { printable } from './printable.js';
import { pkcs11Hints } from './hsm/hints.js';

/** What to print and what to end with. */
export interface Report {
  readonly text: string;
  readonly exitCode: number;
}

/** Reports an error. What is no error of ours is a fault of the program or of a package: it is named as such. */
export function report(error: unknown, verbose = false): Report {
  const causes = verbose ? causesOf(error).map(describeCause) : [];
  return { text: [`brs: ${describe(error)}`, ...causes].join('\n'), exitCode: exitCodeOf(ownError(error) ?? error) };
}

/** What is wrong, and what to do about it, in one line. */
export function describe(error: unknown): string {
  const told = toldBy(error);
  const { message, hint } = readError(told);
  // Of a device's error, the session knows what to do about it.
  const advice = hint ?? (told instanceof CliError ? undefined : readError(error).hint);
  return [oneLine(message), advice && oneLine(advice)].filter(Boolean).join(' ');
}

/**
 * What was found out says more than what became of it on the way: that a source failed. Beside the program itself, the
 * packages for devices have sentences for a person, such as how many tries a token has left.
 */
function toldBy(error: unknown): unknown {
  return ownError(error) ?? causesOf(error).find(({ name }) => /^(IotError|Pkcs11Error)$/.test(name)) ?? error;
}

function ownError(error: unknown): CliError | undefined {
  return [error, ...causesOf(error)].find((cause) => cause instanceof CliError);
}

function readError(error: unknown): { message: string; hint?: string | undefined } {
  if (!(error instanceof Error)) return { message: 'Something was thrown that is no error.' };
  const { hint, code } = error as { hint?: unknown; code?: unknown };
  // The session's own sentences are complete; elsewhere the code of a system error says more than its message.
  const message = error.message || (typeof code === 'string' ? code : error.name);
  const ours = error.name === 'Pkcs11Error' ? pkcs11Hints[code as keyof typeof pkcs11Hints] : undefined;
  return {
    message: isSentence(message) ? message : `${message}.`,
    hint: ours ?? (typeof hint === 'string' ? hint : undefined),
  };
}

function causesOf(error: unknown): Error[] {
  const causes: Error[] = [];
  let cause = error instanceof Error ? error.cause : undefined;
  while (cause instanceof Error && causes.length < 8) {
    causes.push(cause);
    cause = cause.cause;
  }
  return causes;
}

function describeCause(cause: Error): string {
  const { code } = cause as { code?: unknown };
  const name = typeof code === 'string' && code !== cause.name ? `${cause.name} (${code})` : cause.name;
  return `  because: ${name}: ${oneLine(cause.message)}`;
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CliError) return error.exitCode;
  if (!isSessionError(error)) return exitCode.failure;
  switch (error.code) {
    case 'CREDENTIALS_DENIED':
      return exitCode.refused;
    case 'REFRESH_FAILED':
    case 'REFRESH_TIMEOUT':
    case 'CREDENTIALS_EXPIRED':
    case 'INVALID_CREDENTIALS':
      return exitCode.unavailable;
    case 'UNKNOWN_METHOD':
      return exitCode.missing;
    case 'INVALID_OPTIONS':
    case 'INVALID_STRATEGY':
    case 'METHOD_CONFLICT':
      return exitCode.usage;
    default:
      return exitCode.failure;
  }
}

const isSentence = (text: string): boolean => /[.!?]$/.test(text);
const oneLine = (text: string): string => printable(text.replace(/\s*\n\s*/g, ' ')).trim();

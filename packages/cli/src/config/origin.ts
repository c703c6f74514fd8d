/** What is wrong with an option, said together with where the option was given. Pure. */
import { isSessionError } from '@brs/core';
import { CliError } from '../cli-error.js';
import type { Merged } from './layers.js';

/**
 * An error about an option, with the flag, the variable or the line that gave it; any other error as it is.
 *
 * @param hints - what to do about some options, where the command knows it better than the package.
 */
export function withOrigin<Thrown>(
  error: Thrown,
  { originOf }: Pick<Merged, 'originOf'>,
  hints: Readonly<Partial<Record<string, string>>> = {},
): Thrown | CliError {
  if (!isSessionError(error) || error.code !== 'INVALID_OPTIONS') return error;
  const { option, message } = error;
  const origin = originOf(option);
  const isOfDigits = origin?.startsWith('--') && /must be .*string.*, got (number|boolean)/.test(message);
  const digits = isOfDigits ? `To give digits as a string, quote them twice: ${origin} '"…"'.` : undefined;
  const hint = hints[option] ?? digits ?? error.hint;
  return new CliError('usage', `${origin ? `${origin}: ` : ''}${message}`, { cause: error, ...(hint && { hint }) });
}

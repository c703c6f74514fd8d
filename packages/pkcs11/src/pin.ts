/** Where a PIN comes from. It is asked for when a token has to be logged in to, and not before. */
import { readFile } from 'node:fs/promises';
import { type OptionRule, rule } from '@brs/core';
import { Pkcs11Error } from './errors.js';
import type { Token } from './tokens.js';

/**
 * The PIN of the user, or where it comes from:
 *
 * - a string: the PIN itself,
 * - `{ file }`: the first line of a file, which only its owner should be able to read,
 * - `{ env }`: an environment variable,
 * - a function, which is handed the token and gives the PIN, or a promise of it. It is asked once for each identity, however
 *   many callers wait; when it fails, it is asked again by the next.
 */
export type PinOption =
  string | { readonly file: string } | { readonly env: string } | ((token: Token) => string | Promise<string>);

/** Gives the PIN, or `undefined` where there is none. */
export type PinSource = (token: Token) => Promise<string | undefined>;

/** The rule of the option `pin`. */
export const pinRule: OptionRule = (value, option) => {
  if (typeof value === 'string') return value === '' ? 'must not be empty' : undefined;
  if (typeof value === 'function') return undefined;
  const problem = rule.object(value, option);
  if (problem) return 'must be a string, { file }, { env } or a function';
  const [name, ...more] = Object.keys(value as object);
  if ((name !== 'file' && name !== 'env') || more.length > 0) return 'must be either { file } or { env }';
  return rule.string((value as Record<string, unknown>)[name], option) && `must name its ${name}`;
};

export function pinSource(option: PinOption | undefined): PinSource {
  if (option === undefined) return async () => undefined;
  if (typeof option === 'string') return async () => option;
  if (typeof option === 'function') return askedOnce(option);
  return async () => check('file' in option ? await fromFile(option.file) : process.env[option.env], describe(option));
}

function askedOnce(ask: (token: Token) => string | Promise<string>): PinSource {
  let answer: Promise<string> | undefined;
  return (token) => {
    answer ??= Promise.resolve()
      .then(() => ask(token))
      .then(
        (pin) => check(pin, 'the function `pin`'),
        // What it threw may quote what was typed.
        () => {
          throw unavailable('the function `pin`', 'it failed');
        },
      );
    answer.catch(() => (answer = undefined));
    return answer;
  };
}

async function fromFile(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).split(/\r?\n/, 1)[0] ?? '';
  } catch (error) {
    throw unavailable(`the file ${file}`, `it could not be read (${(error as NodeJS.ErrnoException).code})`, error);
  }
}

function check(pin: unknown, from: string): string {
  if (typeof pin === 'string' && pin !== '') return pin;
  throw unavailable(from, pin === '' ? 'it is empty' : pin === undefined ? 'it is not there' : 'it is no string');
}

function describe(option: { readonly file: string } | { readonly env: string }): string {
  return 'file' in option ? `the file ${option.file}` : `the environment variable ${option.env}`;
}

function unavailable(from: string, why: string, cause?: unknown): Pkcs11Error {
  return new Pkcs11Error(
    'PIN_UNAVAILABLE',
    `No PIN came from ${from}: ${why}.`,
    'The PIN is asked for again by the next call.',
    cause,
  );
}

/** Values that stand elsewhere: `{ fromFile }`, `{ fromEnv }`, `{ fromCommand }`, `{ fromPrompt }` in place of a secret. */
import { execFile, type ExecFileException } from 'node:child_process';
import { promisify } from 'node:util';
import { InvalidOptionsError } from '@brs/core';
import { isPlainObject, isReference, type Options, referenceKinds } from '../config/option-path.js';
import { readSmallFile } from './small-file.js';
import { askOnTerminal } from './terminal.js';

/** Options that their packages take as functions, and ask again for every refresh. */
const askedEachTime = new Set(['WebIdentityToken', 'SAMLAssertion']);

/** Read by its package, at each login: a file with a wrong PIN can be mended while the program runs. */
const pinOfToken = 'identity.pkcs11.pin';

/** The options with every reference replaced by what it refers to. The object that is given is not changed. */
export async function resolveValues(options: Options, env: NodeJS.ProcessEnv): Promise<Options> {
  return (await resolveValue(options, env, [])) as Options;
}

async function resolveValue(value: unknown, env: NodeJS.ProcessEnv, path: readonly string[]): Promise<unknown> {
  if (Array.isArray(value)) {
    const items = value as unknown[];
    return Promise.all(items.map((item, index) => resolveValue(item, env, [...path, String(index)])));
  }
  if (!isPlainObject(value)) return value;
  if (isReference(value)) {
    if (path.join('.') === pinOfToken && typeof value.fromFile === 'string' && Object.keys(value).length === 1) {
      return { file: value.fromFile };
    }
    const read = (): Promise<string> => readReference(value, env, path.join('.'));
    return askedEachTime.has(path.at(-1) ?? '') ? read : read();
  }
  const resolved: Options = {};
  // One after the other: a person is asked one thing at a time.
  for (const [name, inner] of Object.entries(value)) resolved[name] = await resolveValue(inner, env, [...path, name]);
  return resolved;
}

async function readReference(value: Options, env: NodeJS.ProcessEnv, option: string): Promise<string> {
  const [[kind, where] = [], ...others] = Object.entries(value);
  const problem = (text: string, cause?: unknown): InvalidOptionsError =>
    new InvalidOptionsError(option, text, { cause });
  if (others.length > 0) throw problem(`must hold one of ${referenceKinds.join(', ')} and nothing else`);
  if (kind === 'fromCommand') {
    if (!Array.isArray(where) || where.length === 0 || !where.every((part) => typeof part === 'string')) {
      throw problem('has a `fromCommand` that is not an array of strings, the program first');
    }
    const [program = '', ...args] = where as string[];
    try {
      const { stdout } = await promisify(execFile)(program, args, { env, timeout: 30_000, maxBuffer: 1 << 20 });
      return withoutLineEnd(stdout);
    } catch (error) {
      // What the command printed could be the secret: the error of the call holds it, and is not kept.
      const { killed, code, signal } = error as ExecFileException;
      throw problem(`refers to a command that failed (${killed ? 'no end within 30 s' : (code ?? signal)})`);
    }
  }
  if (typeof where !== 'string' || where === '') throw problem(`has a \`${kind}\` that is not a non-empty string`);
  if (kind === 'fromEnv') {
    const text = env[where];
    if (!text) throw problem(`refers to the environment variable ${where}, which is not set`);
    return text;
  }
  if (kind === 'fromPrompt') return askOnTerminal(where);
  try {
    return withoutLineEnd(await readSmallFile(where));
  } catch (error) {
    const isTooLarge = (error as NodeJS.ErrnoException).code === 'EFBIG';
    throw problem(
      `refers to the file ${where}, which ${isTooLarge ? 'is larger than 1 MiB' : 'cannot be read'}`,
      error,
    );
  }
}

const withoutLineEnd = (text: string): string => text.replace(/\r?\n$/, '');

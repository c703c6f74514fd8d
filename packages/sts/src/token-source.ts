/** Where a web identity token or a SAML assertion comes from. It is read again at every refresh and never kept. */
import { readFile } from 'node:fs/promises';
import { StsError } from './errors.js';

/** What a function that gives a token is handed. */
export interface TokenContext {
  /** Aborted when the token is no longer wanted. */
  readonly signal: AbortSignal;
}

/**
 * A token itself, a function that gives one (called at every refresh), or a file that holds one (read at every refresh;
 * white space around the token is dropped).
 */
export type TokenSource = string | ((context: TokenContext) => string | Promise<string>) | { readonly file: string };

/** Reads the token. `field` is for the error: the name of the option. */
export async function readToken(source: TokenSource, field: string, signal: AbortSignal): Promise<string> {
  let token: unknown;
  try {
    if (typeof source === 'string') return source;
    token = typeof source === 'function' ? await source({ signal }) : (await readFile(source.file, { encoding: 'utf8', signal })).trim();
  } catch (cause) {
    throw unavailable(`\`${field}\` could not be read`, cause);
  }
  if (typeof token !== 'string' || !token) throw unavailable(`\`${field}\` gave no token`);
  return token;
}

function unavailable(problem: string, cause?: unknown): StsError {
  const failure = { kind: 'recoverable', hint: `${problem}. Check the file or the function that gives it.` } as const;
  return new StsError(`${problem}.`, { code: 'TokenUnavailable', failure, cause });
}

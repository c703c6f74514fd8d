/** Where a web identity token or a SAML assertion comes from. It is read again at every refresh and never kept. */
import { readFile } from 'node:fs/promises';

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

/** Reads the token. */
export async function readToken(source: TokenSource, signal: AbortSignal): Promise<string> {
  const token =
    typeof source === 'string'
      ? source
      : typeof source === 'function'
        ? await source({ signal })
        : (await readFile(source.file, 'utf8')).trim();
  // A file that was read without an encoding, for one: its bytes would be sent, and not be known as what to keep out of errors.
  if (!token || typeof token !== 'string') throw new Error('The source of the token gave none: it must be a string.');
  return token;
}

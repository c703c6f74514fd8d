/** One request to the server. Nothing of the token, and nothing of an answer, is shown in an error. */
import type { AcquiredCredentials } from '@brs/core';
import type { VaultOptions } from './options.js';

/** What the server answers. */
interface VaultAnswer {
  readonly access_key: string;
  readonly secret_key: string;
  readonly session_token: string;
  readonly account: string;
  /** ISO 8601. */
  readonly expires_at: string;
}

/** The server, or what stands before it, did not give credentials. */
export class VaultError extends Error {
  override readonly name = 'VaultError';
  /** The HTTP status, where there was an answer that could be read. */
  readonly status: number | undefined;
  /** How long the server asked to be left alone. */
  readonly retryAfterMs: number | undefined;

  constructor(message: string, { status, retryAfterMs }: { status?: number; retryAfterMs?: number | undefined } = {}) {
    super(message);
    this.status = status;
    this.retryAfterMs = retryAfterMs;
  }
}

/** Asks for one set of credentials. */
export async function requestCredentials(
  { url, role, token }: VaultOptions,
  signal: AbortSignal,
): Promise<AcquiredCredentials> {
  const bearer = typeof token === 'function' ? await token() : token;
  // `fetch` shows a header that it does not accept.
  if (!/^[\x21-\x7e]+$/.test(bearer)) throw new VaultError('The token is no token.');
  const response = await fetch(new URL(`v1/aws/credentials/${encodeURIComponent(role)}`, withSlash(url)), {
    headers: { authorization: `Bearer ${bearer}` },
    redirect: 'error',
    signal,
  });
  const { status, headers } = response;
  if (!response.ok) {
    const seconds = Number(headers.get('retry-after'));
    await response.body?.cancel();
    throw new VaultError(`The server answered ${status}.`, {
      status,
      retryAfterMs: seconds > 0 ? seconds * 1000 : undefined,
    });
  }
  let answer: Partial<VaultAnswer> | null;
  try {
    answer = (await response.json()) as Partial<VaultAnswer> | null;
  } catch (error) {
    if (signal.aborted) throw error;
    // The parser's own message quotes the text.
    throw new VaultError('The server answered something other than JSON.', { status });
  }
  const date = headers.get('date');
  // Whether it is a whole set is for the session to check.
  return {
    accessKeyId: answer?.access_key,
    secretAccessKey: answer?.secret_key,
    sessionToken: answer?.session_token,
    accountId: answer?.account,
    expiration: answer?.expires_at === undefined ? undefined : new Date(answer.expires_at),
    sourceTime: date === null ? undefined : new Date(date),
  } as AcquiredCredentials;
}

function withSlash(url: string): string {
  return url.endsWith('/') ? url : `${url}/`;
}

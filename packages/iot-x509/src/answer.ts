/** Reads the credential provider's answer. Nothing of it appears in an error but the message of a refusal, shortened. */
import type { AcquiredCredentials, TlsResponse } from '@brs/core';
import { explainRefusal } from './refusals.js';

/** An answer has about two thousand bytes. */
export const maxBodyBytes: number = 64 * 1024;

/**
 * The credentials in an answer. That they are a whole set is for the session to see.
 *
 * @throws IotError for every answer that has none.
 */
export function readAnswer(response: TlsResponse): AcquiredCredentials {
  const { status, headers } = response;
  const json = parse(response);
  if (status !== 200) throw explainRefusal(response, textOf(json?.message));
  const { expiration, ...keys } = Object(json?.credentials) as Record<string, string>;
  // A set without an expiration would be kept for ever.
  if (typeof expiration !== 'string') throw explainRefusal(response, 'no credentials');
  const sourceTime = Date.parse(headers.date ?? '');
  return {
    ...keys,
    expiration: new Date(expiration),
    sourceTime: sourceTime ? new Date(sourceTime) : undefined,
  } as unknown as AcquiredCredentials;
}

/** What a body is, where its content type says that it is JSON. */
function parse({ headers, body }: TlsResponse): Record<string, unknown> | null | undefined {
  if (!/\bjson\b/i.test(headers['content-type'] ?? '')) return undefined;
  try {
    return JSON.parse(Buffer.from(body).toString()) as Record<string, unknown> | null;
  } catch {
    // The parser's own error quotes the text.
    return undefined;
  }
}

/** A message that may be printed: one short line. */
function textOf(message: unknown): string | undefined {
  return typeof message === 'string' ? message.replace(/\p{C}+/gu, ' ').slice(0, 200) : undefined;
}

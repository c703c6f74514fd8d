/** Takes the aws-chunked wrapping off a body: chunks with their length in hexadecimal, an empty one, then trailers. */
import { invalidRequest } from './s3-error.js';

export interface Unwrapped {
  readonly bytes: Buffer;
  /** Names in lower case. */
  readonly trailers: Readonly<Record<string, string>>;
}

/**
 * @throws ServiceError (`InvalidRequest`) when the body is not well formed or not as long as was announced.
 */
export function decodeAwsChunked(body: Buffer, decodedLength: string | undefined): Unwrapped {
  const chunks: Buffer[] = [];
  let at = 0;
  const line = (): string => {
    const end = body.indexOf('\r\n', at);
    if (end < 0) throw malformed();
    const text = body.toString('latin1', at, end);
    at = end + 2;
    return text;
  };
  for (;;) {
    const size = Number.parseInt(line(), 16);
    if (Number.isNaN(size)) throw malformed();
    if (size === 0) break;
    if (at + size > body.length) throw malformed();
    chunks.push(body.subarray(at, at + size));
    at += size;
    if (line() !== '') throw malformed();
  }
  const trailers: Record<string, string> = {};
  while (at < body.length) {
    const text = line();
    const colon = text.indexOf(':');
    if (colon > 0) trailers[text.slice(0, colon).trim().toLowerCase()] = text.slice(colon + 1).trim();
  }
  const bytes = Buffer.concat(chunks);
  if (bytes.length !== Number(decodedLength)) throw malformed();
  return { bytes, trailers };
}

const malformed = (): Error => invalidRequest('The body is not well formed aws-chunked content.');

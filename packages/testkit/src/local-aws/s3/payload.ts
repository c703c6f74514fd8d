/** The bytes that an upload is about: out of their aws-chunked wrapping, and checked against the checksum that came along. */
import { createHash } from 'node:crypto';
import type { LocalRequest } from '../http/local-request.js';
import { decodeAwsChunked } from './aws-chunked.js';
import { checksums } from './checksums.js';
import { badDigest, notImplemented } from './s3-error.js';

export interface Payload {
  readonly bytes: Buffer;
  /** `x-amz-checksum-…` headers that are kept with the object. */
  readonly checksums: Readonly<Record<string, string>>;
}

/**
 * @throws ServiceError `BadDigest`, `InvalidRequest`, or `NotImplemented` for chunks that are signed one by one.
 */
export async function readPayload({ headers, body }: LocalRequest): Promise<Payload> {
  const kind = headers['x-amz-content-sha256'] ?? '';
  if (kind.startsWith('STREAMING-') && kind !== 'STREAMING-UNSIGNED-PAYLOAD-TRAILER') throw notImplemented();
  const { bytes, trailers } = kind.startsWith('STREAMING-')
    ? decodeAwsChunked(body, headers['x-amz-decoded-content-length'])
    : { bytes: body, trailers: {} };
  const md5 = headers['content-md5'];
  if (md5 !== undefined && md5 !== createHash('md5').update(bytes).digest('base64')) throw badDigest('Content-MD5');
  const claims = Object.entries({ ...headers, ...trailers }).filter(([name]) => checksums.has(name));
  for (const [name, claimed] of claims) {
    if ((await checksums.get(name)?.(bytes)) !== claimed) throw badDigest(name);
  }
  return { bytes, checksums: Object.fromEntries(claims) };
}

/** The bytes that a PutObject is about: out of their aws-chunked wrapping, and checked against the checksum that came along. */
import { createHash } from 'node:crypto';
import { Crc32, Crc32c, Crc64Nvme } from '@aws-sdk/checksums/crc';
import type { LocalRequest } from '../http/local-request.js';
import { decodeAwsChunked } from './aws-chunked.js';
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
  const checksums = Object.entries({ ...headers, ...trailers }).filter(([name]) => Object.hasOwn(algorithms, name));
  for (const [name, claimed] of checksums) {
    if ((await algorithms[name]?.(bytes)) !== claimed) throw badDigest(name);
  }
  return { bytes, checksums: Object.fromEntries(checksums) };
}

const hash = (algorithm: string) => (bytes: Buffer) => createHash(algorithm).update(bytes).digest('base64');

const crc = (Algorithm: typeof Crc32 | typeof Crc32c | typeof Crc64Nvme) => async (bytes: Buffer) => {
  const checksum = new Algorithm();
  checksum.update(bytes);
  return Buffer.from(await checksum.digest()).toString('base64');
};

const algorithms: Readonly<Record<string, (bytes: Buffer) => string | Promise<string>>> = {
  'x-amz-checksum-crc32': crc(Crc32),
  'x-amz-checksum-crc32c': crc(Crc32c),
  'x-amz-checksum-crc64nvme': crc(Crc64Nvme),
  'x-amz-checksum-sha1': hash('sha1'),
  'x-amz-checksum-sha256': hash('sha256'),
};

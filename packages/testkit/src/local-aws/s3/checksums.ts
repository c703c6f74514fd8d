/** The checksums that S3 knows, by the header that carries them. */
import { createHash } from 'node:crypto';
import { Crc32, Crc32c, Crc64Nvme } from '@aws-sdk/checksums/crc';

/** In base64. */
export type Checksum = (bytes: Buffer) => string | Promise<string>;

const hash = (algorithm: string) => (bytes: Buffer) => createHash(algorithm).update(bytes).digest('base64');

const crc = (Algorithm: typeof Crc32 | typeof Crc32c | typeof Crc64Nvme) => async (bytes: Buffer) => {
  const checksum = new Algorithm();
  checksum.update(bytes);
  return Buffer.from(await checksum.digest()).toString('base64');
};

export const checksums: ReadonlyMap<string, Checksum> = new Map<string, Checksum>([
  ['x-amz-checksum-crc32', crc(Crc32)],
  ['x-amz-checksum-crc32c', crc(Crc32c)],
  ['x-amz-checksum-crc64nvme', crc(Crc64Nvme)],
  ['x-amz-checksum-sha1', hash('sha1')],
  ['x-amz-checksum-sha256', hash('sha256')],
]);

/** `ChecksumCRC32` for `x-amz-checksum-crc32`: how XML calls it. */
export function checksumElement(header: string): string {
  return `Checksum${header.slice('x-amz-checksum-'.length).toUpperCase()}`;
}

/** What S3 calls the MD5 of a body, with its quotes. */
export function etagOf(body: Buffer): string {
  return `"${createHash('md5').update(body).digest('hex')}"`;
}

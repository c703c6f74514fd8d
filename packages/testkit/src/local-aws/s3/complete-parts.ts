/** Puts the parts of a multipart upload together, as the client lists them. */
import { createHash } from 'node:crypto';
import { ServiceError } from '../service-error.js';
import { listOf, parseXml } from '../xml.js';
import type { MultipartUpload, UploadedPart } from './buckets.js';
import { checksumElement, checksums } from './checksums.js';
import { malformedXml } from './s3-error.js';

/** The least that every part but the last must have: 5 MiB. */
const minPartBytes = 5 * 1024 ** 2;

/** One part of the list, by the names that XML has. */
export type ListedPart = Readonly<Record<string, string>>;

export interface JoinedParts {
  readonly body: Buffer;
  /** The MD5 of the parts' MD5s, and how many they are. */
  readonly etag: string;
  /** Of the whole object, or of the parts' checksums, and then with how many they are. */
  readonly checksum?: string;
}

/** @throws ServiceError (`MalformedXML`). */
export function readPartList(body: Buffer): readonly ListedPart[] {
  const parsed = parseXml(body.toString()) as
    { CompleteMultipartUpload?: { Part?: ListedPart | readonly ListedPart[] } } | undefined;
  const parts = listOf(parsed?.CompleteMultipartUpload?.Part);
  if (parts.length === 0 || parts.length > 10_000) throw malformedXml();
  return parts;
}

/** @throws ServiceError `InvalidPartOrder`, `InvalidPart`, `EntityTooSmall`. */
export async function joinParts(upload: MultipartUpload, list: readonly ListedPart[]): Promise<JoinedParts> {
  const numbers = list.map(({ PartNumber }) => Number(PartNumber));
  if (numbers.some((number, index) => index > 0 && !(number > (numbers[index - 1] ?? 0)))) {
    const message = 'The list of parts was not in ascending order. Parts must be ordered by part number.';
    throw new ServiceError('InvalidPartOrder', 400, message);
  }
  const checksum = upload.checksum === undefined ? undefined : checksums.get(upload.checksum);
  const element = upload.checksum === undefined ? '' : checksumElement(upload.checksum);
  const parts: UploadedPart[] = [];
  const partChecksums: string[] = [];
  for (const listed of list) {
    const part = upload.parts.get(Number(listed['PartNumber']));
    const own = part && (await checksum?.(part.body));
    const same = bare(listed['ETag']) === bare(part?.etag) && (listed[element] ?? own) === own;
    if (!part || !same) throw invalidPart(listed);
    parts.push(part);
    if (own !== undefined) partChecksums.push(own);
  }
  if (parts.slice(0, -1).some((part) => part.body.length < minPartBytes)) {
    throw new ServiceError('EntityTooSmall', 400, 'Your proposed upload is smaller than the minimum allowed size');
  }
  const body = Buffer.concat(parts.map((part) => part.body));
  const digests = Buffer.concat(parts.map(({ etag }) => Buffer.from(bare(etag), 'hex')));
  const etag = `"${createHash('md5').update(digests).digest('hex')}-${parts.length}"`;
  if (!checksum) return { body, etag };
  if (upload.fullObject) return { body, etag, checksum: await checksum(body) };
  const joined = await checksum(Buffer.concat(partChecksums.map((value) => Buffer.from(value, 'base64'))));
  return { body, etag, checksum: `${joined}-${parts.length}` };
}

const bare = (etag: string | undefined): string => (etag ?? '').replaceAll('"', '');

function invalidPart({ PartNumber = '' }: ListedPart): ServiceError {
  const message =
    'One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match the part’s entity tag.';
  return new ServiceError('InvalidPart', 400, message, { PartNumber });
}

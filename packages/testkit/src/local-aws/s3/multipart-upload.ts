/** CreateMultipartUpload, UploadPart, UploadPartCopy, CompleteMultipartUpload, AbortMultipartUpload. */
import { randomBytes } from 'node:crypto';
import { type Answer, emptyAnswer, xmlAnswer } from '../http/answer.js';
import { queryValue } from '../http/local-request.js';
import { ServiceError } from '../service-error.js';
import { toXml } from '../xml.js';
import { xmlns } from './bucket-actions.js';
import type { Bucket, MultipartUpload } from './buckets.js';
import { checksumElement, checksums, etagOf } from './checksums.js';
import { joinParts, readPartList } from './complete-parts.js';
import { copyResult, copySource } from './copy-object.js';
import { keptHeaders } from './object-actions.js';
import { readPayload } from './payload.js';
import { checkWrite } from './preconditions.js';
import { parseRange } from './range.js';
import type { S3Call } from './s3-call.js';
import { badDigest, invalidRequest } from './s3-error.js';

const maxPartNumber = 10_000;

export function createMultipartUpload({ request, buckets, bucket, key }: S3Call): Answer {
  const { uploads } = buckets.get(bucket);
  const algorithm = request.headers['x-amz-checksum-algorithm'];
  const checksum = algorithm === undefined ? undefined : `x-amz-checksum-${algorithm.toLowerCase()}`;
  if (checksum !== undefined && !checksums.has(checksum)) {
    throw invalidRequest('Checksum algorithm provided is unsupported.');
  }
  const type = request.headers['x-amz-checksum-type']?.toUpperCase();
  const id = randomBytes(24).toString('base64url');
  uploads.set(id, {
    key,
    headers: keptHeaders(request),
    ...(checksum !== undefined && { checksum }),
    fullObject: type === 'FULL_OBJECT' || (type === undefined && checksum === 'x-amz-checksum-crc64nvme'),
    parts: new Map(),
  });
  const body = toXml({ InitiateMultipartUploadResult: { '@xmlns': xmlns, Bucket: bucket, Key: key, UploadId: id } });
  return xmlAnswer(200, body, { 'content-type': 'application/xml' });
}

export async function uploadPart(call: S3Call): Promise<Answer> {
  const { upload } = findUpload(call);
  const number = partNumber(call);
  const { bytes, checksums: sent } = await readPayload(call.request);
  const etag = etagOf(bytes);
  upload.parts.set(number, { body: bytes, etag });
  return emptyAnswer(200, { etag, ...sent });
}

export function uploadPartCopy(call: S3Call): Answer {
  const { upload } = findUpload(call);
  const number = partNumber(call);
  const { object } = copySource(call);
  const range = parseRange(call.request.headers['x-amz-copy-source-range'], object.body.length);
  const body = range ? object.body.subarray(range.start, range.end + 1) : object.body;
  const etag = etagOf(body);
  upload.parts.set(number, { body, etag });
  return copyResult('CopyPartResult', etag, new Date(call.clock.now()));
}

export async function completeMultipartUpload(call: S3Call): Promise<Answer> {
  const { request, bucket, key, clock } = call;
  const { bucket: stored, upload, id } = findUpload(call);
  checkWrite(request, key, stored.objects.get(key));
  const { body, etag, checksum } = await joinParts(upload, readPartList(request.body));
  const type = upload.fullObject ? 'FULL_OBJECT' : 'COMPOSITE';
  const name = upload.checksum;
  const claimed = name === undefined ? undefined : request.headers[name];
  if (name !== undefined && claimed !== undefined && claimed !== checksum) throw badDigest(name);
  stored.uploads.delete(id);
  stored.objects.set(key, {
    body,
    etag,
    lastModified: new Date(clock.now()),
    headers: {
      ...upload.headers,
      ...(name !== undefined && checksum !== undefined && { [name]: checksum, 'x-amz-checksum-type': type }),
    },
  });
  const answer = toXml({
    CompleteMultipartUploadResult: {
      '@xmlns': xmlns,
      Location: `http://${request.headers['host'] ?? ''}${request.rawPath}`,
      Bucket: bucket,
      Key: key,
      ETag: etag,
      ...(name !== undefined && { [checksumElement(name)]: checksum, ChecksumType: type }),
    },
  });
  return xmlAnswer(200, answer, { 'content-type': 'application/xml' });
}

export function abortMultipartUpload(call: S3Call): Answer {
  const { bucket, id } = findUpload(call);
  bucket.uploads.delete(id);
  return emptyAnswer(204);
}

interface FoundUpload {
  readonly id: string;
  readonly upload: MultipartUpload;
  readonly bucket: Bucket;
}

function findUpload({ request, buckets, bucket: name, key }: S3Call): FoundUpload {
  const id = queryValue(request, 'uploadId') ?? '';
  const bucket = buckets.get(name);
  const upload = bucket.uploads.get(id);
  if (upload?.key === key) return { id, upload, bucket };
  throw new ServiceError(
    'NoSuchUpload',
    404,
    'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
    { UploadId: id },
  );
}

function partNumber({ request }: S3Call): number {
  const number = Number(queryValue(request, 'partNumber'));
  if (Number.isInteger(number) && number >= 1 && number <= maxPartNumber) return number;
  const message = `Part number must be an integer between 1 and ${maxPartNumber}, inclusive`;
  throw new ServiceError('InvalidArgument', 400, message, { ArgumentName: 'partNumber' });
}

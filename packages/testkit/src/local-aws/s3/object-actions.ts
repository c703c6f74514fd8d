/** PutObject, GetObject, HeadObject, DeleteObject. */
import { createHash } from 'node:crypto';
import { type Answer, emptyAnswer } from '../http/answer.js';
import type { StoredObject } from './buckets.js';
import { readPayload } from './payload.js';
import type { S3Call } from './s3-call.js';
import { noSuchKey } from './s3-error.js';

export async function putObject({ request, buckets, bucket, key, clock }: S3Call): Promise<Answer> {
  const { objects } = buckets.get(bucket);
  const { bytes, checksums } = await readPayload(request);
  const etag = `"${createHash('md5').update(bytes).digest('hex')}"`;
  const metadata = Object.entries(request.headers).filter(([name]) => name.startsWith('x-amz-meta-'));
  objects.set(key, {
    body: bytes,
    etag,
    lastModified: new Date(clock.now()),
    headers: {
      'content-type': request.headers['content-type'] ?? 'binary/octet-stream',
      ...Object.fromEntries(metadata),
      ...checksums,
    },
  });
  return emptyAnswer(200, { etag, ...checksums });
}

export function getObject(call: S3Call): Answer {
  const object = find(call);
  return { status: 200, headers: headersOf(object, call), body: object.body };
}

export function headObject(call: S3Call): Answer {
  const object = find(call);
  return emptyAnswer(200, { ...headersOf(object, call), 'content-length': String(object.body.length) });
}

export function deleteObject({ buckets, bucket, key }: S3Call): Answer {
  buckets.get(bucket).objects.delete(key);
  return emptyAnswer(204);
}

function find({ buckets, bucket, key }: S3Call): StoredObject {
  const object = buckets.get(bucket).objects.get(key);
  if (!object) throw noSuchKey(key);
  return object;
}

/** Checksums go only to a client that asks for them. */
function headersOf({ headers, etag, lastModified }: StoredObject, { request }: S3Call): Record<string, string> {
  const withChecksum = request.headers['x-amz-checksum-mode']?.toUpperCase() === 'ENABLED';
  const kept = Object.entries(headers).filter(([name]) => withChecksum || !name.startsWith('x-amz-checksum-'));
  return { ...Object.fromEntries(kept), etag, 'last-modified': lastModified.toUTCString() };
}

/** PutObject, GetObject, GetObjectTagging, HeadObject, DeleteObject. */
import { type Answer, emptyAnswer, xmlAnswer } from '../http/answer.js';
import type { LocalRequest } from '../http/local-request.js';
import { toXml } from '../xml.js';
import { xmlns } from './bucket-actions.js';
import type { StoredObject } from './buckets.js';
import { etagOf } from './checksums.js';
import { readPayload } from './payload.js';
import { checkMatch, checkWrite, isKnown } from './preconditions.js';
import { parseRange } from './range.js';
import type { S3Call, S3Target } from './s3-call.js';
import { noSuchKey } from './s3-error.js';

export async function putObject({ request, buckets, bucket, key, clock }: S3Call): Promise<Answer> {
  const { objects } = buckets.get(bucket);
  const { bytes, checksums } = await readPayload(request);
  checkWrite(request, key, objects.get(key));
  const etag = etagOf(bytes);
  const headers = { ...keptHeaders(request), ...checksums };
  objects.set(key, { body: bytes, etag, lastModified: new Date(clock.now()), headers });
  return emptyAnswer(200, { etag, ...checksums });
}

export function getObject(call: S3Call): Answer {
  const { request } = call;
  const object = findObject(call, call);
  checkMatch(request.headers['if-match'], object);
  if (isKnown(request.headers['if-none-match'], object)) return emptyAnswer(304, { etag: object.etag });
  const { body } = object;
  const range = parseRange(request.headers['range'], body.length);
  if (!range) return { status: 200, headers: headersOf(object, request), body };
  const { start, end } = range;
  return {
    status: 206,
    headers: { ...headersOf(object, request), 'content-range': `bytes ${start}-${end}/${body.length}` },
    body: body.subarray(start, end + 1),
  };
}

/** No object has tags, because no call that gives it some is known. The AWS CLI asks before it copies a large one. */
export function getObjectTagging(call: S3Call): Answer {
  findObject(call, call);
  const body = toXml({ Tagging: { '@xmlns': xmlns, TagSet: {} } });
  return xmlAnswer(200, body, { 'content-type': 'application/xml' });
}

export function headObject(call: S3Call): Answer {
  const { status, headers, body } = getObject(call);
  return emptyAnswer(status, { ...headers, 'content-length': String(body.length) });
}

export function deleteObject({ buckets, bucket, key }: S3Call): Answer {
  buckets.get(bucket).objects.delete(key);
  return emptyAnswer(204);
}

/** @throws ServiceError `NoSuchBucket` or `NoSuchKey`. */
export function findObject({ buckets }: Pick<S3Call, 'buckets'>, { bucket, key }: S3Target): StoredObject {
  const object = buckets.get(bucket).objects.get(key);
  if (!object) throw noSuchKey(key);
  return object;
}

/** What of an upload's headers goes back with the object: its content type and user metadata. */
export function keptHeaders({ headers }: LocalRequest): Record<string, string> {
  const metadata = Object.entries(headers).filter(([name]) => name.startsWith('x-amz-meta-'));
  return { 'content-type': headers['content-type'] ?? 'binary/octet-stream', ...Object.fromEntries(metadata) };
}

/** Checksums go only to a client that asks for them, with the whole object that they are of. */
function headersOf({ headers, etag, lastModified }: StoredObject, request: LocalRequest): Record<string, string> {
  const { range, 'x-amz-checksum-mode': mode } = request.headers;
  const withChecksum = range === undefined && mode?.toUpperCase() === 'ENABLED';
  const kept = Object.entries(headers).filter(([name]) => withChecksum || !name.startsWith('x-amz-checksum-'));
  return {
    ...Object.fromEntries(kept),
    etag,
    'accept-ranges': 'bytes',
    'last-modified': lastModified.toUTCString(),
  };
}

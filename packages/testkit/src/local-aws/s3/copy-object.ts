/** CopyObject, and where the bytes of a copy come from. */
import { type Answer, xmlAnswer } from '../http/answer.js';
import { toXml } from '../xml.js';
import { xmlns } from './bucket-actions.js';
import type { StoredObject } from './buckets.js';
import { etagOf } from './checksums.js';
import { findObject, keptHeaders } from './object-actions.js';
import { checkCopySource } from './preconditions.js';
import { type S3Call, type S3Target, targetOf } from './s3-call.js';
import { accessDenied, invalidRequest, notImplemented } from './s3-error.js';

export function copyObject(call: S3Call): Answer {
  const { request, buckets, bucket, key, clock } = call;
  const { objects } = buckets.get(bucket);
  const { target, object } = copySource(call);
  const replaced = request.headers['x-amz-metadata-directive']?.toUpperCase() === 'REPLACE';
  if (!replaced && target.bucket === bucket && target.key === key) {
    throw invalidRequest(
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
    );
  }
  // A copy has no parts, so that a checksum of parts is none of its own.
  const checksums = Object.entries(object.headers).filter(
    ([name]) => name.startsWith('x-amz-checksum-') && object.headers['x-amz-checksum-type'] !== 'COMPOSITE',
  );
  const metadata = Object.entries(object.headers).filter(([name]) => !name.startsWith('x-amz-checksum-'));
  const kept = replaced ? keptHeaders(request) : Object.fromEntries(metadata);
  const copy: StoredObject = {
    body: object.body,
    etag: etagOf(object.body),
    lastModified: new Date(clock.now()),
    headers: { ...kept, ...Object.fromEntries(checksums) },
  };
  objects.set(key, copy);
  return copyResult('CopyObjectResult', copy.etag, copy.lastModified);
}

/** The object that `x-amz-copy-source` names. The caller needs permission to read it. */
export function copySource(call: S3Call): { readonly target: S3Target; readonly object: StoredObject } {
  const source = call.request.headers['x-amz-copy-source'] ?? '';
  if (source.includes('?')) throw notImplemented();
  const target = targetOf({ rawPath: source.startsWith('/') ? source : `/${source}` });
  if (call.caller.allow?.includes('s3:GetObject') === false) throw accessDenied();
  const object = findObject(call, target);
  checkCopySource(call.request, object);
  return { target, object };
}

export function copyResult(name: string, etag: string, lastModified: Date): Answer {
  const body = toXml({ [name]: { '@xmlns': xmlns, ETag: etag, LastModified: lastModified.toISOString() } });
  return xmlAnswer(200, body, { 'content-type': 'application/xml' });
}

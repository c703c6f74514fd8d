/** `If-Match` and `If-None-Match`, also for the source of a copy: whether a request is for the object as it is. */
import type { LocalRequest } from '../http/local-request.js';
import { ServiceError } from '../service-error.js';
import type { StoredObject } from './buckets.js';
import { noSuchKey } from './s3-error.js';

/** True when the header `If-None-Match`, or its counterpart for the source of a copy, names this object. */
export function isKnown(ifNoneMatch: string | undefined, object: StoredObject): boolean {
  return matches(ifNoneMatch, object) === true;
}

/** @throws ServiceError (`PreconditionFailed`) when the header `If-Match`, or its counterpart, names another. */
export function checkMatch(ifMatch: string | undefined, object: StoredObject): void {
  if (matches(ifMatch, object) === false) throw failed('If-Match');
}

/**
 * @throws ServiceError `PreconditionFailed`, or `NoSuchKey` when `If-Match` is for an object that is not there.
 */
export function checkWrite({ headers }: LocalRequest, key: string, object: StoredObject | undefined): void {
  if (!object && headers['if-match'] !== undefined) throw noSuchKey(key);
  if (object) checkBoth(headers['if-match'], headers['if-none-match'], object);
}

/** @throws ServiceError (`PreconditionFailed`). */
export function checkCopySource({ headers }: LocalRequest, object: StoredObject): void {
  checkBoth(headers['x-amz-copy-source-if-match'], headers['x-amz-copy-source-if-none-match'], object);
}

function checkBoth(ifMatch: string | undefined, ifNoneMatch: string | undefined, object: StoredObject): void {
  checkMatch(ifMatch, object);
  if (isKnown(ifNoneMatch, object)) throw failed('If-None-Match');
}

function matches(header: string | undefined, { etag }: StoredObject): boolean | undefined {
  return header?.split(',').some((tag) => tag.trim() === '*' || tag.trim().replaceAll('"', '') === etag.slice(1, -1));
}

const failed = (condition: string): ServiceError =>
  new ServiceError('PreconditionFailed', 412, 'At least one of the pre-conditions you specified did not hold', {
    Condition: condition,
  });

/** One S3 request that was let in, path style. */
import type { LocalRequest } from '../http/local-request.js';
import type { Principal } from '../principals.js';
import type { ServerClock } from '../server-clock.js';
import { ServiceError } from '../service-error.js';
import type { Buckets } from './buckets.js';

/** What a path-style request is about. */
export interface S3Target {
  /** Empty for the service itself. */
  readonly bucket: string;
  /** Empty for the bucket itself. */
  readonly key: string;
}

export interface S3Call extends S3Target {
  readonly request: LocalRequest;
  readonly buckets: Buckets;
  readonly clock: ServerClock;
  readonly caller: Principal;
  readonly region: string;
}

/** Splits the path as it was sent; nothing is decoded, so nothing can fail. */
export function splitPath({ rawPath }: Pick<LocalRequest, 'rawPath'>): S3Target {
  const [, bucket = '', key = ''] = /^\/([^/]*)(?:\/(.*))?$/s.exec(rawPath) ?? [];
  return { bucket, key };
}

/**
 * What the request is about. A key keeps its slashes and dots.
 *
 * @throws ServiceError (`InvalidURI`).
 */
export function targetOf(request: Pick<LocalRequest, 'rawPath'>): S3Target {
  const { bucket, key } = splitPath(request);
  try {
    return { bucket: decodeURIComponent(bucket), key: decodeURIComponent(key) };
  } catch {
    throw new ServiceError('InvalidURI', 400, "Couldn't parse the specified URI.");
  }
}

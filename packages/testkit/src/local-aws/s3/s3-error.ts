/** The refusals of S3, in its own codes, statuses and words. */
import type { AuthFailure } from '../auth/auth-failure.js';
import { allowedSkewMs } from '../auth/authenticate.js';
import { ServiceError } from '../service-error.js';

export const accessDenied = (): ServiceError => new ServiceError('AccessDenied', 403, 'Access Denied');
export const invalidRequest = (message: string): ServiceError => new ServiceError('InvalidRequest', 400, message);
export const malformedXml = (): ServiceError =>
  new ServiceError(
    'MalformedXML',
    400,
    'The XML you provided was not well-formed or did not validate against our published schema',
  );
export const badDigest = (algorithm: string): ServiceError =>
  new ServiceError('BadDigest', 400, `The ${algorithm} you specified did not match the calculated checksum.`);
export const notImplemented = (): ServiceError =>
  new ServiceError('NotImplemented', 501, 'A header you provided implies functionality that is not implemented');
export const noSuchBucket = (bucket: string): ServiceError =>
  new ServiceError('NoSuchBucket', 404, 'The specified bucket does not exist', { BucketName: bucket });
export const noSuchKey = (key: string): ServiceError =>
  new ServiceError('NoSuchKey', 404, 'The specified key does not exist.', { Key: key });

/** The refusal of a request that was not let in. */
export function fromAuthFailure({ reason, signedAt }: AuthFailure, now: number): ServiceError {
  const refuse = (code: string, status: number, message: string, details?: Record<string, string>): ServiceError =>
    new ServiceError(code, status, message, details);
  switch (reason) {
    case 'anonymous':
      return accessDenied();
    case 'malformed':
    case 'wrong scope':
      return refuse('AuthorizationHeaderMalformed', 400, 'The authorization header that you provided is not valid.');
    case 'request too old':
    case 'request in the future':
      return refuse(
        'RequestTimeTooSkewed',
        403,
        'The difference between the request time and the current time is too large.',
        {
          RequestTime: new Date(signedAt).toISOString(),
          ServerTime: new Date(now).toISOString(),
          MaxAllowedSkewMilliseconds: String(allowedSkewMs),
        },
      );
    case 'expired':
      return refuse('ExpiredToken', 400, 'The provided token has expired.');
    case 'link expired':
      return refuse('AccessDenied', 403, 'Request has expired');
    case 'unknown key':
      return refuse('InvalidAccessKeyId', 403, 'The AWS Access Key Id you provided does not exist in our records.');
    case 'wrong token':
      return refuse('InvalidToken', 400, 'The provided token is malformed or otherwise invalid.');
    case 'unsigned headers':
      return refuse('AccessDenied', 403, 'There were headers present in the request which were not signed');
    case 'body differs':
      return refuse(
        'XAmzContentSHA256Mismatch',
        400,
        "The provided 'x-amz-content-sha256' header does not match what was computed.",
      );
    case 'wrong signature':
      return refuse(
        'SignatureDoesNotMatch',
        403,
        'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
      );
  }
}

import { describe, expect, it } from 'vitest';
import { classifyRefusal } from './classify.js';

const RoleArn = 'arn:aws:iam::123456789012:role/x';

describe('a refusal', () => {
  it.each([
    // From AWS's documentation of the operations and from answers of the service.
    ['Throttling', 'Rate exceeded', 400, 'recoverable', 'busy'],
    ['TooManyRequests', 'Slow down', 429, 'recoverable', ''],
    ['RequestLimitExceeded', 'Rate exceeded', 400, 'recoverable', 'busy'],
    ['ServiceUnavailable', 'Service Unavailable', 503, 'recoverable', ''],
    ['SomethingNew', 'We do not know', 500, 'recoverable', ''],
    ['IDPCommunicationError', 'The identity provider cannot be reached', 400, 'recoverable', ''],
    ['ExpiredToken', 'The security token included in the request is expired', 403, 'recoverable', 'expired'],
    [
      'SignatureDoesNotMatch',
      'Signature expired: 20260101T000000Z is now earlier than 20260101T020000Z',
      403,
      'recoverable',
      'clock',
    ],
    [
      'SignatureDoesNotMatch',
      'Signature not yet current: 20260101T020000Z is still later than 20260101T000000Z',
      403,
      'recoverable',
      'clock',
    ],
    ['RequestExpired', 'Request has expired', 400, 'recoverable', 'clock'],
    [
      'SignatureDoesNotMatch',
      'The request signature we calculated does not match',
      403,
      'terminal',
      'base credentials',
    ],
    [
      'InvalidClientTokenId',
      'The security token included in the request is invalid.',
      403,
      'terminal',
      'base credentials',
    ],
    [
      'AccessDenied',
      `User: arn:aws:iam::1:user/a is not authorized to perform: sts:AssumeRole on resource: ${RoleArn}`,
      403,
      'terminal',
      'trust policy',
    ],
    [
      'AccessDenied',
      'MultiFactorAuthentication failed with invalid MFA one time pass code.',
      403,
      'terminal',
      'mfa.serialNumber',
    ],
    ['RegionDisabled', 'STS is not activated in this region for account:1.', 403, 'terminal', 'region'],
    [
      'ValidationError',
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining',
      400,
      'terminal',
      'one hour',
    ],
    [
      'ValidationError',
      'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
      400,
      'terminal',
      'message',
    ],
    ['ValidationError', "1 validation error detected: Value 'x' at 'externalId' failed", 400, 'terminal', 'message'],
    ['MalformedPolicyDocument', 'Syntax errors in policy.', 400, 'terminal', ''],
    ['PackedPolicyTooLarge', 'Packed size of session tags consumes 132% of the allotted space.', 400, 'terminal', ''],
    ['IDPRejectedClaim', 'Token is expired', 403, 'terminal', ''],
    ['InvalidIdentityToken', 'No OpenIDConnect provider found', 400, 'terminal', ''],
  ] as const)('%s, "%s", is %s %s', (code, message, status, kind, hint) => {
    const failure = classifyRefusal(code, message, status, { RoleArn });
    expect(failure.kind).toBe(kind);
    expect(failure.hint).toContain(hint);
    expect(failure.hint).not.toBe('');
  });

  it('that has no role in it is about the user', () => {
    expect(classifyRefusal('AccessDenied', 'Cannot call GetSessionToken with session credentials', 403).hint).toContain(
      'IAM user',
    );
  });
});

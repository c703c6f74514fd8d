/** What a refusal of STS means: whether it may pass, and what its likely cause is. Pure; knows nothing of clients. */
import type { FailureClass } from '@brs/core';

/** What was sent, as far as the cause may lie in it. */
export interface RefusedInput {
  readonly RoleArn?: unknown;
  readonly ExternalId?: unknown;
}

const recoverable = true;

/** Causes in the order in which they are looked for in `<code>: <message>`. The first that fits is the likely one. */
const causes: [pattern: RegExp, hint: string | ((input: RefusedInput) => string), recoverable?: boolean][] = [
  [/^Throttl|^TooManyRequests|^Request(LimitExceeded|Thrott)|^SlowDown/, 'STS is called too often.', recoverable],
  [/^(IDPCommunicationError|RequestTimeout|InternalFailure|ServiceUnavailable)/, 'STS is in trouble.', recoverable],
  [/Signature (expired|not yet)|^Request(Expired|InTheFuture|TimeTooSkewed)/, "This machine's clock is wrong: set it.", recoverable],
  [/^ExpiredToken/, 'The base credentials or the token have expired: their source must give fresh ones.', recoverable],
  [/MultiFactor|MFA/, 'The MFA code was refused: check `mfa.serialNumber` and the clock of the device.'],
  [/chaining/i, 'A role assumed with the credentials of a role lasts one hour at most: lower `DurationSeconds` to 3600.'],
  [/MaxSessionDuration/, '`DurationSeconds` is more than the role allows.'],
  [/^RegionDisabled/, 'STS is disabled in this region: activate it in IAM, or use another `region`.'],
  [/^(InvalidClientTokenId|UnrecognizedClient|SignatureDoesNotMatch|InvalidSignature)/, 'The base credentials are not valid: check key, secret and session token.'],
  [
    /^AccessDenied/,
    ({ RoleArn, ExternalId }) =>
      RoleArn
        ? `The trust policy of ${String(RoleArn)} does not let this principal assume it with ${ExternalId ? 'this' : 'no'} \`ExternalId\`, ` +
          "the principal's own policy does not allow it, or the account in the ARN is wrong."
        : 'The base credentials must be those of an IAM user whose policy allows this.',
  ],
];

/** Says what a refusal means. `code` is AWS's without the suffix `Exception`. */
export function classifyRefusal(code: string, message: string, status: number, input: RefusedInput = {}): FailureClass {
  const [, hint = 'The message of STS says why.', mayPass] = causes.find(([pattern]) => pattern.test(`${code}: ${message}`)) ?? [];
  return {
    kind: mayPass || status >= 500 || status === 429 ? 'recoverable' : 'terminal',
    hint: typeof hint === 'string' ? hint : hint(input),
  };
}

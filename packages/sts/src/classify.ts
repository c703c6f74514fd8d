/** What a refusal of STS means: whether it may pass, and what its likely cause is. Pure; knows nothing of clients. */
import type { FailureClass } from '@brs/core';

/** A refusal, and what was asked for. */
export interface Refusal {
  /** AWS's code, with or without the suffix `Exception`. */
  readonly code: string;
  /** AWS's message. */
  readonly message: string;
  /** The HTTP status. */
  readonly status?: number | undefined;
  /** How long STS asked to be left alone. */
  readonly retryAfterMs?: number | undefined;
  /** What was sent. */
  readonly input?: {
    readonly RoleArn?: string | undefined;
    readonly ExternalId?: string | undefined;
    readonly TokenCode?: string | undefined;
    readonly WebIdentityToken?: unknown;
    readonly SAMLAssertion?: unknown;
  };
}

/** AWS's code without the suffix that only some of its services and protocols add. */
export function plainCode(code: string): string {
  return code.replace(/Exception$/, '');
}

const clockHint = "This machine's clock and AWS's differ by more than STS allows: set the clock.";

/** Codes whose meaning does not depend on what was asked. A hint that begins with `~` belongs to a failure that may pass. */
const hints: Record<string, string> = {
  MalformedPolicyDocument: '`Policy` is not a valid policy document.',
  PackedPolicyTooLarge: '`Policy`, `PolicyArns` and `Tags` are too large together: shorten them.',
  RegionDisabled: 'STS is not activated in this region for this account: activate it in the account settings of IAM, or set another `region`.',
  IDPRejectedClaim: 'The identity provider rejected the token: check that it has not expired and that its audience is the one that IAM knows.',
  InvalidIdentityToken: "The token could not be validated: check that the role's account has this identity provider, with its issuer and its keys.",
  InvalidClientTokenId:
    'STS does not know the base credentials: the key was deleted or deactivated, is of another partition, or its session token is missing.',
  SignatureDoesNotMatch: 'The secret key of the base credentials does not fit its access key id.',
  IDPCommunicationError: '~STS could not reach the identity provider.',
  RequestExpired: `~${clockHint}`,
  RequestInTheFuture: `~${clockHint}`,
  RequestTimeTooSkewed: `~${clockHint}`,
  RequestTimeout: '~',
};
hints.UnrecognizedClient = hints.InvalidClientTokenId as string;
hints.InvalidSignature = hints.SignatureDoesNotMatch as string;

const throttled = /Thrott|TooManyRequests|RequestLimitExceeded|SlowDown|BandwidthLimit/;

/** Says what a refusal means. */
export function classifyRefusal({ code, message, status = 0, retryAfterMs, input = {} }: Refusal): FailureClass {
  const plain = plainCode(code);
  const recoverable = (hint?: string): FailureClass => ({ kind: 'recoverable', retryAfterMs, hint: hint || undefined });
  if (throttled.test(plain) || status === 429) return recoverable('STS throttles this account: too many calls at once.');
  if (status >= 500) return recoverable();
  if (/^Signature (not yet|expired)/.test(message)) return recoverable(clockHint);
  const token = input.WebIdentityToken ?? input.SAMLAssertion;
  if (plain === 'ExpiredToken') {
    return recoverable(
      token ? 'The token has expired: its source must give a fresh one.' : 'The base credentials have expired: renew them, or give a provider that does.',
    );
  }
  const hint = hints[plain];
  if (hint?.startsWith('~')) return recoverable(hint.slice(1));
  return { kind: 'terminal', hint: hint ?? hintFor(plain, message, input, token !== undefined) };
}

function hintFor(code: string, message: string, { RoleArn, ExternalId, TokenCode }: NonNullable<Refusal['input']>, withToken: boolean): string {
  if (/chaining/i.test(message)) {
    return "A role that is assumed with another role's credentials lasts one hour at most: lower `DurationSeconds` to 3600.";
  }
  if (/MaxSessionDuration/.test(message)) return `\`DurationSeconds\` is more than the maximum of ${RoleArn}: lower it, or raise the maximum.`;
  if (code !== 'AccessDenied') return 'STS refused the request; its message says why.';
  if (TokenCode && /MultiFactor|MFA/i.test(message)) {
    return 'The MFA code was refused: check `mfa.serialNumber`, the clock of the device, and that the code was not used before.';
  }
  if (!RoleArn) return 'The base credentials may not do this: they must be those of an IAM user, with a policy that allows it.';
  if (withToken) return `The trust policy of ${RoleArn} does not accept this token: check the provider, the audience and the subject that it asks for.`;
  return (
    `The trust policy of ${RoleArn} does not let this principal assume it, or the principal's own policy does not: check both, ` +
    `the account number in the ARN, and ${ExternalId ? 'that `ExternalId` is the one that the trust policy asks for' : 'whether the trust policy asks for an `ExternalId`'}` +
    `${TokenCode ? '' : ' or for MFA'}.`
  );
}

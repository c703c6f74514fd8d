/** What a refusal of STS means: whether it may pass, and what its likely cause is. Pure; knows nothing of clients. */
import type { FailureClass } from '@brs/core';

/** What was sent, as far as the cause may lie in it. */
export interface RefusedInput {
  readonly RoleArn?: string;
  readonly ExternalId?: string;
}

/** Causes by what `<code>: <message>` looks like. The first that fits is the likely one. */
const causes: [pattern: RegExp, hint: string, mayPass?: boolean][] = [
  [/^Throttl|^TooMany|^Request(Limit|Thrott|Timeout)|^SlowDown|^IDPComm/, 'STS is busy.', true],
  [/Signature (expired|not yet)|^Request(Expired|InThe|TimeToo)/, "This machine's clock is wrong.", true],
  [/^ExpiredToken/, 'The base credentials or the token have expired.', true],
  [/MultiFactor|MFA/, 'The MFA code was refused: check `mfa.serialNumber` and the clock of the device.'],
  [/chaining/, 'A role assumed with the credentials of a role lasts one hour at most.'],
  [/^RegionDisabled/, 'STS is disabled in this region.'],
  [/^InvalidClient|^UnrecognizedClient|Signature/, 'The base credentials are not valid.'],
];

/** Says what a refusal means. `code` is AWS's without the suffix `Exception`. */
export function classifyRefusal(
  code: string,
  message: string,
  status: number,
  { RoleArn, ExternalId }: RefusedInput = {},
): FailureClass {
  let usual = 'The message of STS says why.';
  if (code === 'AccessDenied')
    usual = RoleArn
      ? `The trust policy of ${RoleArn} or the policy of this principal does not allow it ${ExternalId ? 'with this' : 'without'} \`ExternalId\`, ` +
        'or the account in the ARN is wrong.'
      : 'The base credentials must be those of an IAM user whose policy allows it.';
  const [, hint = usual, mayPass = status >= 500 || status === 429] =
    causes.find(([pattern]) => pattern.test(`${code}: ${message}`)) ?? [];
  return { kind: mayPass ? 'recoverable' : 'terminal', hint };
}

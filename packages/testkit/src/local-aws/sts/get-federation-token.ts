/** GetFederationToken: temporary credentials for somebody whom a user vouches for. */
import { federatedUserPrincipal } from '../principals.js';
import { defaultUserDurationSeconds, userDuration } from './fields.js';
import { readSessionPolicy } from './session-policy.js';
import { issuedElements, type SignedStsCall, type StsResult } from './sts-context.js';
import { accessDenied } from './sts-error.js';

export function getFederationToken({ parameters, caller, issue }: SignedStsCall): StsResult {
  const name = parameters.text('Name', { required: true, min: 2, max: 32, pattern: /^[\w+=,.@-]*$/ });
  const durationSeconds = parameters.integer('DurationSeconds', userDuration) ?? defaultUserDurationSeconds;
  const packedPolicySize = readSessionPolicy(parameters);
  parameters.check();
  if (caller.kind !== 'user') throw accessDenied('Cannot call GetFederationToken with session credentials');
  const packed = packedPolicySize();
  const principal = federatedUserPrincipal(name, caller.accountId);
  return {
    ...issuedElements(issue(principal, durationSeconds), packed),
    FederatedUser: { FederatedUserId: principal.userId, Arn: principal.arn },
  };
}

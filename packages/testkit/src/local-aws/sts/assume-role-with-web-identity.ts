/** AssumeRoleWithWebIdentity: a token of the identity provider instead of a signature. */
import { assumedRolePrincipal } from '../principals.js';
import { roleArnField, roleDuration, sessionNameField } from './fields.js';
import { tokenAudience } from './identity-provider.js';
import { roleDurationSeconds } from './role-duration.js';
import { trusts } from './roles.js';
import { readSessionPolicy } from './session-policy.js';
import { assumedRoleUserElement, issuedElements, type StsCall, type StsResult } from './sts-context.js';
import { accessDenied, identityTokenExpired, invalidIdentityToken } from './sts-error.js';

export function assumeRoleWithWebIdentity({ state, parameters, issue }: StsCall): StsResult {
  const roleArn = parameters.text('RoleArn', roleArnField);
  const sessionName = parameters.text('RoleSessionName', sessionNameField);
  const token = parameters.text('WebIdentityToken', { required: true, min: 4, max: 20_000, secret: true });
  const asked = parameters.integer('DurationSeconds', roleDuration);
  const packedPolicySize = readSessionPolicy(parameters);
  parameters.check();

  const identity = state.identityProvider.find(token);
  if (!identity) {
    throw invalidIdentityToken(
      'The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)',
    );
  }
  const now = state.clock.now();
  if (now >= identity.expiresAt) {
    const [current, expiry] = [now, identity.expiresAt].map((time) => Math.floor(time / 1000));
    throw identityTokenExpired(
      `Token expired: current date/time ${current} must be before the expiration date/time ${expiry}`,
    );
  }
  if (identity.audience !== tokenAudience) throw invalidIdentityToken('Incorrect token audience');
  const role = state.roles.find(roleArn);
  if (!role || !trusts(role, [identity.issuer])) {
    throw accessDenied('Not authorized to perform sts:AssumeRoleWithWebIdentity');
  }
  const packed = packedPolicySize();
  const principal = assumedRolePrincipal(role, sessionName, { mfa: false, ...(role.allow && { allow: role.allow }) });
  return {
    SubjectFromWebIdentityToken: identity.subject,
    Audience: identity.audience,
    AssumedRoleUser: assumedRoleUserElement(principal),
    ...issuedElements(issue(principal, roleDurationSeconds(role, asked, false)), packed),
    Provider: identity.issuer,
  };
}

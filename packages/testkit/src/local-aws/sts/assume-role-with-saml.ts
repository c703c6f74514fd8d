/** AssumeRoleWithSAML: an assertion of the identity provider instead of a signature. */
import { createHash } from 'node:crypto';
import { assumedRolePrincipal } from '../principals.js';
import { roleArnField, roleDuration } from './fields.js';
import { assertionAudience } from './identity-provider.js';
import { roleDurationSeconds } from './role-duration.js';
import { trusts } from './roles.js';
import { readSessionPolicy } from './session-policy.js';
import { assumedRoleUserElement, issuedElements, type StsCall, type StsResult } from './sts-context.js';
import { accessDenied, identityTokenExpired, invalidIdentityToken } from './sts-error.js';

export function assumeRoleWithSaml({ state, parameters, issue }: StsCall): StsResult {
  const roleArn = parameters.text('RoleArn', roleArnField);
  const providerArn = parameters.text('PrincipalArn', roleArnField);
  const assertion = parameters.text('SAMLAssertion', { required: true, min: 4, max: 100_000, secret: true });
  const asked = parameters.integer('DurationSeconds', roleDuration);
  const packedPolicySize = readSessionPolicy(parameters);
  parameters.check();

  const identity = state.identityProvider.find(assertion);
  if (!identity) throw invalidIdentityToken('Invalid base64 SAMLResponse');
  if (state.clock.now() >= identity.expiresAt) {
    throw identityTokenExpired('Token must be redeemed within 5 minutes of issuance');
  }
  if (identity.audience !== assertionAudience) throw invalidIdentityToken('Response audience is not valid');
  const role = state.roles.find(roleArn);
  if (!role || !trusts(role, [providerArn])) throw accessDenied('Not authorized to perform sts:AssumeRoleWithSAML');
  const packed = packedPolicySize();
  const principal = assumedRolePrincipal(role, identity.subject, {
    mfa: false,
    ...(role.allow && { allow: role.allow }),
  });
  return {
    AssumedRoleUser: assumedRoleUserElement(principal),
    ...issuedElements(issue(principal, roleDurationSeconds(role, asked, false)), packed),
    Subject: identity.subject,
    SubjectType: 'persistent',
    Issuer: `https://${identity.issuer}`,
    Audience: identity.audience,
    NameQualifier: createHash('sha1').update(`${identity.issuer}${role.accountId}/${providerArn}`).digest('base64'),
  };
}

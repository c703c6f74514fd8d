/** AssumeRole: trust, external id, one-time code, source identity, duration. */
import { assumedRolePrincipal } from '../principals.js';
import {
  externalIdField,
  roleArnField,
  roleDuration,
  serialNumberField,
  sessionNameField,
  sourceIdentityField,
  tokenCodeField,
} from './fields.js';
import { roleDurationSeconds } from './role-duration.js';
import { trusts } from './roles.js';
import { readSessionPolicy } from './session-policy.js';
import { assumedRoleUserElement, issuedElements, type SignedStsCall, type StsResult } from './sts-context.js';
import { accessDenied } from './sts-error.js';

export function assumeRole({ state, parameters, caller, issue }: SignedStsCall): StsResult {
  const roleArn = parameters.text('RoleArn', roleArnField);
  const sessionName = parameters.text('RoleSessionName', sessionNameField);
  const externalId = parameters.text('ExternalId', externalIdField);
  const sourceIdentity = parameters.text('SourceIdentity', sourceIdentityField);
  const serialNumber = parameters.text('SerialNumber', serialNumberField);
  const tokenCode = parameters.text('TokenCode', tokenCodeField);
  const asked = parameters.integer('DurationSeconds', roleDuration);
  const packedPolicySize = readSessionPolicy(parameters);
  parameters.check();

  const denied = (action: string): Error =>
    accessDenied(`User: ${caller.arn} is not authorized to perform: ${action} on resource: ${roleArn}`);
  const role = state.roles.find(roleArn);
  if (!role || caller.kind === 'federated-user' || !trusts(role, caller.trustedAs)) throw denied('sts:AssumeRole');
  if (role.externalId !== undefined && role.externalId !== externalId) throw denied('sts:AssumeRole');
  // A source identity stays with every session that follows from it.
  if (caller.sourceIdentity !== undefined && (sourceIdentity ?? caller.sourceIdentity) !== caller.sourceIdentity) {
    throw denied('sts:SetSourceIdentity');
  }
  const packed = packedPolicySize();
  const durationSeconds = roleDurationSeconds(role, asked, caller.kind !== 'user');
  const mfa = state.mfaDevices.verify(caller, serialNumber, tokenCode);
  if (role.requireMfa && !mfa && !caller.mfa) throw denied('sts:AssumeRole');

  const keptIdentity = sourceIdentity ?? caller.sourceIdentity;
  const principal = assumedRolePrincipal(role, sessionName, {
    mfa,
    ...(keptIdentity !== undefined && { sourceIdentity: keptIdentity }),
    ...(role.allow && { allow: role.allow }),
  });
  return {
    AssumedRoleUser: assumedRoleUserElement(principal),
    ...issuedElements(issue(principal, durationSeconds), packed),
    SourceIdentity: keptIdentity,
  };
}

/** GetSessionToken: temporary credentials for a user, with or without a one-time code. */
import { defaultUserDurationSeconds, serialNumberField, tokenCodeField, userDuration } from './fields.js';
import { issuedElements, type SignedStsCall, type StsResult } from './sts-context.js';
import { accessDenied } from './sts-error.js';

export function getSessionToken({ state, parameters, caller, issue }: SignedStsCall): StsResult {
  const serialNumber = parameters.text('SerialNumber', serialNumberField);
  const tokenCode = parameters.text('TokenCode', tokenCodeField);
  const durationSeconds = parameters.integer('DurationSeconds', userDuration) ?? defaultUserDurationSeconds;
  parameters.check();
  if (caller.kind !== 'user') throw accessDenied('Cannot call GetSessionToken with session credentials');
  const mfa = state.mfaDevices.verify(caller, serialNumber, tokenCode);
  return issuedElements(issue({ ...caller, kind: 'user-session', mfa }, durationSeconds));
}

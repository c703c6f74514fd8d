/**
 * The refusals of the credential provider. Statuses, messages and their order are those of AWS, as its Credential Provider
 * Session Helper has observed them; of the error types only `AccessDeniedException` was, and throttling is documented nowhere.
 */
import { ServiceError } from '../service-error.js';

const refusal =
  (status: number, type: string, message: string): (() => ServiceError) =>
  () =>
    new ServiceError(type, status, message);

export const invalidCertificate: () => ServiceError = refusal(
  403,
  'AccessDeniedException',
  'Certificate is invalid on this endpoint',
);
export const invalidThingName: () => ServiceError = refusal(403, 'AccessDeniedException', 'Invalid thing name passed');
export const accessDenied: () => ServiceError = refusal(403, 'AccessDeniedException', 'Access Denied');
export const noSuchRoleAlias: () => ServiceError = refusal(
  404,
  'ResourceNotFoundException',
  'Role alias does not exist',
);
export const notFound: () => ServiceError = refusal(404, 'ResourceNotFoundException', 'Not Found');
export const cannotAssumeRole: () => ServiceError = refusal(
  400,
  'InvalidRequestException',
  'Unable to assume the role, or the role to assume does not exist',
);
export const durationTooLong: () => ServiceError = refusal(
  400,
  'InvalidRequestException',
  'The requested CredentialDurationSeconds exceeds the MaxSessionDuration set for the role',
);
export const throttled: () => ServiceError = refusal(429, 'ThrottlingException', 'Rate exceeded');

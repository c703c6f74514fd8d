/** The refusals of STS, in its own codes, statuses and words. */
import type { AuthFailure } from '../auth/auth-failure.js';
import { allowedSkewMs } from '../auth/authenticate.js';
import { ServiceError } from '../service-error.js';

export const accessDenied = (message: string): ServiceError => new ServiceError('AccessDenied', 403, message);
export const validationError = (message: string): ServiceError => new ServiceError('ValidationError', 400, message);
export const invalidIdentityToken = (message: string): ServiceError =>
  new ServiceError('InvalidIdentityToken', 400, message);
export const identityTokenExpired = (message: string): ServiceError =>
  new ServiceError('ExpiredTokenException', 400, message);

/** The refusal of a request that was not let in. */
export function fromAuthFailure({ reason, signedAt }: AuthFailure, now: number): ServiceError {
  const refuse = (code: string, message: string, status = 403): ServiceError => new ServiceError(code, status, message);
  switch (reason) {
    case 'anonymous':
      return refuse('MissingAuthenticationToken', 'Request is missing Authentication Token');
    case 'malformed':
      return refuse('IncompleteSignature', 'Authorization header or query parameters are incomplete.', 400);
    case 'wrong scope':
      return refuse('SignatureDoesNotMatch', "Credential should be scoped to correct service: 'sts'.");
    case 'request too old': {
      const earliest = compact(now - allowedSkewMs);
      const why = `${compact(signedAt)} is now earlier than ${earliest} (${compact(now)} - 15 min.)`;
      return refuse('SignatureDoesNotMatch', `Signature expired: ${why}`);
    }
    case 'request in the future': {
      const latest = compact(now + allowedSkewMs);
      const why = `${compact(signedAt)} is still later than ${latest} (${compact(now)} + 15 min.)`;
      return refuse('SignatureDoesNotMatch', `Signature not yet current: ${why}`);
    }
    case 'expired':
      return refuse('ExpiredToken', 'The security token included in the request is expired');
    case 'link expired':
      return refuse('AccessDenied', 'Request has expired.');
    case 'unknown key':
    case 'wrong token':
      return refuse('InvalidClientTokenId', 'The security token included in the request is invalid.');
    case 'unsigned headers':
    case 'body differs':
    case 'wrong signature':
      return refuse(
        'SignatureDoesNotMatch',
        'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
      );
  }
}

/** `20261123T172200Z`. */
const compact = (time: number): string => new Date(time).toISOString().replace(/[-:]|\.\d{3}/g, '');

/** Why a request was not let in. Each service has its own code, status and words for every reason. */
export type AuthFailureReason =
  | 'anonymous'
  | 'malformed'
  | 'wrong scope'
  | 'request too old'
  | 'request in the future'
  | 'link expired'
  | 'unknown key'
  | 'wrong token'
  | 'expired'
  | 'unsigned headers'
  | 'body differs'
  | 'wrong signature';

export class AuthFailure extends Error {
  override readonly name = 'AuthFailure';

  constructor(
    readonly reason: AuthFailureReason,
    /** When the request says it was signed, epoch milliseconds. */
    readonly signedAt = 0,
  ) {
    super(`The request was not let in: ${reason}.`);
  }
}

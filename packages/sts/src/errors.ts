/** The one error that this strategy fails with. It holds only what may be shown: never a raw answer, a token or a code. */
import type { FailureClass } from '@brs/core';

const brand = Symbol.for('@brs/sts/error');

/**
 * Why no credentials came from STS. It is the `cause` of the session's errors.
 *
 * `code`, which is also the `name`, is AWS's own where STS refused, without the suffix `Exception`: `AccessDenied`,
 * `ExpiredToken`, `Throttling`, …. Otherwise it is Node's code of a network failure (`ECONNREFUSED`, `ETIMEDOUT`, …) or
 * one of these:
 *
 * - `RequestNotMade`: the region, the base credentials, the token or the MFA code could not be had; `cause` says why, except
 *   of the command of a profile (`credential_process`): its arguments and its output can be secret.
 * - `UnreadableAnswer`: the answer is not one of STS, such as a page of a proxy or half an answer.
 * - `MfaCodeInvalid`: the source of MFA codes gave something that is not six digits.
 * - `MfaCodeUsed`: the source of MFA codes gave only codes that were sent before.
 *
 * @example
 * ```ts
 * session.on('refreshFailed', ({ error }) => {
 *   if (error.cause instanceof StsError) console.error(error.cause.code, error.cause.requestId);
 * });
 * ```
 */
export class StsError extends Error {
  /** AWS's own code, Node's, or one of those above. It is also the `name`. */
  declare readonly code: string;
  /** Whether asking again may help, and what a person can do. */
  declare readonly failure: FailureClass;
  /** The HTTP status, where there was an answer. */
  declare readonly status?: number;
  /** The request id to give to AWS support. */
  declare readonly requestId?: string;

  /** Also for errors of another copy of this package: an ESM and a CommonJS one will meet in one process. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return brand in Object(value);
  }

  constructor(
    code: string,
    message: string,
    failure: FailureClass,
    /** What else there is: `cause`, `status`, `requestId`. */
    details?: object | false,
  ) {
    super(message, details as object);
    Object.assign(this, { name: code, code, failure }, details);
  }
}
Object.defineProperty(StsError.prototype, brand, { value: true });

/** The one error that this strategy fails with. It holds only what may be shown: never a raw answer, a token or a code. */
import type { FailureClass } from '@brs/core';

/** What an {@link StsError} is made of. */
export interface StsErrorDetails {
  /** AWS's own code without the suffix `Exception`, or one of this package. */
  readonly code: string;
  /** Whether asking again may help, and what a person can do. */
  readonly failure: FailureClass;
  /** The HTTP status, where there was an answer. */
  readonly status?: number | undefined;
  /** The request id to give to AWS support. */
  readonly requestId?: string | undefined;
  /** What went wrong below, where it can hold no secret. */
  readonly cause?: unknown;
}

/**
 * Why no credentials came from STS. It is the `cause` of the session's errors.
 *
 * `code`, which is also the `name`, is AWS's own where STS refused: `AccessDenied`, `ExpiredToken`, `Throttling`, ….
 * Otherwise it is Node's code of a network failure (`ECONNREFUSED`, `ETIMEDOUT`, …) or one of these:
 *
 * - `BaseCredentialsUnavailable`: there are no credentials, or no region, to ask STS with.
 * - `UnreadableAnswer`: the answer is not one of STS, such as a page of a proxy.
 * - `TokenUnavailable`: no web identity token or SAML assertion could be read.
 * - `MfaCodeUnavailable`: the source of MFA codes failed.
 * - `MfaCodeInvalid`: the source of MFA codes gave something that is not six digits.
 * - `MfaCodeUsed`: the source of MFA codes gave only a code that was sent before.
 *
 * @example
 * ```ts
 * session.on('refreshFailed', ({ error }) => {
 *   if (error.cause instanceof StsError) console.error(error.cause.code, error.cause.requestId);
 * });
 * ```
 */
export class StsError extends Error {
  readonly code: string;
  /** Whether asking again may help, and what a person can do. */
  readonly failure: FailureClass;
  /** The HTTP status, where there was an answer. */
  declare readonly status?: number;
  /** The request id to give to AWS support. */
  declare readonly requestId?: string;

  constructor(message: string, { code, failure, status, requestId, cause }: StsErrorDetails) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = code;
    this.code = code;
    this.failure = failure;
    if (status) this.status = status;
    if (requestId) this.requestId = requestId;
  }
}

/** The one error that this package fails with. It holds only what may be shown: never a key, a passphrase or a raw answer. */
import type { FailureClass } from '@brs/core';

/**
 * Why a device got no credentials.
 *
 * The credential provider refused:
 *
 * - `THING_NOT_ATTACHED`, `ACCESS_DENIED`, `CERTIFICATE_NOT_ACCEPTED` (403), `ROLE_ALIAS_NOT_FOUND`, `WRONG_ENDPOINT` (404),
 *   `DURATION_TOO_LONG` (400), `REFUSED` (any other 4xx), all terminal; `ROLE_NOT_ASSUMABLE` (400), recoverable.
 * - `THROTTLED` (429), `SERVICE_FAILED` (5xx), recoverable.
 * - `CERTIFICATE_REJECTED`: it ended the TLS handshake because of the certificate, or a proxy in front of it answered so. Terminal.
 *
 * There was no answer of the provider, recoverable but for `TLS_VERSION`:
 *
 * - `UNREADABLE_ANSWER`, `ANSWER_TOO_LONG`, `REDIRECTED`: something else answers, such as a proxy or a captive portal.
 * - `TIMEOUT`, `CONNECTION_FAILED`, `CONNECTION_CUT`, `PROXY_FAILED`, `TLS_FAILED`, `TLS_VERSION`, `SERVER_NOT_TRUSTED`.
 *
 * The device's own identity:
 *
 * - `IDENTITY_INVALID`: a file cannot be read, a passphrase is wrong, certificate and key do not belong together; terminal.
 *   `cause` is an `InvalidOptionsError` that names the option.
 * - `PASSPHRASE_UNAVAILABLE`: the function that gets it failed; recoverable.
 *
 * And `STS_CLIENT_MISSING`: `whoami()` needs `@aws-sdk/client-sts`.
 */
export type IotErrorCode =
  | 'THING_NOT_ATTACHED'
  | 'ACCESS_DENIED'
  | 'CERTIFICATE_NOT_ACCEPTED'
  | 'ROLE_ALIAS_NOT_FOUND'
  | 'WRONG_ENDPOINT'
  | 'DURATION_TOO_LONG'
  | 'ROLE_NOT_ASSUMABLE'
  | 'REFUSED'
  | 'THROTTLED'
  | 'SERVICE_FAILED'
  | 'CERTIFICATE_REJECTED'
  | 'UNREADABLE_ANSWER'
  | 'ANSWER_TOO_LONG'
  | 'REDIRECTED'
  | 'TIMEOUT'
  | 'CONNECTION_FAILED'
  | 'CONNECTION_CUT'
  | 'PROXY_FAILED'
  | 'TLS_FAILED'
  | 'TLS_VERSION'
  | 'SERVER_NOT_TRUSTED'
  | 'IDENTITY_INVALID'
  | 'PASSPHRASE_UNAVAILABLE'
  | 'STS_CLIENT_MISSING';

/** What else an {@link IotError} may have. */
export interface IotErrorDetails {
  readonly cause?: unknown;
  /** The HTTP status, where there was an answer. */
  readonly status?: number | undefined;
  /** The request id to give to AWS support. */
  readonly requestId?: string | undefined;
}

const brand = Symbol.for('@brs/iot-x509/error');

/**
 * Why a device got no credentials. It is the `cause` of the session's errors. `instanceof` also knows those of another
 * copy of this package in the same process.
 *
 * @example
 * ```ts
 * session.on('refreshFailed', ({ error }) => {
 *   if (error.cause instanceof IotError) console.error(error.cause.code, error.cause.status, error.cause.requestId);
 * });
 * ```
 */
export class IotError extends Error {
  /** Stable; what programs switch on. */
  declare readonly code: IotErrorCode;
  /** The HTTP status, where there was an answer. */
  declare readonly status?: number;
  /** The request id to give to AWS support. */
  declare readonly requestId?: string;
  /** Whether asking again may help, and what a person can do. */
  declare readonly failure: FailureClass;

  constructor(code: IotErrorCode, message: string, failure: FailureClass, details?: IotErrorDetails) {
    super(message, details);
    Object.assign(this, { name: 'IotError', code, failure }, details);
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof Error && brand in value;
  }
}
Object.defineProperty(IotError.prototype, brand, { value: true });

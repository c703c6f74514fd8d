/** The one error of this package. It says what a token, a module or a server refused; it never holds a PIN or a key. */
import type { FailureClass } from '@brs/core';

/**
 * What went wrong, as programs switch on it:
 *
 * - `UNSUPPORTED_PLATFORM`: mutual TLS with a PKCS#11 key exists on Linux alone.
 * - `NATIVE_MISSING`: `pkcs11js` or `aws-crt` is not installed for this platform.
 * - `MODULE_NOT_LOADED`: the PKCS#11 module is not there, is none, or does not start.
 * - `TOKEN_NOT_FOUND`, `TOKEN_AMBIGUOUS`: no token, or more than one, is as asked for. The message lists what is there.
 * - `TOKEN_NOT_INITIALIZED`: the token, or its user PIN, has not been set up.
 * - `TOKEN_FAILED`: the module answered a call with an error; `rv` is its name.
 * - `PIN_REQUIRED`: the token wants a PIN and none was given.
 * - `PIN_UNAVAILABLE`: the file, the variable or the function gave no PIN.
 * - `PIN_INCORRECT`: the token has refused the PIN. It is not presented again.
 * - `PIN_LOCKED`: the token is locked after wrong PINs.
 * - `PIN_FINAL_TRY`: one more wrong PIN would lock the token, so the PIN was not presented.
 * - `PIN_EXPIRED`: the PIN has to be changed first.
 * - `KEY_NOT_FOUND`, `KEY_AMBIGUOUS`: no private key, or more than one, is as asked for. The message lists what is there.
 * - `KEY_CANNOT_SIGN`: the key has not the right to sign, or is of a kind that cannot be used.
 * - `KEY_LABEL_UNUSABLE`: TLS finds keys by their label alone, and this key has none of its own.
 * - `KEY_EXISTS`: a key with this label or id is there already.
 * - `CERTIFICATE_NOT_FOUND`, `CERTIFICATE_INVALID`, `CERTIFICATE_MISMATCH`: there is none, it is none, or it belongs to another key.
 * - `TLS_FAILED`: the handshake failed. The message says on whose side, as far as it can be found out, and which certificate the
 *   device has presented.
 * - `TLS_VERSION`: TLS 1.3 is wanted, and with a PKCS#11 key there is TLS 1.2.
 * - `CONNECTION_FAILED`, `REQUEST_TIMEOUT`, `ANSWER_EMPTY`, `ANSWER_TOO_LARGE`: the request got no answer, or none that is accepted.
 */
export type Pkcs11ErrorCode =
  | 'UNSUPPORTED_PLATFORM'
  | 'NATIVE_MISSING'
  | 'MODULE_NOT_LOADED'
  | 'TOKEN_NOT_FOUND'
  | 'TOKEN_AMBIGUOUS'
  | 'TOKEN_NOT_INITIALIZED'
  | 'TOKEN_FAILED'
  | 'PIN_REQUIRED'
  | 'PIN_UNAVAILABLE'
  | 'PIN_INCORRECT'
  | 'PIN_LOCKED'
  | 'PIN_FINAL_TRY'
  | 'PIN_EXPIRED'
  | 'KEY_NOT_FOUND'
  | 'KEY_AMBIGUOUS'
  | 'KEY_CANNOT_SIGN'
  | 'KEY_LABEL_UNUSABLE'
  | 'KEY_EXISTS'
  | 'CERTIFICATE_NOT_FOUND'
  | 'CERTIFICATE_INVALID'
  | 'CERTIFICATE_MISMATCH'
  | 'TLS_FAILED'
  | 'TLS_VERSION'
  | 'CONNECTION_FAILED'
  | 'REQUEST_TIMEOUT'
  | 'ANSWER_EMPTY'
  | 'ANSWER_TOO_LARGE';

/** What asking again may cure. The rest is terminal. */
const recoverable: ReadonlySet<Pkcs11ErrorCode> = new Set([
  'TOKEN_NOT_FOUND',
  'TOKEN_FAILED',
  'PIN_UNAVAILABLE',
  'CONNECTION_FAILED',
  'REQUEST_TIMEOUT',
  'ANSWER_EMPTY',
]);

const brand = Symbol.for('@brs/pkcs11/error');

/**
 * Why a token, its module or a server did not do what was asked. `instanceof` also knows the errors of another copy of this
 * package in the process.
 *
 * @example
 * ```ts
 * try {
 *   await listKeys({ module: 'softhsm2', token: 'gateway' });
 * } catch (error) {
 *   if (error instanceof Pkcs11Error && error.code === 'TOKEN_NOT_FOUND') console.error(error.message, error.hint);
 *   throw error;
 * }
 * ```
 */
export class Pkcs11Error extends Error {
  override readonly name = 'Pkcs11Error';
  /** Stable: what programs switch on. */
  readonly code: Pkcs11ErrorCode;
  /** What a person can do about it. */
  readonly hint: string;
  /** The name of what the module returned, such as `CKR_PIN_INCORRECT`, where it was the module that refused. */
  declare readonly rv?: string;

  constructor(code: Pkcs11ErrorCode, message: string, hint: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.hint = hint;
    const rv = rvOf(cause);
    if (rv) this.rv = rv;
  }

  /** Whether asking again may help, and what a person can do. */
  get failure(): FailureClass {
    return { kind: recoverable.has(this.code) ? 'recoverable' : 'terminal', hint: this.hint };
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && brand in value;
  }
}
Object.defineProperty(Pkcs11Error.prototype, brand, { value: true });

/** The name of what a module returned, such as `CKR_PIN_INCORRECT`; `undefined` for an error that is none of a module. */
export function rvOf(error: unknown): string | undefined {
  return error instanceof Error ? /^CKR_\w+$/.exec(error.message)?.[0] : undefined;
}

/** Whether a call of a module failed with one of these. */
export function isRv(error: unknown, ...names: string[]): boolean {
  return names.includes(rvOf(error) ?? '');
}

/** What a failed call of a module means, where its caller does not know better. Errors that are ours already are handed on. */
export function tokenFailure(doing: string, error: unknown): Error {
  if (error instanceof Pkcs11Error) return error;
  const rv = rvOf(error);
  if (!rv) return error instanceof Error ? error : new Error(String(error));
  return new Pkcs11Error(
    'TOKEN_FAILED',
    `${doing} failed: the module returned ${rv}.`,
    goneRvs.has(rv)
      ? 'The token was removed, or its session was ended. Insert it again; the next call opens it anew.'
      : 'The next call tries again. If it goes on, look into the log of the module.',
    error,
  );
}

/** What modules return for a token, or a session with it, that is there no longer. */
const goneRvs: ReadonlySet<string> = new Set([
  'CKR_CRYPTOKI_NOT_INITIALIZED',
  'CKR_DEVICE_ERROR',
  'CKR_DEVICE_REMOVED',
  'CKR_SESSION_CLOSED',
  'CKR_SESSION_HANDLE_INVALID',
  'CKR_SLOT_ID_INVALID',
  'CKR_TOKEN_NOT_PRESENT',
]);

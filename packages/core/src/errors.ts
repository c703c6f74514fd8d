/**
 * Every error that leaves this library: one class for each situation, each with a stable `code`. Errors carry the cause
 * and a hint, and never a secret.
 */

import { hide } from './printing.js';

const brand = Symbol.for('@brs/core/error');

interface ErrorDetails {
  readonly cause?: unknown;
  readonly hint?: string | undefined;
}

abstract class BrsError extends Error {
  /** Stable and unique for each class: what programs switch on. */
  abstract readonly code: string;
  /** What a person can do about it. */
  declare readonly hint?: string;

  constructor(message: string, details: ErrorDetails = {}) {
    super(message, details);
    if (details.hint) this.hint = details.hint;
  }

  /** The name of the class, also where a minifier has changed that: `INVALID_OPTIONS` makes `InvalidOptionsError`. */
  override get name(): string {
    return `_${this.code ?? ''}_ERROR`.toLowerCase().replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
  }
}
hide(BrsError.prototype, brand, true);

/**
 * An option that is missing, unknown, of the wrong type or in conflict with another. Thrown at construction, and by calls
 * whose arguments can never be right. Strategy packages throw it for options of their own.
 *
 * @example
 * ```ts
 * throw new InvalidOptionsError('url', 'must be an https URL'); // Option `url` must be an https URL.
 * ```
 */
export class InvalidOptionsError extends BrsError {
  readonly code = 'INVALID_OPTIONS';
  /** The option, as the user wrote it, such as `assumeRole.RoleArn`. */
  readonly option: string;

  /** @param problem The end of the sentence "Option `x` …", without its full stop. Never shows a value that could be a secret. */
  constructor(option: string, problem: string, details?: ErrorDetails) {
    super(`Option \`${option}\` ${problem}.`, details);
    this.option = option;
  }
}

/** `method` names no registered method. The hint says what to install and import. */
export class UnknownMethodError extends BrsError {
  readonly code = 'UNKNOWN_METHOD';
}

/** A package tried to register a method that another package has registered. */
export class MethodConflictError extends BrsError {
  readonly code = 'METHOD_CONFLICT';
}

/** A value is not a strategy: a member is missing, or it was written for another version of the contract. */
export class InvalidStrategyError extends BrsError {
  readonly code = 'INVALID_STRATEGY';
}

/** The source answered with something that cannot be used: not three non-empty strings, a bad or a past expiration. */
export class InvalidCredentialsError extends BrsError {
  readonly code = 'INVALID_CREDENTIALS';
}

/** The source did not answer within the deadline of a refresh. */
export class RefreshTimeoutError extends BrsError {
  readonly code = 'REFRESH_TIMEOUT';
}

/** The source failed in a way that may pass, and there is no valid set to serve. The next call tries again. */
export class RefreshFailedError extends BrsError {
  readonly code = 'REFRESH_FAILED';
}

/** The source refused in a way that asking again does not cure. `hint` says what to do. */
export class CredentialsDeniedError extends BrsError {
  readonly code = 'CREDENTIALS_DENIED';
}

/** The set in hand has expired and the source has not given another. `cause` is the last failure. */
export class CredentialsExpiredError extends BrsError {
  readonly code = 'CREDENTIALS_EXPIRED';
}

/** The session was closed. */
export class SessionClosedError extends BrsError {
  readonly code = 'SESSION_CLOSED';
}

/** `getDefaultSession()` was called, or the default session's `client()`, and no default session was set. */
export class NoDefaultSessionError extends BrsError {
  readonly code = 'NO_DEFAULT_SESSION';
}

/** Every error of this library: switch on `code`. */
export type SessionError =
  | InvalidOptionsError
  | UnknownMethodError
  | MethodConflictError
  | InvalidStrategyError
  | InvalidCredentialsError
  | RefreshTimeoutError
  | RefreshFailedError
  | CredentialsDeniedError
  | CredentialsExpiredError
  | SessionClosedError
  | NoDefaultSessionError;

/** Marks an error that is none of ours by class, so that {@link isSessionError} knows it: for errors on their way into an SDK client. */
export function brandError(error: Error): void {
  hide(error, brand, true);
}

/**
 * Whether a value is an error of this library, also one from another copy of it in the same process, and also one that
 * reached you through an SDK client as a `CredentialsProviderError`.
 *
 * @example
 * ```ts
 * try {
 *   await s3.send(new ListBucketsCommand({}));
 * } catch (error) {
 *   if (isSessionError(error) && error.code === 'CREDENTIALS_DENIED') console.error(error.hint);
 *   throw error;
 * }
 * ```
 */
export function isSessionError(value: unknown): value is SessionError {
  return value instanceof Error && brand in value;
}

/** What was thrown, by its name alone: its text is its author's and may hold anything. */
export function nameOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.name : `a thrown ${thrown === null ? 'null' : typeof thrown}`;
}

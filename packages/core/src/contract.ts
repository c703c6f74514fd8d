/**
 * The contract between the session and a strategy: what a strategy is asked, what it answers, and nothing of how its
 * answers are cached, retried or timed. That is the engine's alone.
 */
import type { AwsCredentialIdentityProvider } from '@smithy/types';
import type { TlsIdentity } from './tls-identity.js';

/** The version of this contract. A strategy states the version it was written for; a session refuses any other. */
export const CONTRACT_VERSION = 1;

/**
 * Why the source is asked:
 *
 * - `initial`: there is no set of credentials yet.
 * - `advisory`: the set in hand is good for a while; nobody waits for the answer.
 * - `mandatory`: the set in hand is about to expire, has expired, or was rejected by a service.
 * - `forced`: the user asked for a new set.
 */
export type AcquireReason = 'initial' | 'advisory' | 'mandatory' | 'forced';

/** What a strategy is handed when it is asked for credentials. */
export interface AcquireContext {
  /** Why the source is asked. */
  readonly reason: AcquireReason;
  /** Aborted when the answer is no longer wanted: the deadline has passed or the session was closed. */
  readonly signal: AbortSignal;
}

/** A set of temporary credentials as a source gives it. The engine validates it before it is stored. */
export interface AcquiredCredentials {
  /** Not empty. Identifies the set; not a secret. */
  readonly accessKeyId: string;
  /** Not empty. */
  readonly secretAccessKey: string;
  /** Not empty: credentials without one do not expire, and need no session. */
  readonly sessionToken: string;
  /** The instant of expiry. A set without one never expires and is replaced only by invalidation or by force. */
  readonly expiration?: Date | undefined;
  /** The twelve-digit account that the credentials belong to, when the source says so. */
  readonly accountId?: string | undefined;
  /**
   * The source's own time when it answered, such as an HTTP `Date` header. With it, the lifetime is taken from the
   * source's clock, and a machine whose clock is hours off keeps working.
   */
  readonly sourceTime?: Date | undefined;
}

/** A failure that may pass: it is tried again with backoff, and a valid set in hand is served meanwhile. */
export interface RecoverableFailure {
  readonly kind: 'recoverable';
  /** How long the source asked to be left alone, in milliseconds (an HTTP `Retry-After`). Obeyed from one second to one minute. */
  readonly retryAfterMs?: number | undefined;
  /** What a person can do about it. Never contains a secret. */
  readonly hint?: string | undefined;
}

/** A failure that asking again does not cure: access denied, a malformed request, a revoked certificate. */
export interface TerminalFailure {
  readonly kind: 'terminal';
  /** What a person has to do about it. Never contains a secret. */
  readonly hint: string;
}

/** How a strategy classifies an error of its own `acquire`. */
export type FailureClass = RecoverableFailure | TerminalFailure;

/** What a strategy is handed when it is asked who it is. */
export interface IdentityContext {
  /** The session's credentials, refreshed as ever: hand it to an SDK client. */
  readonly credentials: AwsCredentialIdentityProvider;
  /** Aborted when the answer is no longer wanted. */
  readonly signal: AbortSignal;
}

/** Who a session is. `method` is always there, the rest as far as it is known. */
export interface Identity {
  /** The name of the strategy. */
  readonly method: string;
  /** The twelve-digit account number. */
  readonly account?: string | undefined;
  /** The ARN of the principal. */
  readonly arn?: string | undefined;
  /** The unique identifier of the principal. */
  readonly userId?: string | undefined;
}

/** What happens when the set in hand has expired and the source still fails: `throw` (the default) or `serve` it, with an event. */
export type ExpiredCredentialsPolicy = 'throw' | 'serve';

/**
 * A way to get temporary credentials. Make one with {@link defineStrategy}, which checks its shape.
 *
 * A strategy asks its source once each time it is told to. It does not cache, retry, schedule or lock.
 */
export interface Strategy {
  /** {@link CONTRACT_VERSION} of the contract that the strategy was written for. */
  readonly contractVersion: typeof CONTRACT_VERSION;
  /** The name that events, errors and `whoami()` show, such as `sts`. */
  readonly name: string;
  /** Asks the source once. Rejects with any error; {@link Strategy.classify} says what it means. */
  acquire(context: AcquireContext): Promise<AcquiredCredentials>;
  /**
   * Says who the credentials belong to. An error whose `name` is that of a rejected token (`ExpiredToken`, `InvalidToken`,
   * `InvalidClientTokenId`, …) makes the session get another set and ask once more.
   */
  identity(context: IdentityContext): Promise<Identity>;
  /** Classifies an error that `acquire` rejected with. Must not throw. */
  classify(error: unknown): FailureClass;
  /** Whether the credentials may outlive their expiry while the source fails. Default `throw`; the session's option wins. */
  readonly expiredCredentials?: ExpiredCredentialsPolicy | undefined;
  /**
   * How long one answer may take, in milliseconds, where it may take longer than the default of 30,000: a person who types
   * a code. The session's option wins.
   */
  readonly refreshTimeoutMs?: number | undefined;
  /** The device's identity in mutual TLS, where the strategy has one: `session.tlsIdentity`. */
  readonly tlsIdentity?: TlsIdentity | undefined;
  /**
   * Releases what the strategy holds. Called when the session closes; where several sessions share one strategy value, when
   * the last of them does. It may be called again if the value is given to a session after that.
   */
  close?(): void | Promise<void>;
}

/** A running timer of a {@link Clock}. It does not keep the process alive unless `ref` was called. */
export interface ClockTimer {
  /** Makes the timer keep the process alive until it fires. */
  ref(): void;
  /** Stops the timer. Stopping twice, or after it fired, is nothing. */
  cancel(): void;
}

/** The source of time. The default is the machine's wall clock; tests pass a manual one (`@brs/testkit`). */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls `callback` once after `delayMs` (at most 2^31-1). The timer does not keep the process alive. */
  startTimer(callback: () => void, delayMs: number): ClockTimer;
}

/** Something that the user should know and that is no failure, such as a certificate that ends soon. Never contains a secret. */
export interface StrategyNotice {
  /** Stable, for programs, such as `CERTIFICATE_EXPIRES_SOON`. */
  readonly code: string;
  /** For people. */
  readonly message: string;
}

/** What a session tells the factory of a method about itself. */
export interface StrategyContext {
  /** The session's region, if it was given one. */
  readonly region?: string | undefined;
  /** The session's profile in the shared AWS files, if it was given one. */
  readonly profile?: string | undefined;
  /** The session's clock. */
  readonly clock: Clock;
  /** The session's randomness: uniform in [0, 1). */
  readonly random: () => number;
  /** Emits the session's `notice` event. */
  notify(notice: StrategyNotice): void;
}

/** A method as a package registers it: how its options become a strategy. */
export interface MethodDefinition<Options extends object> {
  /** The value of `method`. For `@scope/brs-vault` or `@brs/vault` that would be `vault`. */
  readonly method: string;
  /** The package that registers it, as users install it. Two packages cannot claim one method. */
  readonly packageName: string;
  /**
   * Makes the strategy. It validates its options and throws {@link InvalidOptionsError} for a bad or unknown one; it
   * does not touch the network and does not change the object that it is given.
   */
  create(options: Options, context: StrategyContext): Strategy;
}

/**
 * The options of every method by its name. A strategy package adds its own by declaration merging, so that
 * `method: 'vault'` is known to the compiler where the package is imported, and nowhere else.
 *
 * @example
 * ```ts
 * declare module '@brs/core' {
 *   interface SessionMethods {
 *     vault: VaultOptions;
 *   }
 * }
 * ```
 */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- filled by the packages that are imported
export interface SessionMethods {}

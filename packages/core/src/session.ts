/** The session: one source of credentials, any number of clients. It wires the parts together and decides nothing itself. */
import type { AwsCredentialIdentityProvider } from '@smithy/types';
import { type ClientCache, type ClientClass, type ClientConfig, createClientCache } from './client-cache.js';
import { addRecovery, type RejectionGuard, rejectionGuard } from './client-recovery.js';
import { systemClock } from './clock.js';
import type { Identity, Strategy, StrategyNotice } from './contract.js';
import type { TlsIdentity } from './tls-identity.js';
import type { Credentials } from './credentials.js';
import { checkStrategy } from './define-strategy.js';
import { SessionEmitter, type SessionEventName, type SessionEvents } from './events.js';
import type { RefreshWindow } from './refresh/decide.js';
import { printAs } from './printing.js';
import { closedError, type EngineSettings, RefreshEngine } from './refresh/engine.js';
import { checkOption, rule } from './options.js';
import { closeStrategy, openStrategy } from './strategy-users.js';
import { findMethod } from './registry.js';
import { type CommonSessionOptions, type RefreshableSessionOptions, splitOptions } from './session-options.js';
import { providerOf } from './sdk-provider.js';

/** Where a session is now. Instants are by this machine's clock. */
export interface SessionStatus {
  /** The name of the strategy. */
  readonly method: string;
  /** Where the set in hand is in its life. */
  readonly window: RefreshWindow;
  /** Whether the source is being asked right now. */
  readonly refreshing: boolean;
  /** When the set in hand came. Absent without one. */
  readonly fetchedAt: Date | undefined;
  /** When background refreshes begin. Like the two below, `undefined` without a set and for one that does not expire. */
  readonly advisoryAt: Date | undefined;
  /** When callers begin to wait. */
  readonly mandatoryAt: Date | undefined;
  /** When the set in hand expires. */
  readonly expiresAt: Date | undefined;
  /** After a failure: when the source is asked again at the earliest. */
  readonly retryAt: Date | undefined;
  /** Failures since the last success. */
  readonly failures: number;
  /** The source's clock less this machine's, in milliseconds; 0 while they agree within seconds, or while nothing is known. */
  readonly clockOffsetMs: number;
  /** Whether `close()` was called. */
  readonly closed: boolean;
}

/** What a call that may wait takes. */
export interface WaitOptions {
  /** Ends this caller's wait, and nobody else's. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Keeps every AWS SDK v3 client that uses it authenticated for as long as the process lives.
 *
 * @example
 * ```ts
 * import { S3Client, ListBucketsCommand } from '@aws-sdk/client-s3';
 * import { RefreshableSession } from '@brs/core';
 * import '@brs/sts';
 *
 * const session = new RefreshableSession({
 *   method: 'sts',
 *   region: 'us-east-1',
 *   assumeRole: { RoleArn: 'arn:aws:iam::123456789012:role/reader' },
 * });
 * const s3 = session.client(S3Client);
 * await s3.send(new ListBucketsCommand({}));
 * ```
 */
export class RefreshableSession {
  readonly #strategy: Strategy;
  readonly #options: CommonSessionOptions;
  readonly #events: SessionEmitter;
  readonly #engine: RefreshEngine;
  readonly #reject: RejectionGuard;
  #provider: AwsCredentialIdentityProvider | undefined;
  #clients: ClientCache | undefined;
  #closing: Promise<void> | undefined;

  /**
   * @throws {@link InvalidOptionsError} (`INVALID_OPTIONS`) for an unknown, missing, bad or conflicting option.
   * @throws {@link UnknownMethodError} (`UNKNOWN_METHOD`) when no imported package has registered the method.
   * @throws {@link InvalidStrategyError} (`INVALID_STRATEGY`) when `strategy` is none, or is of another contract version.
   */
  constructor(options: RefreshableSessionOptions) {
    const { own, rest } = splitOptions(options);
    const { method = 'sts', strategy, region, profile, clock = systemClock, random = Math.random } = own;
    // A notice from inside `create` has no listener yet, and no emitter.
    const notify = (notice: StrategyNotice): void => void this.#events?.emit('notice', notice);
    this.#options = own;
    this.#strategy = strategy ?? findMethod(method).create(rest as never, { region, profile, clock, random, notify });
    checkStrategy(this.#strategy);
    this.#events = new SessionEmitter(this.#strategy.name, clock);
    const { expiredCredentials = 'throw', refreshTimeoutMs = 30_000 } = this.#strategy;
    const settings: EngineSettings = {
      deferRefresh: true,
      advisoryRefresh: 'background',
      mandatoryWaitMs: 5000,
      expiredMaxAgeSeconds: 43_200,
      expiredCredentials,
      refreshTimeoutMs,
      ...own,
      clock,
    };
    this.#engine = new RefreshEngine(this.#strategy, settings, this.#events);
    this.#reject = rejectionGuard(this.#engine, () => clock.now());
    openStrategy(this.#strategy);
  }

  /**
   * The provider for any SDK v3 client: `new S3Client({ credentials: session.credentials })`. One fetch serves every
   * client. Its errors reach the client as `CredentialsProviderError` with this library's `code`, `hint` and `cause`.
   */
  get credentials(): AwsCredentialIdentityProvider {
    return (this.#provider ??= providerOf(this.#engine));
  }

  /**
   * The current set. Waits only when there is no good one in hand.
   *
   * @throws {@link RefreshFailedError} (`REFRESH_FAILED`) when the source fails in a way that may pass and there is no set.
   * @throws {@link CredentialsDeniedError} (`CREDENTIALS_DENIED`) when the source refuses and there is no valid set.
   * @throws {@link CredentialsExpiredError} (`CREDENTIALS_EXPIRED`) when the set has expired and the source still fails.
   * @throws {@link SessionClosedError} (`SESSION_CLOSED`) after `close()`.
   */
  getCredentials({
    forceRefresh,
    signal,
  }: WaitOptions & { readonly forceRefresh?: boolean | undefined } = {}): Promise<Credentials> {
    return this.#engine.get(forceRefresh, signal);
  }

  /**
   * Asks the source now, whatever is in hand, and gives its outcome. Joins a refresh that is under way; passes the backoff,
   * not the seconds for which a refusal is replayed.
   *
   * @throws {@link RefreshFailedError} (`REFRESH_FAILED`) when the source fails, also while the set in hand is valid.
   * @throws {@link CredentialsDeniedError} (`CREDENTIALS_DENIED`) when the source refuses, also while the set in hand is valid.
   * @throws {@link SessionClosedError} (`SESSION_CLOSED`) after `close()`.
   */
  refresh({ signal }: WaitOptions = {}): Promise<Credentials> {
    return this.#engine.get(true, signal);
  }

  /**
   * Resolves when there is a set, and asks the source if nobody has. With `deferRefresh: false` the first fetch has begun
   * at construction. Throws what {@link RefreshableSession.getCredentials} throws.
   */
  async ready(options?: WaitOptions): Promise<void> {
    await this.getCredentials(options);
  }

  /**
   * Says that a service rejected this access key id. If it is the current one, the next call waits for another set; a key
   * id that has been replaced already changes nothing. Clients that the session makes do this by themselves.
   *
   * @throws {@link InvalidOptionsError} (`INVALID_OPTIONS`) for anything but a non-empty string.
   */
  invalidate(accessKeyId: string): void {
    checkOption('accessKeyId', accessKeyId, rule.string);
    this.#engine.invalidate(accessKeyId);
  }

  /**
   * An SDK v3 client with the session's credentials, region and `clientDefaults`. The same class and configuration give
   * the same client. When a service answers that the token is expired or invalid, it fetches others and tries once more.
   *
   * @example
   * ```ts
   * import { S3Client } from '@aws-sdk/client-s3';
   * import { getDefaultSession } from '@brs/core';
   *
   * const s3 = getDefaultSession().client(S3Client, { forcePathStyle: true });
   * ```
   *
   * @throws {@link InvalidOptionsError} (`INVALID_OPTIONS`) when `Ctor` is no class, or `config` is no object or holds `credentials`.
   * @throws {@link SessionClosedError} (`SESSION_CLOSED`) after `close()`.
   */
  client<Class extends ClientClass>(Ctor: Class, config?: ClientConfig<Class>): InstanceType<Class> {
    if (this.#engine.closed) throw closedError();
    this.#clients ??= createClientCache(this.#options, this.credentials, (client) =>
      addRecovery(client, this.#engine, this.#reject),
    );
    return this.#clients.get(Ctor, config) as InstanceType<Class>;
  }

  /**
   * Who the session is. What is known of it depends on the strategy; for `sts` it is GetCallerIdentity. Where a service
   * answers that the token is expired or invalid, it is looked up once more with another set. Throws what
   * {@link RefreshableSession.getCredentials} throws, and what the strategy's own lookup throws.
   */
  async whoami({ signal = new AbortController().signal }: WaitOptions = {}): Promise<Identity> {
    if (this.#engine.closed) throw closedError();
    const lookUp = async (): Promise<Identity> => this.#strategy.identity({ credentials: this.credentials, signal });
    return lookUp().catch((error: unknown) => {
      if (this.#reject(error, this.#engine.state.entry?.credentials.accessKeyId)) return lookUp();
      throw error;
    });
  }

  /**
   * The device's identity in mutual TLS, where the method works with one (`iot-x509`), for other connections of the same
   * device, such as MQTT.
   */
  get tlsIdentity(): TlsIdentity | undefined {
    return this.#strategy.tlsIdentity;
  }

  /**
   * Calls `listener` for every event of this name. The function that comes back ends it. A listener that throws breaks
   * nothing: the process gets a warning.
   *
   * @example
   * ```ts
   * session.on('refreshFailed', ({ error, terminal, nextTryAt }) => {
   *   console.warn(error.code, error.hint, terminal ? 'somebody has to act' : `next try at ${nextTryAt.toISOString()}`);
   * });
   * ```
   */
  on<Name extends SessionEventName>(
    name: Name,
    listener: (event: SessionEvents[Name]) => Name extends 'closing' ? void | Promise<void> : void,
  ): () => void {
    return this.#events.on(name, listener);
  }

  /** Where the session is now, without asking the source. */
  status(): SessionStatus {
    const { entry, failure, flight } = this.#engine.state;
    return {
      method: this.#strategy.name,
      window: this.#engine.window,
      refreshing: flight !== undefined,
      fetchedAt: toDate(entry?.fetchedAt),
      advisoryAt: toDate(entry?.advisoryAt),
      mandatoryAt: toDate(entry?.mandatoryAt),
      expiresAt: toDate(entry?.expiresAt),
      retryAt: toDate(failure?.retryAt),
      failures: failure?.count ?? 0,
      clockOffsetMs: this.#engine.clockOffsetMs,
      closed: this.#engine.closed,
    };
  }

  /**
   * The current set as environment variables, for a child process. Nothing refreshes them there:
   * `AWS_CREDENTIAL_EXPIRATION` says when they end. Throws what {@link RefreshableSession.getCredentials} throws.
   *
   * @example
   * ```ts
   * import { spawn } from 'node:child_process';
   *
   * spawn('aws', ['s3', 'ls'], { env: { ...process.env, ...(await session.toEnv()) }, stdio: 'inherit' });
   * ```
   */
  async toEnv(): Promise<Record<string, string>> {
    const { accessKeyId, secretAccessKey, sessionToken, expiration } = await this.#engine.get();
    const { region } = this.#options;
    return {
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_SESSION_TOKEN: sessionToken,
      ...(expiration && { AWS_CREDENTIAL_EXPIRATION: expiration.toISOString() }),
      ...(region && { AWS_REGION: region, AWS_DEFAULT_REGION: region }),
    };
  }

  /**
   * Aborts a refresh under way, drops the credentials, destroys the clients, waits for the listeners of `closing`, and closes
   * the strategy, unless another session still uses that. Twice is once. Later calls fail with `SESSION_CLOSED`. Rejects with
   * what the strategy's own `close` throws.
   */
  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  /** The same as `close`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    this.#engine.close();
    await Promise.resolve(); // So that a listener that closes the session once more finds it closing.
    this.#clients?.destroy();
    await this.#events.emit('closing', {});
    void this.#events.emit('closed', {});
    await closeStrategy(this.#strategy);
  }
}
printAs(RefreshableSession, (session) => session.status());

function toDate(instant = Infinity): Date | undefined {
  return instant < Infinity ? new Date(instant) : undefined;
}

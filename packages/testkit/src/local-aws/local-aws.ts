/** What `startLocalAws` returns. */
import type { HandshakeRequest } from './auth/handshake.js';
import type { LocalCredentialProvider } from './credential-provider/local-credential-provider.js';
import type { RevokedAs } from './credential-store.js';
import type { Fault, FaultHandle } from './faults.js';
import type { LocalMfaDevice, LocalRole, LocalUser } from './options.js';
import type { LoggedRequest, RequestEvent, RequestFilter, RequestListener } from './request-log.js';
import type { IdentityClaims } from './sts/identity-provider.js';

/** An access key of a user. It does not expire. */
export interface LocalCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** A running loopback AWS: STS and a small S3 behind one endpoint. */
export interface LocalAws {
  /** `http://127.0.0.1:<port>`, for both services. */
  readonly endpoint: string;
  /** The region that clients should use. */
  readonly region: string;
  /** The account of the base user. */
  readonly accountId: string;
  /** The keys of the base user, `developer`, who may do everything. A copy each time, because SDK clients write into it. */
  readonly baseCredentials: LocalCredentials;

  /** How far the server's clock is ahead of the machine's, in milliseconds. It can be set at any time. */
  clockOffsetMs: number;
  /**
   * How long credentials that are issued from now on live, in milliseconds, whatever the client asks for or a role alias
   * says; `undefined` for as long as that. It can be set at any time.
   */
  credentialLifetimeMs: number | undefined;

  /**
   * The environment for a program that should use this AWS as the base user. Variables of `base` are kept, except those
   * whose names start with `AWS_`.
   *
   * @example
   * ```ts
   * import { spawn } from 'node:child_process';
   *
   * spawn('aws', ['sts', 'get-caller-identity'], { env: aws.env(process.env) });
   * ```
   */
  env(base?: Readonly<Record<string, string | undefined>>): Record<string, string>;

  /** Adds a role, or replaces the one with its ARN. */
  putRole(role: LocalRole): void;
  /** Adds a user and returns a key of theirs. */
  addUser(user: LocalUser): LocalCredentials;
  /** Adds a device for one-time codes. */
  addMfaDevice(device: LocalMfaDevice): void;
  /** Adds an S3 bucket; nothing happens to one that exists. */
  createBucket(name: string): void;

  /** A token for AssumeRoleWithWebIdentity, from the one issuer that this STS trusts (`idp.example.com`). */
  issueWebIdentityToken(claims?: IdentityClaims): string;
  /** An assertion for AssumeRoleWithSAML, in base64, from the same issuer. The subject is the session's name. */
  issueSamlAssertion(claims?: IdentityClaims): string;

  /**
   * Makes something go wrong from now on.
   *
   * @throws TypeError when the fault cannot be right.
   *
   * @example
   * ```ts
   * const outage = aws.inject({ service: 'sts', kind: 'error', status: 503, code: 'ServiceUnavailable' });
   * // …
   * outage.stop();
   * aws.inject({ service: 's3', action: 'GetObject', kind: 'latency', ms: 300, times: 10 });
   * ```
   */
  inject(fault: Fault): FaultHandle;

  /**
   * Makes both services refuse one temporary key from now on: S3 with `InvalidToken` (the default) or `ExpiredToken`,
   * STS with `InvalidClientTokenId` or `ExpiredToken`. False when the key is not known or is not a temporary one.
   */
  revoke(accessKeyId: string, as?: RevokedAs): boolean;
  /** The same for every temporary key that was issued so far. Returns how many. */
  revokeAll(as?: RevokedAs): number;

  /**
   * Judges the request that opens an MQTT WebSocket, as the gateway of IoT Core does, for a gateway of your own in front of
   * a broker: whether it was signed for `iotdevicegateway` with credentials that are valid now. Gives their access key id.
   *
   * @throws Error that says why it is refused, and holds nothing of the request.
   *
   * @example
   * ```ts
   * import { createServer } from 'node:http';
   *
   * createServer().on('upgrade', (request, socket) => {
   *   try {
   *     console.log(aws.verifyHandshake(request));
   *   } catch {
   *     socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
   *   }
   * });
   * ```
   */
  verifyHandshake(request: HandshakeRequest): string;

  /** Every request so far, oldest first, also those that are still open. */
  readonly requests: readonly LoggedRequest[];
  /** How many requests fit. `aws.count({ service: 'sts', action: 'AssumeRole' })`. */
  count(filter?: RequestFilter): number;
  /**
   * Resolves when at least `count` requests fit, at once if they do already. Rejects when the signal aborts.
   *
   * @example
   * ```ts
   * await aws.untilCount({ action: 'AssumeRole', state: 'answered' }, 2);
   * ```
   */
  untilCount(filter: RequestFilter, count: number, options?: { readonly signal?: AbortSignal }): Promise<void>;
  /** Calls the listener for every request that arrives (`request`) or is done with (`answer`), and returns what stops that. */
  on(event: RequestEvent, listener: RequestListener): () => void;
  /** Empties the log. */
  clearRequests(): void;

  /** Ends every connection, those of hanging requests included, and frees the port. Twice is fine. */
  close(): Promise<void>;
  /** The same as `close`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** A running loopback AWS that was started with the option `credentialProvider`. */
export interface LocalAwsWithCredentialProvider extends LocalAws {
  /** The AWS IoT credential provider. */
  readonly credentialProvider: LocalCredentialProvider;
}

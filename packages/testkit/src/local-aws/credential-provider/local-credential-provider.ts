/** The credential provider of the loopback AWS, as its users see it. */
import type {
  LocalCertificate,
  LocalCertificateOptions,
  LocalCertificateStatus,
  LocalDevice,
  LocalDeviceOptions,
  LocalRoleAlias,
  LocalServerCertificate,
} from './options.js';

/** TLS handshakes so far. */
export interface LocalHandshakes {
  /** Those in which certificates were exchanged. */
  readonly full: number;
  /** Those that took up an earlier session. */
  readonly resumed: number;
  /** Those that came to nothing: no certificate, an unknown or a revoked one, another name, no common version. */
  readonly refused: number;
}

/**
 * The AWS IoT Core credential provider: HTTPS with client certificates, which answers
 * `GET /role-aliases/<alias>/credentials` with credentials that the loopback S3 and STS accept. There are no role aliases
 * and no devices until they are made.
 *
 * @example
 * ```ts
 * import { startLocalAws } from '@brs/testkit';
 *
 * await using aws = await startLocalAws({ credentialProvider: true });
 * const { credentialProvider } = aws;
 * credentialProvider.putRoleAlias({ roleAlias: 'reader', roleArn: 'arn:aws:iam::123456789012:role/reader' });
 * const lamp = await credentialProvider.createDevice({ thingName: 'lamp' });
 * ```
 */
export interface LocalCredentialProvider {
  /** The name that clients must use. The server listens on 127.0.0.1. */
  readonly host: string;
  readonly port: number;
  /** The authority that has signed the server's certificate, in PEM: what clients must trust. */
  readonly ca: string;
  /** The authority that signs the certificates of devices, in PEM: what a broker or proxy of your own must trust. */
  readonly deviceCa: string;
  /** The handshakes so far. A new picture each time. */
  readonly handshakes: LocalHandshakes;
  /** How many connections are open. */
  readonly connections: number;

  /** Adds a role alias, or replaces the one of that name. */
  putRoleAlias(roleAlias: LocalRoleAlias): void;
  /** Makes a key and a certificate for it, and registers it: active, attached to its thing and its policy. */
  createDevice(options?: LocalDeviceOptions): Promise<LocalDevice>;
  /**
   * Signs and registers a certificate for a key that was made elsewhere, such as in an HSM. Its subject is the request's.
   *
   * @param request a certificate request (PKCS#10) in PEM
   * @throws TypeError when the request cannot be read or is not signed with its own key.
   */
  signCertificate(request: string, options?: LocalCertificateOptions): Promise<LocalCertificate>;
  /** Attaches one more thing to a certificate. */
  attachThing(certificateId: string, thingName: string): void;
  /** Takes a thing off a certificate. */
  detachThing(certificateId: string, thingName: string): void;
  /** Lets a certificate use a role alias; `'*'` for all. */
  allow(certificateId: string, roleAlias: string): void;
  /** Forbids a certificate a role alias, also where all are allowed; `'*'` for all. */
  deny(certificateId: string, roleAlias: string): void;
  /** Connections of a certificate that becomes `REVOKED` are ended. */
  setCertificateStatus(certificateId: string, status: LocalCertificateStatus): void;

  /**
   * The list of all certificates that are `REVOKED` now, in PEM, signed by the devices' authority and good for a day: for
   * a broker or proxy of your own (`ssl_crl` of nginx).
   */
  certificateRevocationList(): Promise<string>;
  /**
   * A certificate for a server of your own, such as a broker or a proxy, that clients trust through {@link ca}. Valid for
   * a year.
   *
   * @param options `names`: DNS names and IP addresses; the first is the subject's
   */
  createServerCertificate(options: { readonly names: readonly string[] }): Promise<LocalServerCertificate>;
  /** Ends every open connection, as a network that fails. Returns how many. */
  endConnections(): number;
}

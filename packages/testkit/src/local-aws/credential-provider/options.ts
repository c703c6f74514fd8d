/** What the credential provider of the loopback AWS can be told, and what it hands out. */

/** A version of TLS, as `node:tls` names it. */
export type LocalTlsVersion = 'TLSv1.2' | 'TLSv1.3';

/** A role alias: the name under which devices ask for the credentials of a role. */
export interface LocalRoleAlias {
  /** 1 to 128 of `[\w=,@-]`. */
  readonly roleAlias: string;
  /** `arn:aws:iam::123456789012:role/reader`. Its role must trust `credentials.iot.amazonaws.com`, or everybody. */
  readonly roleArn: string;
  /** How long credentials live, in seconds from 1 to 43200; AWS allows none under 900. Default: 3600. */
  readonly durationSeconds?: number;
}

/** The options of the credential provider. */
export interface LocalCredentialProviderOptions {
  /**
   * The name that clients must use, in the TLS handshake (SNI) and in the `Host` header, and that the server's
   * certificate has. The server listens on 127.0.0.1, so that the name has to lead there. Default: `localhost`.
   */
  readonly host?: string;
  /** The port on 127.0.0.1. Default: 0, a free one. */
  readonly port?: number;
  /** The oldest version of TLS that the server speaks. Default: `TLSv1.2`. */
  readonly minTlsVersion?: LocalTlsVersion;
  /** The newest version of TLS that the server speaks. Default: `TLSv1.3`. */
  readonly maxTlsVersion?: LocalTlsVersion;
  /** Role aliases that exist from the start. Default: none. */
  readonly roleAliases?: readonly LocalRoleAlias[];
  /**
   * For a proxy in front that verifies client certificates itself. Connections may then come without one, and their
   * requests are those of the certificate in the header `x-forwarded-client-cert`: PEM, percent-encoded, as nginx has it
   * in `$ssl_client_escaped_cert`. Whoever can reach the port can send that header. Default: false.
   */
  readonly trustForwardedCertificate?: boolean;
}

/** What a certificate is good for. */
export interface LocalCertificateOptions {
  /** The thing that the certificate is attached to: 1 to 128 of `[\w:-]`. Default: one that is named after the certificate. */
  readonly thingName?: string;
  /** The role aliases that its policy allows. Default: `['*']`, all. */
  readonly roleAliases?: readonly string[];
  /** When it begins to be valid, by the machine's clock. Default: an hour ago. */
  readonly notBefore?: Date;
  /** When it ends. Default: a year after it has begun. */
  readonly notAfter?: Date;
}

/** A device that is to be made. */
export interface LocalDeviceOptions extends LocalCertificateOptions {
  /** `ec` is P-256, `rsa` has 2048 bits. Default: `ec`. */
  readonly keyType?: 'ec' | 'rsa';
}

/** A certificate that the provider knows. */
export interface LocalCertificate {
  /** PEM. */
  readonly certificate: string;
  /** As in AWS IoT: the SHA-256 of the certificate, 64 hexadecimal digits. It is the name of the role's session. */
  readonly certificateId: string;
  /** The thing that it is attached to. */
  readonly thingName: string;
}

/** A certificate with its key. `JSON.stringify`, `inspect` and spreading leave the key out. */
export interface LocalDevice extends LocalCertificate {
  /** PEM (PKCS#8), not encrypted. Not enumerable. */
  readonly privateKey: string;
}

/** A server's certificate with its key. `JSON.stringify`, `inspect` and spreading leave the key out. */
export interface LocalServerCertificate {
  /** PEM. */
  readonly certificate: string;
  /** PEM (PKCS#8), not encrypted. Not enumerable. */
  readonly privateKey: string;
}

/** `INACTIVE` is answered with 403, `REVOKED` ends the connection in the TLS handshake. */
export type LocalCertificateStatus = 'ACTIVE' | 'INACTIVE' | 'REVOKED';

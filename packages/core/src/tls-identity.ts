/**
 * Who a device is in mutual TLS. Packages that make an identity (`@brs/iot-x509` from files, `@brs/pkcs11` from a token)
 * and packages that use one (`@brs/iot-x509`, `@brs/mqtt`) know each other only by these types.
 *
 * Plain data and promises cross the border, never a native handle: two copies of the native library can be in one process.
 */
import type { FailureClass } from './contract.js';
import { must, type OptionRule } from './options.js';

/** A certificate with a key that can be read, or one with a key that never leaves its token. */
export type TlsIdentity = PemTlsIdentity | Pkcs11TlsIdentity;

/** What an identity gives to whoever does TLS with it: the pair, or where it is. */
export type TlsMaterial = PemMaterial | Pkcs11Material;

/** What an identity can do, by its kind. */
const abilities: Readonly<Record<string, readonly string[]>> = {
  pem: ['read', 'classify'],
  pkcs11: ['open', 'request', 'classify'],
};

/** The rule of an option that takes an identity. */
export const tlsIdentityRule: OptionRule = /* @__PURE__ */ must(
  'a TLS identity, such as pem() or pkcs11() makes',
  (identity?: Readonly<Record<string, unknown>>) =>
    abilities[String(identity?.kind)]?.every?.((name) => typeof identity?.[name] === 'function') === true,
);

/** Asks an identity for its certificate and key, or for where they are. */
export function materialOf(identity: TlsIdentity): Promise<TlsMaterial> {
  return identity.kind === 'pem' ? identity.read() : identity.open();
}

/** What every identity can do. */
interface TlsIdentityBase {
  /** When the certificate in use ends, as far as it is known by now. */
  readonly expiresAt?: Date | undefined;
  /**
   * What an error of this identity's own methods means; `undefined` for an error that is none of its own. Whoever uses
   * the identity asks here first, and judges the rest, such as an answer of the service, by itself.
   */
  classify(error: unknown): FailureClass | undefined;
}

/** A certificate and a private key as text. */
export interface PemTlsIdentity extends TlsIdentityBase {
  readonly kind: 'pem';
  /**
   * The pair as it is now. Files are read again when they were replaced; while nothing has changed, the same object comes
   * back, so that a TLS context can be kept for it. A new certificate without its key, or the other way round, is not yet
   * a pair: the old one is given until both fit.
   */
  read(): Promise<PemMaterial>;
}

/** A certificate and its key. `JSON.stringify` and `inspect` show the certificate alone. */
export interface PemMaterial {
  /** The certificate in PEM, and after it the rest of its chain. */
  readonly certificate: string;
  /** The private key in PEM (PKCS#8), not encrypted. A secret: not enumerable. */
  readonly privateKey: string;
}

/** A certificate whose private key stays in a PKCS#11 token: an HSM, a TPM, a smart card. */
export interface Pkcs11TlsIdentity extends TlsIdentityBase {
  readonly kind: 'pkcs11';
  /**
   * Finds token, key and certificate, and logs in, unless that is done already. What comes back is enough for a library
   * with PKCS#11 support of its own. The module is initialised by then and is never finalised: whoever uses it must do
   * neither. A PIN that the token has refused is not presented again, by anybody: the same error is raised from then on.
   */
  open(): Promise<Pkcs11Material>;
  /** Sends one request over mutual TLS with the key. Connections are kept and used again; redirects are not followed. */
  request(request: TlsRequest): Promise<TlsResponse>;
}

/** Where the key is. `JSON.stringify` and `inspect` show everything but the PIN. */
export interface Pkcs11Material {
  /** The path of the module. */
  readonly modulePath: string;
  /** The slot that holds the token now. */
  readonly slotId: number;
  /** The label of the token. */
  readonly tokenLabel: string;
  /** The label of the private key. */
  readonly keyLabel: string;
  /** The certificate in PEM, and after it the rest of its chain. */
  readonly certificate: string;
  /** The PIN, which the token has accepted; absent for a token that needs none. A secret: not enumerable. */
  readonly pin?: string | undefined;
}

/** A request over mutual TLS. */
export interface TlsRequest {
  /** The name of the server: connected to, sent as SNI, and verified. */
  readonly host: string;
  /** Default 443. */
  readonly port?: number | undefined;
  /** Default `GET`. */
  readonly method?: string | undefined;
  /** With the query, beginning with a slash. */
  readonly path: string;
  /** Beside `Host`, which is sent anyway. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** The authorities that the server's certificate is verified against, in PEM. Default: those of the platform. */
  readonly ca?: string | undefined;
  /** `false` accepts every server: for a test bench, never for a device in the field. Default `true`. */
  readonly verifyServer?: boolean | undefined;
  /** The oldest version of TLS that is accepted. Default `TLSv1.2`. */
  readonly minTlsVersion?: 'TLSv1.2' | 'TLSv1.3' | undefined;
  /** An HTTP proxy to tunnel through, such as `http://proxy.example.com:3128`. Default: none. */
  readonly proxy?: string | undefined;
  /** From the first packet to the last byte of the answer, in milliseconds. */
  readonly timeoutMs: number;
  /** The longest body that is accepted, in bytes; a longer one is an error. */
  readonly maxBodyBytes: number;
  /** Ends the request. */
  readonly signal?: AbortSignal | undefined;
}

/** An answer, whatever its status. */
export interface TlsResponse {
  readonly status: number;
  /** By lower-case name; of repeated headers the first. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

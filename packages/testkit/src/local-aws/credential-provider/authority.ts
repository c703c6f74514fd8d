/**
 * A small certificate authority: signs certificates and revocation lists. It lives in memory and is gone with the server.
 * The X.509 library is loaded when the first authority is made, because few users of the testkit need one.
 */
import { randomBytes, webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import { performance } from 'node:perf_hooks';
import type { Extension, Name } from '@peculiar/x509';

type X509 = typeof import('@peculiar/x509');

/** What is to be certified. */
export interface Certified {
  /** A name such as `CN=localhost`. */
  readonly subject: string | Name;
  /** The public key in DER (SubjectPublicKeyInfo). */
  readonly publicKey: Uint8Array<ArrayBuffer>;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** A client's certificate, or a server's with its names. */
  readonly use: 'client' | { readonly names: readonly string[] };
}

/** An entry of a revocation list. */
export interface Revoked {
  readonly serialNumber: string;
  readonly revokedAt: Date;
}

const dayMs = 86_400_000;
const yearMs = 365 * dayMs;

/** Now by the machine's clock, which is the one that TLS goes by, also where a test has put a `Date` of its own in place. */
const machineTime = (): number => performance.timeOrigin + performance.now();

/** From an hour ago, for a year, or as much of it as is said. */
export function validity(from?: Date, to?: Date): Pick<Certified, 'notBefore' | 'notAfter'> {
  const notBefore = from ?? new Date(machineTime() - 3_600_000);
  return { notBefore, notAfter: to ?? new Date(notBefore.getTime() + yearMs) };
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

export class Authority {
  private constructor(
    private readonly x509: X509,
    private readonly keys: webcrypto.CryptoKeyPair,
    /** The authority's own certificate, in PEM. */
    readonly certificate: string,
    private readonly subject: Name,
  ) {}

  static async create(name: string): Promise<Authority> {
    const x509 = await loadX509();
    const keys = await webcrypto.subtle.generateKey(algorithm, false, ['sign', 'verify']);
    const now = machineTime();
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      serialNumber: serialNumber(),
      name: `CN=${name}`,
      notBefore: new Date(now - dayMs),
      notAfter: new Date(now + 20 * yearMs),
      keys,
      signingAlgorithm: algorithm,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    });
    return new Authority(x509, keys, pem(certificate), certificate.subjectName);
  }

  /** Signs a certificate. */
  async certify(certified: Certified): Promise<{ readonly certificate: string; readonly serialNumber: string }> {
    const { x509, keys } = this;
    const { subject, publicKey, notBefore, notAfter, use } = certified;
    const serial = serialNumber();
    const certificate = await x509.X509CertificateGenerator.create({
      serialNumber: serial,
      subject,
      issuer: this.subject,
      notBefore,
      notAfter,
      publicKey,
      signingKey: keys.privateKey,
      signingAlgorithm: algorithm,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        ...this.#useExtensions(use),
        await x509.AuthorityKeyIdentifierExtension.create(keys.publicKey),
      ],
    });
    return { certificate: pem(certificate), serialNumber: serial };
  }

  /** A revocation list, in PEM, good for a day. */
  async revocationList(revoked: readonly Revoked[]): Promise<string> {
    const { x509, keys } = this;
    const now = machineTime();
    const list = await x509.X509CrlGenerator.create({
      issuer: this.subject,
      thisUpdate: new Date(now - 1000),
      nextUpdate: new Date(now + dayMs),
      entries: revoked.map(({ serialNumber, revokedAt }) => ({ serialNumber, revocationDate: revokedAt })),
      extensions: [await x509.AuthorityKeyIdentifierExtension.create(keys.publicKey)],
      signingAlgorithm: algorithm,
      signingKey: keys.privateKey,
    });
    // The library's own label, CRL, is none that OpenSSL knows.
    return `${x509.PemConverter.encode(list.rawData, 'X509 CRL')}\n`;
  }

  /**
   * Reads a certificate request.
   *
   * @throws TypeError when it cannot be read or is not signed with its own key.
   */
  async readRequest(request: string): Promise<Pick<Certified, 'subject' | 'publicKey'>> {
    try {
      const read = new this.x509.Pkcs10CertificateRequest(request);
      if (await read.verify()) return { subject: read.subjectName, publicKey: new Uint8Array(read.publicKey.rawData) };
    } catch (cause) {
      throw new TypeError('request must be a certificate request (PKCS#10) in PEM.', { cause });
    }
    throw new TypeError('request must be signed with the key that it is for.');
  }

  #useExtensions(use: Certified['use']): Extension[] {
    const { x509 } = this;
    if (use === 'client') return [new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth])];
    const names = use.names.map((value) => ({ type: isIP(value) ? ('ip' as const) : ('dns' as const), value }));
    return [
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(names),
    ];
  }
}

async function loadX509(): Promise<X509> {
  // The library's injection container refuses to start without it.
  await import('reflect-metadata');
  return import('@peculiar/x509');
}

const pem = (data: { toString(format: 'pem'): string }): string => `${data.toString('pem')}\n`;

/** Sixteen random bytes in hexadecimal; the first is such that they are positive and have no zeros in front. */
function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString('hex');
}

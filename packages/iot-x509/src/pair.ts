/**
 * A certificate and its private key: read from PEM or DER, decrypted, and held against each other. The key is kept where
 * neither `inspect` nor `JSON.stringify` looks.
 */
import type { KeyObject, X509Certificate } from 'node:crypto';
import { InvalidOptionsError, type PemMaterial } from '@brs/core';

/** A pair that fits. */
export class Pair implements PemMaterial {
  readonly certificate: string;
  /** When the certificate ends. */
  readonly expiresAt: Date;
  readonly #privateKey: string;

  constructor(certificate: string, privateKey: string, expiresAt: Date) {
    this.certificate = certificate;
    this.expiresAt = expiresAt;
    this.#privateKey = privateKey;
  }

  get privateKey(): string {
    return this.#privateKey;
  }
}

const certificateBlocks = /-----BEGIN (CERTIFICATE)-----[^]+?-----END \1-----/g;
const keyBlocks = /-----BEGIN ((?:[A-Z]+ )?PRIVATE KEY)-----[^]+?-----END \1-----/g;
/** What options of contents take. */
export const formats = 'It takes a path, or the contents in PEM or DER (PKCS#8).';
export const dayMs = 86_400_000;

/** Costs milliseconds, which a process that is not asked for credentials need not pay. */
export const crypto = (): typeof import('node:crypto') => process.getBuiltinModule('node:crypto');

/** The certificates in PEM, the device's first; DER is one certificate. */
export function readCertificates(bytes: Buffer, option: string): string {
  const text = bytes.toString('latin1');
  const blocks: (string | Uint8Array)[] = text.match(certificateBlocks) ?? [bytes];
  try {
    return blocks.map((block) => new (crypto().X509Certificate)(block).toString()).join('');
  } catch {
    // OpenSSL's own error says nothing to a person.
    throw new InvalidOptionsError(option, 'holds no certificate', { hint: formats });
  }
}

/**
 * The private key in a file.
 *
 * @throws InvalidOptionsError, for `passphrase` where that is missing or wrong.
 */
export function readKey(bytes: Buffer, passphrase?: string): KeyObject {
  // Other blocks may stand beside it: the parameters of a curve, a certificate.
  const [key = bytes] = bytes.toString('latin1').match(keyBlocks) ?? [];
  try {
    // The type is for DER alone.
    return crypto().createPrivateKey({ key, passphrase, format: key === bytes ? 'der' : 'pem', type: 'pkcs8' });
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    // Asked for a passphrase without having one, OpenSSL says that it was interrupted.
    if (/MISSING_PASSPHRASE|INTERRUPTED|BAD_DECRYPT|BAD_PASSWORD/.test(code)) {
      const problem =
        passphrase === undefined ? 'is required: the private key is encrypted' : 'is not the one of the private key';
      throw new InvalidOptionsError('passphrase', problem);
    }
    throw new InvalidOptionsError('privateKey', `holds no private key that can be read (${code})`, { hint: formats });
  }
}

/** Holds a key against its certificate. `option` is what the certificate came from. */
export function pairOf(certificate: string, key: KeyObject, option: string): Pair {
  const leaf: X509Certificate = new (crypto().X509Certificate)(certificate);
  if (!leaf.checkPrivateKey(key)) {
    const hint = "The device's own certificate comes first, before its chain.";
    throw new InvalidOptionsError(option, 'and the private key do not belong together', { hint });
  }
  const expiresAt = new Date(leaf.validTo);
  // A clock can be hours off. One that is behind, as after a start without a battery, must not refuse a good certificate.
  if (Date.now() - expiresAt.getTime() > dayMs) {
    const hint = `Renew it. This machine's clock says ${new Date().toISOString()}.`;
    throw new InvalidOptionsError(option, `expired on ${expiresAt.toISOString()}`, { hint });
  }
  return new Pair(certificate, key.export({ type: 'pkcs8', format: 'pem' }) as string, expiresAt);
}

/** From when to when a certificate is valid, in milliseconds since the epoch. */
export function validityOf(certificate: string): { readonly start: number; readonly end: number } {
  const { validFrom, validTo } = new (crypto().X509Certificate)(certificate);
  return { start: Date.parse(validFrom), end: Date.parse(validTo) };
}

/** Certificates: in a token as plain data, and the one that goes with a key, from the token, a file or a text. */
import { type KeyObject, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Pkcs11Error } from './errors.js';
import { findObjects, readAttribute, readText, type Session } from './objects.js';

/** A certificate in a token. */
export interface Certificate {
  readonly label: string;
  /** In hex. The same as that of its key, where both are in the token. */
  readonly id: string;
  readonly subject: string;
  readonly issuer: string;
  /** In hex. */
  readonly serialNumber: string;
  readonly validFrom: Date;
  readonly validTo: Date;
  readonly pem: string;
}

/** All X.509 certificates that the login allows to see. What is there and cannot be read is left out. */
export function readCertificates(session: Session, id?: string): Certificate[] {
  const { ck } = session.module;
  const template = { CLASS: ck.CKO_CERTIFICATE, CERTIFICATE_TYPE: ck.CKC_X_509 };
  const byId = id === undefined ? template : { ...template, ID: Buffer.from(id, 'hex') };
  return findObjects(session, byId).flatMap((object) => {
    const parsed = parse(readAttribute(session, object, 'VALUE') ?? Buffer.alloc(0));
    if (!parsed) return [];
    return {
      label: readText(session, object, 'LABEL'),
      id: readAttribute(session, object, 'ID')?.toString('hex') ?? '',
      subject: parsed.subject,
      issuer: parsed.issuer,
      serialNumber: parsed.serialNumber.toLowerCase(),
      validFrom: new Date(parsed.validFrom),
      validTo: new Date(parsed.validTo),
      pem: parsed.toString(),
    };
  });
}

/**
 * The certificate in the token that has the key's id; of several the one that ends last.
 *
 * @throws Pkcs11Error `CERTIFICATE_NOT_FOUND`; the message lists the certificates that are there.
 */
export function certificateInToken(session: Session, id: string, token: string): string {
  const found = id === '' ? [] : readCertificates(session, id);
  const last = found.sort((a, b) => b.validTo.getTime() - a.validTo.getTime())[0];
  if (last) return last.pem;
  const there = readCertificates(session).map(({ label, id: its }) => `'${label}' (id ${its || 'none'})`);
  throw new Pkcs11Error(
    'CERTIFICATE_NOT_FOUND',
    `The token '${token}' has no certificate of id ${id || '(the key has none)'}. Its certificates: ${there.join(', ') || 'none'}.`,
    'Give the option `certificate`, or put the certificate there with `importCertificate`.',
  );
}

/**
 * The certificates of a PEM text, or of the file that it names: the first is the key's own.
 *
 * @throws Pkcs11Error `CERTIFICATE_NOT_FOUND` or `CERTIFICATE_INVALID`.
 */
export async function readPem(certificate: string): Promise<string> {
  const isText = certificate.includes('-----BEGIN');
  const pem = isText ? certificate : await readCertificateFile(certificate);
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length > 0 && blocks.every((block) => parse(block))) return `${blocks.join('\n')}\n`;
  throw new Pkcs11Error(
    'CERTIFICATE_INVALID',
    isText
      ? 'The PEM text in `certificate` holds no certificate.'
      : `The file ${certificate} holds no certificate in PEM.`,
    'Give the certificate as the authority issued it, in PEM: a text between BEGIN CERTIFICATE and END CERTIFICATE.',
  );
}

async function readCertificateFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new Pkcs11Error(
      'CERTIFICATE_NOT_FOUND',
      `The certificate ${path} could not be read (${(error as NodeJS.ErrnoException).code}).`,
      'Correct the option `certificate`, or the rights of the file.',
      error,
    );
  }
}

/** The first certificate of a PEM text. */
export function leafOf(pem: string): X509Certificate {
  return new X509Certificate(pem);
}

/** Which one it is, in words. */
export function describeCertificate(pem: string): string {
  const { subject, serialNumber, validFrom, validTo } = leafOf(pem);
  const [from, to] = [validFrom, validTo].map((date) => new Date(date).toISOString());
  return `the certificate of ${subject.replaceAll('\n', ', ')}, serial number ${serialNumber.toLowerCase()}, valid from ${from} to ${to}`;
}

/** Whether a certificate was issued for a key. */
export function belongsTo(pem: string, publicKey: KeyObject): boolean {
  return leafOf(pem).publicKey.equals(publicKey);
}

export function mismatch(key: string, pem: string): Pkcs11Error {
  return new Pkcs11Error(
    'CERTIFICATE_MISMATCH',
    `The certificate of ${leafOf(pem).subject.replaceAll('\n', ', ')} was not issued for the private key ${key}.`,
    'Give the certificate that was issued for this key, or choose the key that it was issued for.',
  );
}

function parse(bytes: Buffer | string): X509Certificate | undefined {
  try {
    return new X509Certificate(bytes);
  } catch {
    return undefined;
  }
}

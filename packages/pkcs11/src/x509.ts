/** The ASN.1 of certificate requests and certificates, by @peculiar/x509, which is loaded for it and not before. */
import type { KeyObject } from 'node:crypto';
import { InvalidOptionsError } from '@brs/core';

/** What is to be signed, as Web Crypto has it: an EC signature is `r` and `s`, one after the other. */
type SignBytes = (data: Uint8Array) => Promise<Buffer>;

/**
 * A certificate request (PKCS#10) in PEM, for a key that signs it somewhere else.
 *
 * @throws InvalidOptionsError for a subject that is no distinguished name.
 */
export async function buildRequest(subject: string, publicKey: KeyObject, sign: SignBytes): Promise<string> {
  const { Name, Pkcs10CertificateRequestGenerator } = await load();
  const name = parseName(() => new Name(subject));
  const algorithm =
    publicKey.asymmetricKeyType === 'rsa'
      ? { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
      : { name: 'ECDSA', namedCurve: publicKey.export({ format: 'jwk' }).crv, hash: 'SHA-256' };
  // Of Web Crypto the generator uses these two calls, and of the keys their algorithm.
  const subtle = {
    exportKey: async () => publicKey.export({ type: 'spki', format: 'der' }),
    sign: async (_algorithm: unknown, _key: unknown, data: ArrayBuffer) => sign(new Uint8Array(data)),
  };
  const key = { algorithm } as never;
  const request = await Pkcs10CertificateRequestGenerator.create(
    { name, signingAlgorithm: algorithm, keys: { privateKey: key, publicKey: key } },
    { subtle } as never,
  );
  return `${request.toString('pem')}\n`;
}

/** The fields of a certificate that PKCS#11 wants beside it, in DER. */
export async function derFields(
  certificate: Buffer,
): Promise<{ subject: Buffer; issuer: Buffer; serialNumber: Buffer }> {
  const { X509Certificate } = await load();
  const { subjectName, issuerName, serialNumber } = new X509Certificate(certificate);
  const digits = Buffer.from(serialNumber, 'hex');
  return {
    subject: Buffer.from(subjectName.toArrayBuffer()),
    issuer: Buffer.from(issuerName.toArrayBuffer()),
    serialNumber: Buffer.from([0x02, digits.length, ...digits]),
  };
}

/** It needs metadata on classes, which the polyfill brings. */
async function load(): Promise<typeof import('@peculiar/x509')> {
  await import('reflect-metadata');
  return import('@peculiar/x509');
}

function parseName<Parsed extends { toJSON(): object[] }>(parse: () => Parsed): Parsed {
  try {
    const name = parse();
    if (name.toJSON().length > 0) return name;
  } catch (error) {
    throw new InvalidOptionsError('subject', 'must be a distinguished name, such as CN=gateway-7,O=Example', {
      cause: error,
    });
  }
  throw new InvalidOptionsError('subject', 'must be a distinguished name, such as CN=gateway-7,O=Example');
}

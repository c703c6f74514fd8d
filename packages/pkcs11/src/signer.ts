/** A key in a token as something that signs bytes, for other uses than TLS. */
import type { KeyObject } from 'node:crypto';
import { InvalidOptionsError } from '@brs/core';
import { certificateInToken, leafOf } from './certificates.js';
import { Pkcs11Error } from './errors.js';
import { findKey, type FoundKey, nameKey } from './keys.js';
import { inSession, type Session } from './objects.js';
import { openToken, type OpenToken } from './open-token.js';
import { type KeyOptions, keyRules, locate, type Location } from './options.js';
import { readPublicKey } from './public-key.js';
import { signWith, type SigningHash, toDer } from './sign.js';

/** How to sign. */
export interface SignOptions {
  /** Default `sha256`. */
  readonly hash?: SigningHash | undefined;
  /** Of an EC signature: `der` (the default), as X.509 and TLS want it, or `raw`, as JOSE does. An RSA signature has one form. */
  readonly format?: 'der' | 'raw' | undefined;
}

/** Signs bytes with a key that stays in its token. */
export interface Pkcs11Signer {
  /** `RSA` signs by PKCS#1 v1.5, `EC` by ECDSA. */
  readonly algorithm: 'RSA' | 'EC';
  /** The public key: to export it, or to verify with it. */
  readonly publicKey: KeyObject;
  /**
   * Hashes the bytes and signs the hash in the token, on another thread.
   *
   * @throws Pkcs11Error, when the token is gone, the login to it is refused, and whatever else {@link getSigner} throws.
   */
  sign(data: Uint8Array, options?: SignOptions): Promise<Buffer>;
}

/**
 * A signer for a private key in a token. It works on every platform that the module works on.
 *
 * @throws InvalidOptionsError for bad options.
 * @throws Pkcs11Error when the module, the token or the key is not there, or the login is refused.
 *
 * @example
 * ```ts
 * const signer = await getSigner({ module: 'softhsm2', token: 'gateway', key: 'device', pin: { env: 'TOKEN_PIN' } });
 * const signature = await signer.sign(Buffer.from('hello'));
 * ```
 */
export async function getSigner(options: KeyOptions): Promise<Pkcs11Signer> {
  const location = locate(options, keyRules);
  const { algorithm, publicKey } = await withKey(location, 'Reading a key', (session, key, { slot }) => ({
    algorithm: key.type as 'RSA' | 'EC',
    publicKey: requirePublicKey(session, key, slot.token.label),
  }));
  return {
    algorithm,
    publicKey,
    async sign(data, { hash = 'sha256', format = 'der' } = {}) {
      checkSignOptions(hash, format);
      const signature = await withKey(location, 'Signing', (session, key) => signWith(session, key, data, hash));
      return algorithm === 'EC' && format === 'der' ? toDer(signature) : signature;
    },
  };
}

/** Runs some work with the key in a session of its own, logged in. */
export async function withKey<Result>(
  location: Location,
  doing: string,
  work: (session: Session, key: FoundKey, token: OpenToken) => Result | Promise<Result>,
  access: { write?: boolean } = {},
): Promise<Result> {
  const token = await openToken(location);
  const { label } = token.slot.token;
  return inSession(token, doing, (session) => work(session, findKey(session, location.key, label), token), access);
}

/** The public key, from the token or, where that holds none, from the certificate there. */
export function requirePublicKey(session: Session, key: FoundKey, token: string): KeyObject {
  const own = readPublicKey(session, key.handle);
  if (own) return own;
  try {
    return leafOf(certificateInToken(session, key.id, token)).publicKey;
  } catch (error) {
    throw new Pkcs11Error(
      'KEY_NOT_FOUND',
      `The token '${token}' holds neither a public key nor a certificate for the private key ${nameKey(key)}.`,
      'Keep the public key in the token, with the id of the private one.',
      error,
    );
  }
}

function checkSignOptions(hash: string, format: string): void {
  if (!['sha256', 'sha384', 'sha512'].includes(hash)) {
    throw new InvalidOptionsError('hash', "must be 'sha256', 'sha384' or 'sha512'");
  }
  if (format !== 'der' && format !== 'raw') throw new InvalidOptionsError('format', "must be 'der' or 'raw'");
}

/** Finds what TLS needs, token, key and certificate, and keeps it while the login holds and the certificate is the same. */
import { verify } from 'node:crypto';
import type { Pkcs11Material } from '@brs/core';
import { belongsTo, certificateInToken, leafOf, mismatch, readPem } from './certificates.js';
import { Pkcs11Error } from './errors.js';
import { findKey, type FoundKey, nameKey, requireLabel } from './keys.js';
import { isLoggedIn } from './login.js';
import { inSession, type Session } from './objects.js';
import { openToken, type OpenToken } from './open-token.js';
import type { Location } from './options.js';
import { readPublicKey } from './public-key.js';
import { signWith, toDer } from './sign.js';

/** Prints as everything but the PIN. */
class Material implements Pkcs11Material {
  readonly #pin: () => string | undefined;

  constructor(
    readonly modulePath: string,
    readonly slotId: number,
    readonly tokenLabel: string,
    readonly keyLabel: string,
    readonly certificate: string,
    pin: () => string | undefined,
  ) {
    this.#pin = pin;
  }

  /** On the prototype, where nothing prints it. */
  get pin(): string | undefined {
    return this.#pin();
  }
}

/** Opens what an identity needs, once for all who wait. */
export interface MaterialOpener {
  open(): Promise<Pkcs11Material>;
  /** When the certificate in hand ends. */
  expiresAt(): Date | undefined;
  /** Makes the next `open()` look at everything anew. */
  forget(): void;
}

interface Opened {
  readonly token: OpenToken;
  readonly material: Material;
  readonly key: FoundKey;
  readonly expiresAt: Date;
}

export function materialOpener(location: Location, certificate: string | undefined): MaterialOpener {
  let held: Opened | undefined;
  let opening: Promise<Pkcs11Material> | undefined;

  async function openNow(): Promise<Pkcs11Material> {
    if (held && isLoggedIn(held.token.module, held.token.slot)) held = await renewed(held, certificate);
    else held = await openAnew(location, certificate);
    return held.material;
  }

  return {
    open() {
      opening ??= openNow().finally(() => (opening = undefined));
      return opening;
    },
    expiresAt: () => held?.expiresAt,
    forget: () => (held = undefined),
  };
}

async function openAnew(location: Location, certificate: string | undefined): Promise<Opened> {
  const fromOutside = certificate === undefined ? undefined : await readPem(certificate);
  const token = await openToken(location);
  const { label } = token.slot.token;
  return inSession(token, 'Finding key and certificate', async (session) => {
    const key = findKey(session, location.key, label);
    requireLabel(session, key);
    const pem = fromOutside ?? certificateInToken(session, key.id, label);
    await requireMatch(session, key, pem);
    return { token, key, ...makeMaterial(token, key, pem) };
  });
}

/** A file that was replaced counts as soon as it holds a certificate of this key; until then the one in hand stays. */
async function renewed(held: Opened, certificate: string | undefined): Promise<Opened> {
  if (certificate === undefined) return held;
  try {
    const pem = await readPem(certificate);
    if (pem === held.material.certificate) return held;
    await inSession(held.token, 'Checking a certificate', (session) => requireMatch(session, held.key, pem));
    return { ...held, ...makeMaterial(held.token, held.key, pem) };
  } catch (error) {
    if (error instanceof Pkcs11Error && error.code.startsWith('CERTIFICATE_')) return held;
    throw error;
  }
}

/** By the public key in the token, or where there is none by a signature. */
async function requireMatch(session: Session, key: FoundKey, pem: string): Promise<void> {
  const publicKey = readPublicKey(session, key.handle);
  const fits = publicKey ? belongsTo(pem, publicKey) : await signsFor(session, key, pem);
  if (!fits) throw mismatch(nameKey(key), pem);
}

async function signsFor(session: Session, key: FoundKey, pem: string): Promise<boolean> {
  const { publicKey } = leafOf(pem);
  const isRsa = key.type === 'RSA';
  if ((publicKey.asymmetricKeyType === 'rsa') !== isRsa) return false;
  const proof = Buffer.from('whose key is this');
  const signature = await signWith(session, key, proof, 'sha256');
  return verify('sha256', proof, publicKey, isRsa ? signature : toDer(signature));
}

function makeMaterial(
  { module, slot, pin }: OpenToken,
  { label }: FoundKey,
  pem: string,
): Pick<Opened, 'material' | 'expiresAt'> {
  const material = new Material(module.path, slot.id, slot.token.label, label, pem, pin);
  return { material, expiresAt: new Date(leafOf(pem).validTo) };
}

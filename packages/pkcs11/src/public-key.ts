/** The public half of a key in a token, as a key of Node. */
import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { findObjects, readAttribute, type Session } from './objects.js';

/** The curves that TLS and AWS take, by their object identifier in DER. */
export const curves: Readonly<Record<string, { readonly name: string; readonly bytes: number }>> = {
  '06082a8648ce3d030107': { name: 'P-256', bytes: 32 },
  '06052b81040022': { name: 'P-384', bytes: 48 },
  '06052b81040023': { name: 'P-521', bytes: 66 },
};

/** The public key of a private key, `undefined` where the token does not hold it. */
export function readPublicKey(session: Session, privateKey: Buffer): KeyObject | undefined {
  // An RSA private key knows both halves.
  const own = fromAttributes(session, privateKey);
  if (own) return own;
  const id = readAttribute(session, privateKey, 'ID');
  if (!id?.length) return undefined;
  const found = findObjects(session, { CLASS: session.module.ck.CKO_PUBLIC_KEY, ID: id });
  return found.map((object) => fromAttributes(session, object)).find((key) => key !== undefined);
}

/** The public key of an object that holds it. */
export function fromAttributes(session: Session, object: Buffer): KeyObject | undefined {
  const jwk = rsaKey(session, object) ?? ecKey(session, object);
  return jwk && createPublicKey({ key: jwk, format: 'jwk' });
}

function rsaKey(session: Session, object: Buffer): JsonWebKey | undefined {
  const n = readAttribute(session, object, 'MODULUS');
  const e = readAttribute(session, object, 'PUBLIC_EXPONENT');
  return n?.length && e?.length ? { kty: 'RSA', n: n.toString('base64url'), e: e.toString('base64url') } : undefined;
}

function ecKey(session: Session, object: Buffer): JsonWebKey | undefined {
  const curve = curves[readAttribute(session, object, 'EC_PARAMS')?.toString('hex') ?? ''];
  const point = readAttribute(session, object, 'EC_POINT');
  if (!curve || !point) return undefined;
  // An uncompressed point, in an OCTET STRING as the standard says or, with some modules, bare.
  const bare = point.subarray(-(2 * curve.bytes + 1));
  if (bare[0] !== 4 || bare.length !== 2 * curve.bytes + 1) return undefined;
  const [x, y] = [bare.subarray(1, 1 + curve.bytes), bare.subarray(1 + curve.bytes)];
  return { kty: 'EC', crv: curve.name, x: x.toString('base64url'), y: y.toString('base64url') };
}

/** Makes keys. The private half is text that does not print by accident. */
import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';

const generate = promisify(generateKeyPair);

export interface KeyPair {
  /** DER (SubjectPublicKeyInfo). */
  readonly publicKey: Uint8Array<ArrayBuffer>;
  /** PEM (PKCS#8). */
  readonly privateKey: string;
}

export async function makeKeyPair(type: 'ec' | 'rsa'): Promise<KeyPair> {
  const { publicKey, privateKey } =
    type === 'ec' ? await generate('ec', { namedCurve: 'P-256' }) : await generate('rsa', { modulusLength: 2048 });
  return {
    publicKey: new Uint8Array(publicKey.export({ type: 'spki', format: 'der' })),
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

/** Adds a private key that is not enumerable, so that it is in no JSON, no `inspect` and no copy by spreading. */
export function withPrivateKey<Value extends object>(
  value: Value,
  privateKey: string,
): Value & { readonly privateKey: string } {
  return Object.defineProperty(value, 'privateKey', { value: privateKey }) as Value & { readonly privateKey: string };
}

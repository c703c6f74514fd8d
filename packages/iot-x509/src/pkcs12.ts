/**
 * A device's identity from a PKCS#12 store (`.p12`, `.pfx`). The library that reads it is loaded, and bundled, only where
 * this is used.
 */
import { InvalidOptionsError } from '@brs/core';
import { FileIdentity, type PemIdentity } from './file-identity.js';
import { crypto, type Pair, pairOf, readCertificates } from './pair.js';
import { checkAll, contentsRule, type Passphrase, passphraseRule, withPassphrase } from './pem.js';

/** A PKCS#12 store with a certificate, its private key, and perhaps the chain. */
export interface Pkcs12Options {
  /** A path, or the bytes of the store. */
  readonly file: string | Uint8Array;
  /** The passphrase of the store, or better a function that gets it. */
  readonly passphrase: Passphrase;
}

/**
 * Makes the identity of a device from a PKCS#12 store, for `identity` here and for MQTT. Stores with AES (PBES2) are read,
 * and those with 3DES or RC2 that older programs write. The store is opened when the identity is first used, and again
 * when the file was replaced.
 *
 * @throws InvalidOptionsError (`INVALID_OPTIONS`) when the file cannot be read. What is wrong inside, such as a wrong
 * passphrase, comes with the first use, as an `IotError`.
 *
 * @example
 * ```ts
 * const session = new RefreshableSession({
 *   method: 'iot-x509',
 *   endpoint: 'c2example0.credentials.iot.eu-west-1.amazonaws.com',
 *   roleAlias: 'device',
 *   identity: pkcs12({ file: '/etc/device/identity.p12', passphrase: () => readFile('/run/secrets/p12', 'utf8') }),
 * });
 * ```
 */
export function pkcs12(options: Pkcs12Options): PemIdentity {
  checkAll(options, { file: contentsRule, passphrase: passphraseRule }, ['file', 'passphrase']);
  const { file, passphrase } = options;
  return new FileIdentity(
    { file },
    async (store: Buffer) => withPassphrase(passphrase, (given) => open(store, given)),
    true,
  );
}

interface Bag {
  readonly type: string;
  /** Where the library knows the algorithm, which it does for RSA; else the structure itself is in `asn1`. */
  readonly key?: unknown;
  readonly cert?: unknown;
  readonly asn1?: unknown;
  readonly attributes: { readonly localKeyId?: readonly string[] };
}

/** The parts of the library that are used. */
interface Forge {
  readonly asn1: { fromDer(der: string): unknown; toDer(asn1: unknown): { getBytes(): string } };
  readonly pki: { certificateToAsn1(certificate: unknown): unknown; privateKeyToAsn1(key: unknown): unknown };
  readonly pkcs12: {
    pkcs12FromAsn1(
      asn1: unknown,
      passphrase: string,
    ): { readonly safeContents: readonly { readonly safeBags: readonly Bag[] }[] };
  };
}

async function open(store: Buffer, passphrase: string): Promise<Pair> {
  const forge = await loadForge();
  const bags = readStore(forge, store, passphrase);
  const derOf = (asn1: unknown): Buffer => Buffer.from(forge.asn1.toDer(asn1).getBytes(), 'latin1');

  const keys = bags.filter(({ type }) => /\.12\.10\.1\.[12]$/.test(type));
  const certificates = bags.filter(({ type }) => type.endsWith('.12.10.1.3'));
  const [keyBag] = keys;
  if (!keyBag || keys.length > 1 || !certificates.length) {
    throw invalid(
      `holds ${keys.length} private keys and ${certificates.length} certificates, not one key and its certificate`,
    );
  }
  const key = crypto().createPrivateKey({
    key: derOf(keyBag.asn1 ?? forge.pki.privateKeyToAsn1(keyBag.key)),
    format: 'der',
    type: keyBag.asn1 ? 'pkcs8' : 'pkcs1',
  });
  const chain = certificates.map(({ cert, asn1 }) => derOf(asn1 ?? forge.pki.certificateToAsn1(cert)));
  // The order in a store says nothing.
  const isOwn = (der: Buffer): boolean => new (crypto().X509Certificate)(der).checkPrivateKey(key);
  chain.sort((one, other) => Number(isOwn(other)) - Number(isOwn(one)));
  return pairOf(chain.map((der) => readCertificates(der, 'file')).join(''), key, 'file');
}

/** The library has a part for each format, which add themselves to one object; its entry would load them all. */
async function loadForge(): Promise<Forge> {
  // @ts-expect-error -- the parts have no types
  await import('node-forge/lib/pkcs12.js');
  // @ts-expect-error -- the parts have no types
  return ((await import('node-forge/lib/forge.js')) as { default: Forge }).default;
}

function readStore({ asn1, pkcs12: library }: Forge, store: Buffer, passphrase: string): readonly Bag[] {
  let structure: unknown;
  try {
    structure = asn1.fromDer(store.toString('latin1'));
    return library.pkcs12FromAsn1(structure, passphrase).safeContents.flatMap(({ safeBags }) => safeBags);
  } catch (error) {
    if (structure && /MAC|password/i.test((error as Error).message)) {
      throw new InvalidOptionsError('passphrase', 'is not the one of the store');
    }
    // The library takes the passphrase of a store with AES for bytes, and a letter outside of ASCII has several.
    if (structure && /[^\0-\x7f]/.test(passphrase)) {
      throw new InvalidOptionsError(
        'passphrase',
        'has characters outside of ASCII, with which this store cannot be read',
      );
    }
    // The library's own error can quote what it read.
    throw invalid('is no PKCS#12 store that can be read');
  }
}

function invalid(problem: string): InvalidOptionsError {
  const hint = 'Make one with: openssl pkcs12 -export -inkey key.pem -in cert.pem -out device.p12';
  return new InvalidOptionsError('file', problem, { hint });
}

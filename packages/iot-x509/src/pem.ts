/** A device's identity from a certificate and a private key in PEM or DER, in files or in memory. */
import { checkOptions, InvalidOptionsError, type OptionRule, rule } from '@brs/core';
import { FileIdentity, type PemIdentity } from './file-identity.js';
import { type Pair, pairOf, readCertificates, readKey } from './pair.js';

/**
 * A passphrase, or better a function that gets it: it is called when it is needed, and what it gives is not kept. A line
 * break at its end is dropped.
 */
export type Passphrase = string | (() => string | Promise<string>);

/** A certificate and its private key. */
export interface PemOptions {
  /** A path, PEM text, or the bytes of PEM or DER: the device's own certificate first, and after it its chain. */
  readonly certificate: string | Uint8Array;
  /** A path, PEM text, or the bytes of PEM or DER (PKCS#8): RSA or EC, encrypted or not. */
  readonly privateKey: string | Uint8Array;
  /** For an encrypted key. Where a function is async, the key is checked when it is first used, not at construction. */
  readonly passphrase?: Passphrase | undefined;
}

/** Text or bytes, and not none. */
export const contentsRule: OptionRule = (value, option) =>
  value instanceof Uint8Array && value.length > 0
    ? undefined
    : rule.string(value, option)?.replace('a non-empty string', 'a path, PEM text or bytes');
export const passphraseRule: OptionRule = (value, option) =>
  typeof value === 'function' ? undefined : rule.string(value, option)?.replace('string', 'string or a function');

export const pemRules: Record<keyof PemOptions, OptionRule> = {
  certificate: contentsRule,
  privateKey: contentsRule,
  passphrase: passphraseRule,
};

/**
 * Makes the identity of a device from a certificate and a private key, for `identity` here and for MQTT. The options
 * `certificate`, `privateKey` and `passphrase` of the method are short for it.
 *
 * Files are looked at before every refresh. When both were replaced, the new pair is used; while only one of them was, the
 * old pair is.
 *
 * @throws InvalidOptionsError (`INVALID_OPTIONS`) when a file cannot be read, holds no certificate or key, the passphrase is
 * wrong, the two do not belong together, or the certificate expired more than a day ago.
 *
 * @example
 * ```ts
 * const session = new RefreshableSession({
 *   method: 'iot-x509',
 *   endpoint: 'c2example0.credentials.iot.eu-west-1.amazonaws.com',
 *   roleAlias: 'device',
 *   identity: pem({
 *     certificate: '/etc/device/cert.pem',
 *     privateKey: '/etc/device/key.pem',
 *     passphrase: () => readFile('/run/secrets/key-passphrase', 'utf8'),
 *   }),
 * });
 * ```
 */
export function pem(options: PemOptions): PemIdentity {
  checkAll(options, pemRules, ['certificate', 'privateKey']);
  return pemIdentity(options);
}

/** Checks what a function was given, which may be no options at all. */
export function checkAll(options: object, rules: Record<string, OptionRule>, required: readonly string[]): void {
  const problem = rule.object(options, 'options');
  if (problem) throw new InvalidOptionsError('options', problem);
  checkOptions(options, rules, { required });
}

/** The same from options that were checked. */
export function pemIdentity({ certificate, privateKey, passphrase }: PemOptions): PemIdentity {
  return new FileIdentity({ certificate, privateKey }, (certificateBytes: Buffer, keyBytes: Buffer) => {
    const chain = readCertificates(certificateBytes, 'certificate');
    const pairWith = (given?: string): Pair => pairOf(chain, readKey(keyBytes, given), 'certificate');
    try {
      return pairWith();
    } catch (error) {
      // Nobody is asked for the passphrase of a key that has none.
      if (passphrase === undefined || (error as InvalidOptionsError).option !== 'passphrase') throw error;
      return withPassphrase(passphrase, pairWith);
    }
  });
}

/** Asks for the passphrase, and goes on at once where it comes at once. */
export function withPassphrase<Result>(
  passphrase: Passphrase,
  use: (given: string) => Result,
): Result | Promise<Result> {
  const fail = (cause?: unknown): never => {
    const problem = cause === undefined ? 'must give a string' : 'could not be had';
    throw new InvalidOptionsError('passphrase', problem, { cause });
  };
  // What comes out of a file ends with a line break.
  const check = (given: string): Result => use(typeof given === 'string' ? given.replace(/\r?\n$/, '') : fail());
  let given: string | Promise<string>;
  try {
    given = typeof passphrase === 'function' ? passphrase() : passphrase;
  } catch (error) {
    return fail(error);
  }
  return given instanceof Promise ? given.catch(fail).then(check) : check(given);
}

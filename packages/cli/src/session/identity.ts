/**
 * The TLS identity of a device in a configuration. In a program a function makes it: `identity: pkcs11({ … })`. In a file and
 * in flags the name of that function is an option: `identity: { pkcs11: { … } }`; a `pkcs11:` URI alone says the same.
 */
import { InvalidOptionsError, isSessionError } from '@brs/core';
import { CliError } from '../cli-error.js';
import { isPlainObject, type Options } from '../config/option-path.js';
import type { Merged } from '../config/layers.js';
import { withOrigin } from '../config/origin.js';
import { importPackage } from './load-method.js';

/** The functions that make identities, and their packages. */
const packages = { pkcs11: '@brs/pkcs11', pkcs12: '@brs/iot-x509' } as const;
type Maker = keyof typeof packages;

/** An identity that was written down. */
interface DeclaredIdentity {
  readonly maker: Maker;
  readonly options: Options;
}

/** What is written down; nothing for an identity that is made already. */
function declaredIdentity(identity: unknown): DeclaredIdentity | undefined {
  if (typeof identity === 'string' && /^pkcs11:/i.test(identity))
    return { maker: 'pkcs11', options: { uri: identity } };
  if (!isPlainObject(identity)) return undefined;
  const [[maker, options] = [], ...others] = Object.entries(identity);
  if (others.length > 0 || (maker !== 'pkcs11' && maker !== 'pkcs12')) return undefined;
  if (!isPlainObject(options)) throw new InvalidOptionsError(`identity.${maker}`, 'must be an object with its options');
  return { maker, options };
}

/** What is written down in options of several places. @throws CliError with where it stands, for one that cannot be right. */
export function identityIn(merged: Merged): DeclaredIdentity | undefined {
  try {
    return declaredIdentity(merged.options.identity);
  } catch (error) {
    throw withOrigin(error, merged);
  }
}

/**
 * The options of a session, with the identity made where one is written down.
 *
 * @throws InvalidOptionsError, which names the option as it is written; CliError (missing) for a package that is missing.
 */
export async function withIdentity(options: Options, method: string, folders: readonly string[]): Promise<Options> {
  const { identity } = options;
  const declared = declaredIdentity(identity);
  if (!declared) {
    if (method === 'iot-x509' && (typeof identity === 'string' || (isPlainObject(identity) && !('kind' in identity)))) {
      throw new InvalidOptionsError(
        'identity',
        'must be a `pkcs11:` URI, or hold either `pkcs11` or `pkcs12` with its options',
      );
    }
    return options;
  }
  const { maker } = declared;
  const made = await importMaker(maker, folders);
  const make = (made as Record<Maker, (options: Options) => unknown>)[maker];
  try {
    return { ...options, identity: make(declared.options) };
  } catch (error) {
    if (isSessionError(error) && error.code === 'INVALID_OPTIONS') throw named(error, identity, maker);
    if (error instanceof Error && error.name === 'Pkcs11Error') {
      const { hint } = error as { hint?: string };
      throw new CliError('missing', error.message, { cause: error, ...(hint && { hint }) });
    }
    throw error;
  }
}

/**
 * The package that makes identities of a kind.
 *
 * @throws CliError (missing) when it is not installed.
 */
export function importMaker(maker: Maker, folders: readonly string[]): Promise<unknown> {
  return importPackage(packages[maker], `An identity of ${maker}`, folders);
}

/** The same error, with the name that the option has where it is written. */
function named({ option, message, hint }: InvalidOptionsError, identity: unknown, maker: Maker): InvalidOptionsError {
  const problem = message.slice(`Option \`${option}\` `.length).replace(/\.$/, '');
  const name = typeof identity === 'string' ? 'identity' : `identity.${maker}.${option}`;
  return new InvalidOptionsError(name, problem, { hint });
}

/** `@brs/pkcs11`, loaded for `brs hsm` alone, and its errors in the words of the command line. */
import type { Pkcs11ErrorCode } from '@brs/pkcs11';
import { dirname } from 'node:path';
import { CliError, type exitCode } from '../cli-error.js';
import { withOrigin } from '../config/origin.js';
import { importPackage } from '../session/load-method.js';
import { optionHints, pkcs11Hints } from './hints.js';
import type { Where } from './where.js';

/** What the package exports. */
export type Pkcs11 = typeof import('@brs/pkcs11');

/**
 * Does something with the package.
 *
 * @throws CliError (missing) where it is not installed, and for every error of the package.
 */
export async function withPkcs11<Result>(where: Where, use: (pkcs11: Pkcs11) => Promise<Result>): Promise<Result> {
  const folders = [...(where.configPath ? [dirname(where.configPath)] : []), process.cwd()];
  const pkcs11 = (await importPackage('@brs/pkcs11', 'brs hsm', folders)) as Pkcs11;
  try {
    return await use(pkcs11);
  } catch (error) {
    // The package does not say what its function for the PIN has thrown, which is ours.
    const failure = where.pinFailure();
    if (failure) throw failure;
    if (error instanceof pkcs11.Pkcs11Error) {
      const { code, message, hint } = error;
      throw new CliError(exitOf(code), message, { hint: pkcs11Hints[code] ?? hint, cause: error });
    }
    throw withOrigin(error, where, optionHints);
  }
}

function exitOf(code: Pkcs11ErrorCode): keyof typeof exitCode {
  switch (code) {
    case 'PIN_INCORRECT':
    case 'PIN_LOCKED':
    case 'PIN_FINAL_TRY':
    case 'PIN_EXPIRED':
    case 'KEY_CANNOT_SIGN':
      return 'refused';
    case 'NATIVE_MISSING':
    case 'MODULE_NOT_LOADED':
    case 'TOKEN_NOT_FOUND':
    case 'TOKEN_NOT_INITIALIZED':
    case 'KEY_NOT_FOUND':
    case 'CERTIFICATE_NOT_FOUND':
    case 'PIN_REQUIRED':
    case 'UNSUPPORTED_PLATFORM':
      return 'missing';
    case 'TOKEN_FAILED':
    case 'PIN_UNAVAILABLE':
      return 'unavailable';
    default:
      return 'usage';
  }
}

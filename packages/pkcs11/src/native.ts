/** The two native libraries, loaded when they are first needed: importing this package loads neither. */
import { Pkcs11Error } from './errors.js';

/** What `pkcs11js` exports: the class, and the constants of the standard. */
export type Cryptoki = typeof import('pkcs11js');
/** What `aws-crt` exports. */
export type Crt = typeof import('aws-crt');

/** Calls PKCS#11 modules. It is compiled when it is installed. */
export async function loadCryptoki(): Promise<Cryptoki> {
  try {
    return exportsOf(await import('pkcs11js'));
  } catch (error) {
    throw new Pkcs11Error(
      'NATIVE_MISSING',
      'The package pkcs11js could not be loaded.',
      'It is compiled at installation: allow its build script (pnpm: `onlyBuiltDependencies`), with a C++ compiler, make and Python at hand, and run `npm rebuild pkcs11js`.',
      error,
    );
  }
}

/** Does TLS with keys that stay in a token. It brings binaries for each platform. */
export async function loadCrt(): Promise<Crt> {
  try {
    return exportsOf(await import('aws-crt'));
  } catch (error) {
    throw new Pkcs11Error(
      'NATIVE_MISSING',
      'The package aws-crt could not be loaded.',
      'It has binaries for Linux on x64 and arm64. Install it on the platform where it runs.',
      error,
    );
  }
}

/** A CommonJS module as an ES module sees it has its exports under `default`. */
function exportsOf<Exports>(module: Exports): Exports {
  return (module as { default?: Exports }).default ?? module;
}

/** Makes the TLS identity of a device whose private key stays in a token. It refuses platforms where that cannot work. */
import type { Pkcs11TlsIdentity } from '@brs/core';
import { rule } from '@brs/core';
import { Pkcs11Error } from './errors.js';
import { findToken } from './find-token.js';
import { materialOpener } from './material.js';
import { openModule } from './open-token.js';
import { keyRules, locate, type Pkcs11Options } from './options.js';
import { requester } from './request.js';
import type { Token } from './tokens.js';

/** A device's certificate, with a private key that stays in a token. */
export interface Pkcs11Identity extends Pkcs11TlsIdentity {
  /** When the certificate in use ends, once it was opened. */
  readonly expiresAt: Date | undefined;
  /**
   * What the token says of itself now, such as whether wrong PINs were counted. No PIN is asked for or presented.
   *
   * @throws Pkcs11Error when the module or the token is not there.
   */
  token(): Promise<Token>;
  /**
   * Lets go of the connections. The login stays, because others in the process may need it, and a request after it opens a
   * new connection.
   */
  close(): void;
}

/**
 * A TLS identity from a PKCS#11 token: an HSM, a TPM, a smart card. It works on Linux. Nothing is loaded, opened or asked for
 * before it is used.
 *
 * Calls of the module run on the thread of the process, except signatures: an HSM that is slow to log in to holds it up for
 * that long.
 *
 * @throws InvalidOptionsError (`INVALID_OPTIONS`) for options that are unknown, against their rule, or said twice.
 * @throws Pkcs11Error `UNSUPPORTED_PLATFORM` on macOS and Windows, where the CRT has no TLS with PKCS#11 keys.
 *
 * @example
 * ```ts
 * const identity = pkcs11({
 *   module: 'softhsm2',
 *   token: 'gateway',
 *   key: 'device',
 *   certificate: '/etc/gateway/device.pem',
 *   pin: { file: '/etc/gateway/pin' },
 * });
 * const { slotId, keyLabel } = await identity.open();
 * ```
 */
export function pkcs11(options: Pkcs11Options): Pkcs11Identity {
  const location = locate(options, { ...keyRules, certificate: rule.string });
  if (process.platform !== 'linux') {
    throw new Pkcs11Error(
      'UNSUPPORTED_PLATFORM',
      `Mutual TLS with a PKCS#11 key does not exist on ${process.platform}: the AWS Common Runtime has it on Linux alone.`,
      'Run on Linux, or use a certificate and key from files. Discovery, provisioning and getSigner() work here too.',
    );
  }
  const opener = materialOpener(location, options.certificate);
  const { request, close } = requester(opener);
  return {
    kind: 'pkcs11',
    get expiresAt() {
      return opener.expiresAt();
    },
    token: async () => findToken(await openModule(location), location.token).token,
    open: () => opener.open(),
    request,
    classify: (error) => (error instanceof Pkcs11Error ? error.failure : undefined),
    close,
  };
}

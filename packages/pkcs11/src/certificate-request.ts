/** A certificate request for a key in a token, signed there. */
import { rule } from '@brs/core';
import { type KeyOptions, keyRules, locate } from './options.js';
import { signWith } from './sign.js';
import { requirePublicKey, withKey } from './signer.js';
import { buildRequest } from './x509.js';

/** A request to make. */
export interface CertificateRequestOptions extends KeyOptions {
  /** The name of the device, such as `CN=gateway-7,O=Example`. */
  readonly subject: string;
}

/**
 * A certificate request (PKCS#10, PEM) for a key, signed in the token with SHA-256: what an authority makes the certificate from.
 *
 * @throws InvalidOptionsError for bad options.
 * @throws Pkcs11Error when the token or the key is not there, the login is refused, or the key cannot sign.
 *
 * @example
 * ```ts
 * const csr = await createCertificateRequest({
 *   module: 'softhsm2',
 *   token: 'gateway',
 *   key: 'device',
 *   pin: { file: '/etc/gateway/pin' },
 *   subject: 'CN=gateway-7',
 * });
 * ```
 */
export async function createCertificateRequest(options: CertificateRequestOptions): Promise<string> {
  const location = locate(options, { ...keyRules, subject: rule.string }, ['subject']);
  return withKey(location, 'Signing a certificate request', (session, key, { slot }) =>
    buildRequest(options.subject, requirePublicKey(session, key, slot.token.label), (data) =>
      signWith(session, key, data, 'sha256'),
    ),
  );
}

/** Puts the certificate of a key beside it, into the token. */
import { rule } from '@brs/core';
import { belongsTo, leafOf, mismatch, readPem } from './certificates.js';
import { Pkcs11Error } from './errors.js';
import { nameKey } from './keys.js';
import { findObjects, readAttribute, toAttributes } from './objects.js';
import { type KeyOptions, keyRules, locate } from './options.js';
import { requirePublicKey, withKey } from './signer.js';
import { derFields } from './x509.js';

/** A certificate to put into the token. */
export interface ImportCertificateOptions extends KeyOptions {
  /** The certificate that was issued for the key: PEM text, or the path of a file. Of a chain, the first is taken. */
  readonly certificate: string;
}

/**
 * Puts a certificate into the token beside its key, with the same label and id, so that {@link pkcs11} finds it there. One that
 * is there already is replaced.
 *
 * @throws InvalidOptionsError for bad options.
 * @throws Pkcs11Error `CERTIFICATE_MISMATCH` for a certificate of another key, `CERTIFICATE_INVALID` for one that is none, or when
 * the token or the key is not there.
 *
 * @example
 * ```ts
 * await importCertificate({
 *   module: 'softhsm2',
 *   token: 'gateway',
 *   key: 'device',
 *   pin: { file: '/etc/gateway/pin' },
 *   certificate: 'device.pem',
 * });
 * ```
 */
export async function importCertificate(options: ImportCertificateOptions): Promise<void> {
  const location = locate(options, { ...keyRules, certificate: rule.string }, ['certificate']);
  const leaf = leafOf(await readPem(options.certificate));
  const { subject, issuer, serialNumber } = await derFields(leaf.raw);
  await withKey(
    location,
    'Writing a certificate',
    (session, key, { slot }) => {
      const pem = leaf.toString();
      if (key.id === '') throw withoutId(nameKey(key));
      if (!belongsTo(pem, requirePublicKey(session, key, slot.token.label))) throw mismatch(nameKey(key), pem);
      const { calls, ck } = session.module;
      const known = { CLASS: ck.CKO_CERTIFICATE, CERTIFICATE_TYPE: ck.CKC_X_509, ID: Buffer.from(key.id, 'hex') };
      const before = findObjects(session, known);
      if (before.some((object) => readAttribute(session, object, 'VALUE')?.equals(leaf.raw))) return;
      const template = { ...known, TOKEN: true, PRIVATE: false, LABEL: key.label, VALUE: leaf.raw };
      calls.C_CreateObject(
        session.handle,
        toAttributes(ck, { ...template, SUBJECT: subject, ISSUER: issuer, SERIAL_NUMBER: serialNumber }),
      );
      for (const object of before) calls.C_DestroyObject(session.handle, object);
    },
    { write: true },
  );
}

function withoutId(key: string): Pkcs11Error {
  return new Pkcs11Error(
    'KEY_NOT_FOUND',
    `The private key ${key} has no id, and nothing else ties a certificate to it.`,
    'Give the key an id, or keep the certificate in a file.',
  );
}

/** TLS contexts of the CRT over a key in a token. Each holds a PKCS#11 session of its own, so that one is made and kept. */
import type { Pkcs11Material } from '@brs/core';
import type { io } from 'aws-crt';
import { Pkcs11Error } from './errors.js';
import type { Crt } from './native.js';

/** What a context depends on, besides the key. */
export interface TlsSettings {
  readonly ca: string | undefined;
  readonly verifyServer: boolean;
}

/** By path, and never closed: the module is everybody's. */
const libraries = new Map<string, io.Pkcs11Lib>();

/**
 * A context for a key. The login holds by now, so that the CRT's own finds it and presents nothing.
 *
 * @throws Pkcs11Error `TOKEN_FAILED`, or the CRT's own error.
 */
export function makeContext(
  { io }: Crt,
  material: Pkcs11Material,
  { ca, verifyServer }: TlsSettings,
): io.ClientTlsContext {
  let library = libraries.get(material.modulePath);
  if (!library) {
    // The module is initialised: the CRT must do neither that nor the contrary.
    library = new io.Pkcs11Lib(material.modulePath, io.Pkcs11Lib.InitializeFinalizeBehavior.OMIT);
    libraries.set(material.modulePath, library);
  }
  const options = io.TlsContextOptions.create_client_with_mtls_pkcs11({
    pkcs11_lib: library,
    slot_id: material.slotId,
    token_label: material.tokenLabel,
    private_key_object_label: material.keyLabel,
    cert_file_contents: material.certificate,
    user_pin: material.pin ?? null,
  });
  // With a PKCS#11 key the CRT speaks TLS 1.2 and no other version, whatever its `min_tls_version` says.
  options.verify_peer = verifyServer;
  if (ca !== undefined) options.override_default_trust_store(ca);
  return new io.ClientTlsContext(options);
}

/** The CRT's name of an error, such as `AWS_IO_TLS_ERROR_NEGOTIATION_FAILURE`; empty where it is none of the CRT. */
export function crtName(error: unknown): string {
  const { error_name: name, message = '' } = (error ?? {}) as { error_name?: string; message?: string };
  // What constructors of the CRT throw has the name in its text alone.
  return name ?? /^aws-c-\w+: (AWS_\w+)/.exec(message)?.[1] ?? '';
}

/** What the CRT's error means where it comes from the module. */
export function moduleFailure(error: unknown): Pkcs11Error | undefined {
  const name = crtName(error);
  if (!name.startsWith('AWS_ERROR_PKCS11_')) return undefined;
  const tooOld = name === 'AWS_ERROR_PKCS11_VERSION_UNSUPPORTED';
  return new Pkcs11Error(
    tooOld ? 'MODULE_NOT_LOADED' : 'TOKEN_FAILED',
    `The TLS handshake could not use the key: ${name.replace('AWS_ERROR_PKCS11_', '')}.`,
    tooOld
      ? 'The AWS Common Runtime wants a module that speaks PKCS#11 2.20 or a later version 2.'
      : 'The token was removed, or the login to it was ended. The next request opens it anew.',
    error,
  );
}

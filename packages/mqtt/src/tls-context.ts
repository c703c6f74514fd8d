/**
 * Makes the library's TLS context from an identity. A context is fixed: it keeps the certificate that it was made with, and
 * a client keeps its context.
 */
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { InvalidOptionsError, type TlsMaterial } from '@brs/core';
import type { io } from 'aws-iot-device-sdk-v2';
import type { Sdk } from './sdk.js';

/** The authorities of the option `ca` in PEM. What was given for a path may be anything, and is shown by no error. */
export async function readAuthorities(ca: string | Uint8Array): Promise<string> {
  const isPath = typeof ca === 'string' && !ca.includes('-----BEGIN');
  const content = isPath
    ? await readFile(ca).catch((error: unknown) => {
        throw new InvalidOptionsError('ca', `cannot be read (${(error as NodeJS.ErrnoException).code})`);
      })
    : ca;
  const pem = Buffer.from(content as Uint8Array).toString();
  try {
    new X509Certificate(pem);
  } catch {
    throw new InvalidOptionsError('ca', 'holds no PEM certificate');
  }
  return pem;
}

/** What a context is made of. */
interface TlsSettings {
  readonly alpn: string | false;
  readonly tlsCipherPreference: io.TlsCipherPreference | undefined;
  /** Without it, no client certificate. */
  readonly material: TlsMaterial | undefined;
  /** In PEM. Without them, those of the platform. */
  readonly authorities: string | undefined;
}

/** The context of a connection: with a client certificate for `x509`, without for `websocket`. */
export function tlsContext(
  sdk: Sdk,
  { alpn, tlsCipherPreference, material, authorities }: TlsSettings,
): io.ClientTlsContext {
  const context = material ? withMaterial(sdk, material) : new sdk.io.TlsContextOptions();
  context.alpn_list = alpn ? [alpn] : [];
  if (authorities) context.override_default_trust_store(authorities);
  const preference = tlsCipherPreference ?? defaultPreference(sdk, material);
  if (preference !== undefined) context.tls_cipher_preference = preference;
  return new sdk.io.ClientTlsContext(context);
}

/**
 * TLS 1.2 and 1.3. The library's own default accepts TLS 1.1, and its `min_tls_version` has no effect in Node. With a
 * PKCS#11 key it speaks TLS 1.2 alone, by a preference that must not be changed: RSA keys fail with another one.
 */
function defaultPreference({ io }: Sdk, material: TlsMaterial | undefined): io.TlsCipherPreference | undefined {
  if (material && 'modulePath' in material) return undefined;
  const preference = io.TlsCipherPreference.TLSv1_2_2025_07;
  return io.tls_cipher_preference_is_supported(preference) ? preference : undefined;
}

function withMaterial(sdk: Sdk, material: TlsMaterial): io.TlsContextOptions {
  if (!('modulePath' in material)) {
    return sdk.io.TlsContextOptions.create_client_with_mtls(material.certificate, material.privateKey);
  }
  return sdk.io.TlsContextOptions.create_client_with_mtls_pkcs11({
    pkcs11_lib: pkcs11Library(sdk, material.modulePath),
    user_pin: material.pin ?? null,
    slot_id: material.slotId,
    token_label: material.tokenLabel,
    private_key_object_label: material.keyLabel,
    cert_file_contents: material.certificate,
  });
}

const libraries = new Map<string, io.Pkcs11Lib>();

/** One handle for each module. The identity has initialised the module: it is neither initialised nor finalised here. */
function pkcs11Library({ io }: Sdk, path: string): io.Pkcs11Lib {
  const library = libraries.get(path) ?? new io.Pkcs11Lib(path, io.Pkcs11Lib.InitializeFinalizeBehavior.OMIT);
  libraries.set(path, library);
  return library;
}

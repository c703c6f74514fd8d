/** Two devices at the loopback credential provider, one with its key in a file and one with its key in SoftHSM, and what the CRT needs for each. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeSoftToken } from '@brs-examples/iot-device/soft-token';
import type { TlsIdentity } from '@brs/core';
import { pem } from '@brs/iot-x509';
import { createCertificateRequest, generateKeyPair, importCertificate, pkcs11 } from '@brs/pkcs11';
import crt from 'aws-crt';
import type { RemoteAwsWithProvider } from './remote-aws.js';

const { io } = crt;

export interface BenchDevice {
  readonly identity: TlsIdentity;
  /** The same certificate and key as the CRT's own client has them. */
  readonly context: crt.io.ClientTlsContext;
}

export async function deviceWithFiles(aws: RemoteAwsWithProvider, folder: string): Promise<BenchDevice> {
  const { certificate, privateKey } = await aws.createDevice();
  const files = { certificate: join(folder, 'device.pem'), privateKey: join(folder, 'device-key.pem') };
  await writeFile(files.certificate, certificate);
  await writeFile(files.privateKey, privateKey, { mode: 0o600 });
  const options = io.TlsContextOptions.create_client_with_mtls(certificate, privateKey);
  return { identity: pem(files), context: trusting(aws, options) };
}

export async function deviceWithToken(aws: RemoteAwsWithProvider, folder: string): Promise<BenchDevice> {
  const { module, token, pinFile } = await makeSoftToken(folder, 'bench');
  const location = { module, token, pin: { file: pinFile } };
  const key = 'device';
  await generateKeyPair({ ...location, type: 'ec-p256', label: key });
  const request = await createCertificateRequest({ ...location, key, subject: 'CN=bench' });
  await importCertificate({ ...location, key, certificate: await aws.signCertificate(request) });
  const identity = pkcs11({ ...location, key });
  const { modulePath, slotId, tokenLabel, keyLabel, certificate, pin } = await identity.open();
  const options = io.TlsContextOptions.create_client_with_mtls_pkcs11({
    pkcs11_lib: new io.Pkcs11Lib(modulePath, io.Pkcs11Lib.InitializeFinalizeBehavior.OMIT),
    slot_id: slotId,
    token_label: tokenLabel,
    private_key_object_label: keyLabel,
    cert_file_contents: certificate,
    user_pin: pin ?? null,
  });
  return { identity, context: trusting(aws, options) };
}

function trusting({ provider }: RemoteAwsWithProvider, options: crt.io.TlsContextOptions): crt.io.ClientTlsContext {
  options.override_default_trust_store(provider.ca);
  return new io.ClientTlsContext(options);
}

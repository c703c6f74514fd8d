/** Devices whose key is made in a token of SoftHSM, and their certificates. */
import { createCertificateRequest, generateKeyPair, importCertificate, type TokenOptions } from '@brs/pkcs11';
import type { LocalCertificate, LocalCredentialProvider } from '@brs/testkit';

/** Makes a P-256 key with this label, with a certificate beside it. */
export async function makeTokenDevice(
  provider: LocalCredentialProvider,
  where: TokenOptions,
  label: string,
): Promise<LocalCertificate> {
  await generateKeyPair({ ...where, type: 'ec-p256', label });
  const request = await createCertificateRequest({ ...where, key: label, subject: `CN=${label}` });
  const signed = await provider.signCertificate(request, { thingName: label });
  await importCertificate({ ...where, key: label, certificate: signed.certificate });
  return signed;
}

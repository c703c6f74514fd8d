/** A device in a token: key, request, certificate of the loopback authority. */
import type { LocalAwsWithCredentialProvider as LocalAws, LocalCertificate } from '@brs/testkit';
import {
  createCertificateRequest,
  generateKeyPair,
  importCertificate,
  type KeyPairType,
  type TokenOptions,
} from '../../src/index.js';

/** Makes a key labelled `label` with a certificate beside it. */
export async function makeDevice(
  aws: LocalAws,
  where: TokenOptions,
  label: string,
  type: KeyPairType = 'ec-p256',
): Promise<LocalCertificate> {
  await generateKeyPair({ ...where, type, label });
  return renewDevice(aws, where, label);
}

/** Another certificate for a key that is there. */
export async function renewDevice(aws: LocalAws, where: TokenOptions, label: string): Promise<LocalCertificate> {
  const request = await createCertificateRequest({ ...where, key: label, subject: `CN=${label}` });
  const signed = await aws.credentialProvider.signCertificate(request, { thingName: label });
  await importCertificate({ ...where, key: label, certificate: signed.certificate });
  return signed;
}

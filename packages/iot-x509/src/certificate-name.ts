/** Says which certificate a hint is about: AWS IoT names it by its SHA-256, which nothing on the device shows. */
import { IotError } from './errors.js';
import { crypto } from './pair.js';

/** What was thrown for a request with this certificate (PEM). A hint that speaks of the certificate names it. */
export function withCertificateName(thrown: unknown, certificate: string): unknown {
  if (!(thrown instanceof IotError) || !/ certificate/.test(thrown.failure.hint ?? '')) return thrown;
  const { fingerprint256, subject } = new (crypto().X509Certificate)(certificate);
  const id = fingerprint256.replaceAll(':', '').toLowerCase();
  const hint = `${thrown.failure.hint} Its id is ${id} (${subject.replaceAll('\n', ', ')}).`;
  return new IotError(thrown.code, thrown.message, { ...thrown.failure, hint }, thrown);
}

/** Says which certificate was refused: AWS IoT names it by its SHA-256, which nothing on the device shows. */
import { IotError, type IotErrorCode } from './errors.js';
import { crypto } from './pair.js';

const refusals: ReadonlySet<IotErrorCode> = new Set([
  'CERTIFICATE_REJECTED',
  'CERTIFICATE_NOT_ACCEPTED',
  'ACCESS_DENIED',
  'THING_NOT_ATTACHED',
]);

/** What was thrown for a request with this certificate (PEM), with a hint that names it where that is what was refused. */
export function withCertificateName(thrown: unknown, certificate: string): unknown {
  if (!(thrown instanceof IotError) || !refusals.has(thrown.code)) return thrown;
  const { fingerprint256, subject, validTo } = new (crypto().X509Certificate)(certificate);
  const id = fingerprint256.replaceAll(':', '').toLowerCase();
  const name = `${id} (${subject.replaceAll('\n', ', ')}), valid until ${new Date(validTo).toISOString()}`;
  const failure = { ...thrown.failure, hint: `${thrown.failure.hint} Its id is ${name}.` };
  return new IotError(thrown.code, thrown.message, failure, thrown);
}

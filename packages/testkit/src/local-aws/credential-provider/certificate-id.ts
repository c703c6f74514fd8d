/** How AWS IoT names certificates: by the SHA-256 of their DER, in hexadecimal. */
import type { X509Certificate } from 'node:crypto';

export function certificateIdOf(certificate: X509Certificate): string {
  return certificate.fingerprint256.replaceAll(':', '').toLowerCase();
}

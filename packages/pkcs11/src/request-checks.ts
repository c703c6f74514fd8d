/** What can never be right in a request, said before anything is sent. */
import { X509Certificate } from 'node:crypto';
import { InvalidOptionsError, type TlsRequest } from '@brs/core';
import { tls13Hint } from './diagnosis.js';
import { Pkcs11Error } from './errors.js';

export function checkRequest({ minTlsVersion, path, proxy }: TlsRequest): void {
  if (minTlsVersion === 'TLSv1.3') {
    throw new Pkcs11Error('TLS_VERSION', 'TLS 1.3 is asked for, and a PKCS#11 key cannot do it.', tls13Hint);
  }
  if (!path.startsWith('/')) throw new InvalidOptionsError('path', 'must begin with a slash');
  if (proxy !== undefined && !isProxy(proxy)) {
    throw new InvalidOptionsError('proxy', 'must be an http URL, such as http://proxy.example.com:3128');
  }
}

function isProxy(proxy: string): boolean {
  try {
    const { protocol, username, password } = new URL(proxy);
    // They are decoded when they are used.
    decodeURIComponent(username + password);
    return protocol === 'http:';
  } catch {
    // What is wrong with it is not said: it may hold a password.
    return false;
  }
}

/** Parsing takes a while: it is done when a context is made, not for each request. */
export function checkAuthority(ca: string | undefined): void {
  if (ca !== undefined && !isCertificate(ca)) throw new InvalidOptionsError('ca', 'must be certificates in PEM');
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}

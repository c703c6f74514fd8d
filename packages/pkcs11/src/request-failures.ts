/** Why a request failed, in words, and what a person can do about it. */
import type { TlsRequest } from '@brs/core';
import { describeCertificate } from './certificates.js';
import { type Diagnosis, diagnose } from './diagnosis.js';
import { Pkcs11Error } from './errors.js';
import { crtName } from './tls-context.js';

export async function whyNot(request: TlsRequest, signal: AbortSignal): Promise<Diagnosis | undefined> {
  const { host, port = 443, ca, verifyServer = true, proxy, timeoutMs } = request;
  if (signal.aborted) return undefined;
  return diagnose({ host, port, proxy, ca, verifyServer }, Math.min(timeoutMs / 2, 5000));
}

/** @param certificate the device's, in PEM. */
export function handshakeFailed(
  { host }: TlsRequest,
  cause: unknown,
  found: Diagnosis | undefined,
  certificate: string,
): Pkcs11Error {
  return new Pkcs11Error(
    found?.code ?? 'TLS_FAILED',
    `The TLS handshake with ${host} failed${found ? `: ${found.reason}` : ''}.${found?.certain ? '' : ` The device presents ${describeCertificate(certificate)}.`}`,
    found?.hint ??
      "The server refused the device's certificate, or its own is not trusted, or it insists on TLS 1.3, which a PKCS#11 key cannot do.",
    cause,
  );
}

export function timedOut(request: TlsRequest, found: Diagnosis | undefined): Pkcs11Error {
  if (found?.certain) return handshakeFailed(request, undefined, found, '');
  return new Pkcs11Error(
    'REQUEST_TIMEOUT',
    `${request.host} gave no whole answer within ${request.timeoutMs} ms.`,
    'The next request tries again. Look at the network, and at the proxy if there is one.',
  );
}

export function connectionFailed({ host, port = 443 }: TlsRequest, cause: unknown): Pkcs11Error {
  return new Pkcs11Error(
    'CONNECTION_FAILED',
    `No answer from ${host}, port ${port}: ${crtName(cause) || (cause as Error).message}.`,
    'The next request tries again. Look at the name of the host, the network, and the proxy if there is one.',
    cause,
  );
}

/** @param certificate the device's, in PEM: a server may refuse it by closing the connection, without a word. */
export function connectionCut(request: TlsRequest, cause: Error, certificate: string): Pkcs11Error {
  const { message } = connectionFailed(request, cause);
  return new Pkcs11Error(
    'CONNECTION_FAILED',
    `${message} The device presents ${describeCertificate(certificate)}.`,
    "The next request tries again. If it goes on, the server may refuse the device's certificate without saying so.",
    cause,
  );
}

/**
 * A PKCS#11 identity as `@brs/pkcs11` makes them, but with a key in memory: it sends its requests by itself, and its
 * errors are of a class that only it knows.
 */
import { request as httpsRequest } from 'node:https';
import { buffer } from 'node:stream/consumers';
import type {
  FailureClass,
  PemTlsIdentity,
  Pkcs11Material,
  Pkcs11TlsIdentity,
  TlsRequest,
  TlsResponse,
} from '@brs/core';

/** An error that only the token can classify. */
export class TokenError extends Error {
  constructor(
    message: string,
    readonly failure: FailureClass,
  ) {
    super(message);
  }
}

/** The identity, what it was asked for, and what it should fail with. */
export interface FakeToken extends Pkcs11TlsIdentity {
  readonly requests: TlsRequest[];
  failWith: TokenError | undefined;
}

export function fakeToken(key: PemTlsIdentity): FakeToken {
  const token: FakeToken = {
    kind: 'pkcs11',
    requests: [],
    failWith: undefined,
    classify: (error) => (error instanceof TokenError ? error.failure : undefined),
    async open(): Promise<Pkcs11Material> {
      if (token.failWith) throw token.failWith;
      const { certificate } = await key.read();
      return { modulePath: '/fake.so', slotId: 0, tokenLabel: 'token', keyLabel: 'key', certificate };
    },
    async request(request): Promise<TlsResponse> {
      token.requests.push(request);
      const { certificate: cert, privateKey } = await key.read();
      const { host, port, path, headers, ca, signal } = request;
      return new Promise((resolve, reject) => {
        const sent = httpsRequest({
          host,
          port,
          path,
          headers: { ...headers },
          ca,
          cert,
          key: privateKey,
          signal,
          agent: false,
        });
        sent.on('error', reject);
        sent.on('response', (response) => {
          buffer(response).then(
            (body) =>
              resolve({ status: response.statusCode ?? 0, headers: response.headers as Record<string, string>, body }),
            reject,
          );
        });
        sent.end();
      });
    },
  };
  // The list of requests and their headers is for the test alone.
  return Object.defineProperty(token, 'requests', { enumerable: false });
}

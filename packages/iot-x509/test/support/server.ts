/** An HTTPS server that wants a certificate, keeps what it is asked, and knows no role alias. */
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { LocalServerCertificate } from '@brs/testkit';

/** A request as it came. */
export interface Seen {
  readonly line: string;
  /** The name in the TLS handshake. */
  readonly servername: unknown;
  readonly headers: object;
}

/** Starts it with its certificate and the authority of the devices. */
export async function startServer(
  { certificate, privateKey }: LocalServerCertificate,
  deviceCa: string,
): Promise<AsyncDisposable & { readonly port: number; readonly requests: Seen[] }> {
  const requests: Seen[] = [];
  const server = createServer(
    { cert: certificate, key: privateKey, ca: deviceCa, requestCert: true, rejectUnauthorized: true },
    ({ method, url, headers, socket }, response) => {
      requests.push({
        line: `${method} ${url}`,
        servername: (socket as TLSSocket & { servername?: unknown }).servername,
        headers,
      });
      response.writeHead(404, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ message: 'Role alias does not exist' }));
    },
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    requests,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

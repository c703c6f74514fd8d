/**
 * What stands before the broker's WebSockets, as IoT Core's gateway does: TLS, and the signature of each handshake
 * verified, with credentials that are valid at that moment. Written from the definition of Signature Version 4.
 */
import { createHash, createHmac } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:https';
import { connect, type Socket } from 'node:net';
import type { PemMaterial } from '@brs/core';
import type { Issued, Issuer } from './issuer.js';

/** A handshake that came. */
export interface Handshaken {
  readonly accessKeyId: string;
  /** `accepted`, or why it was not. */
  readonly verdict: string;
}

export interface Gateway extends AsyncDisposable {
  readonly port: number;
  readonly handshakes: Handshaken[];
  /** Ends all connections, as the service does after 24 hours. */
  cut(): void;
}

export async function startGateway(server: PemMaterial, brokerPort: number, issuer: Issuer): Promise<Gateway> {
  const handshakes: Handshaken[] = [];
  const sockets = new Set<Socket>();
  const gateway = createServer({ cert: server.certificate, key: server.privateKey });

  gateway.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    const { verdict, accessKeyId } = verify(request, issuer);
    handshakes.push({ verdict, accessKeyId });
    socket.on('error', () => {});
    if (verdict !== 'accepted') {
      socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
      return;
    }
    const broker = connect(brokerPort, '127.0.0.1', () => {
      const headers = Object.entries(request.headers).map(([name, value]) => `${name}: ${String(value)}\r\n`);
      broker.write(`GET /mqtt HTTP/1.1\r\n${headers.join('')}\r\n`);
      broker.write(head);
      socket.pipe(broker).pipe(socket);
    });
    for (const one of [socket, broker]) {
      sockets.add(one);
      one.on('error', () => {});
      one.on('close', () => {
        sockets.delete(one);
        socket.destroy();
        broker.destroy();
      });
    }
  });
  gateway.listen(0, '127.0.0.1');
  await once(gateway, 'listening');
  const cut = () => sockets.forEach((socket) => socket.destroy());
  return {
    port: (gateway.address() as { port: number }).port,
    handshakes,
    cut,
    async [Symbol.asyncDispose]() {
      cut();
      gateway.close();
      gateway.closeAllConnections();
      await once(gateway, 'close');
    },
  };
}

function verify(request: IncomingMessage, issuer: Issuer): Handshaken {
  const [path = '', query = ''] = (request.url ?? '').split('?');
  const parameters = new Map(query.split('&').map((pair) => pair.split('=') as [string, string]));
  const value = (name: string) => decodeURIComponent(parameters.get(name) ?? '');
  const [accessKeyId = '', date = '', ...scope] = value('X-Amz-Credential').split('/');
  const verdict = (text: string): Handshaken => ({ accessKeyId, verdict: text });
  const credentials = issuer.issued.get(accessKeyId);
  if (path !== '/mqtt') return verdict(`the path is ${path}`);
  if (!credentials) return verdict('the key is unknown');
  if (value('X-Amz-Security-Token') !== credentials.sessionToken) return verdict('the token is another');
  if (scope.join('/') !== 'eu-west-1/iotdevicegateway/aws4_request') return verdict(`the scope is ${scope.join('/')}`);

  const signedAt = value('X-Amz-Date');
  const signedHeaders = value('X-Amz-SignedHeaders');
  const canonicalQuery = [...parameters]
    .filter(([name]) => name !== 'X-Amz-Signature' && name !== 'X-Amz-Security-Token')
    .map(([name, content]) => `${name}=${content}`)
    .sort()
    .join('&');
  const headers = signedHeaders.split(';').map((name) => `${name}:${String(request.headers[name])}\n`);
  const canonical = ['GET', path, canonicalQuery, headers.join(''), signedHeaders, sha256('')].join('\n');
  const toSign = ['AWS4-HMAC-SHA256', signedAt, [date, ...scope].join('/'), sha256(canonical)].join('\n');
  if (hmac(signingKey(credentials, [date, ...scope]), toSign).toString('hex') !== value('X-Amz-Signature')) {
    return verdict('the signature does not match');
  }
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(signedAt) ?? [];
  const signedMs = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (!(Math.abs(signedMs - issuer.now()) < 300_000)) return verdict(`the date is ${signedAt}`);
  if (credentials.revoked) return verdict('the credentials are revoked');
  // At the moment of the signature, to the second that it names: how long it took to get here is the machine's affair.
  return verdict(signedMs < credentials.expiration.getTime() ? 'accepted' : 'the credentials had expired');
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
const signingKey = ({ secretAccessKey }: Issued, scope: readonly string[]) =>
  scope.reduce<string | Buffer>((key, part) => hmac(key, part), `AWS4${secretAccessKey}`);

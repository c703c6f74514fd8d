/** An HTTPS server that wants certificates of devices, and answers as a test says. */
import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { createServer, type ServerOptions } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { LocalAwsWithCredentialProvider as LocalAws } from '@brs/testkit';

export interface DeviceServer {
  readonly port: number;
  /** How many handshakes have succeeded. */
  readonly handshakes: number;
  /** Ends every open connection. */
  endConnections(): void;
  close(): Promise<void>;
}

export async function startServer(
  aws: LocalAws,
  answer: RequestListener,
  options: ServerOptions = {},
): Promise<DeviceServer> {
  const { certificate, privateKey } = await aws.credentialProvider.createServerCertificate({ names: ['localhost'] });
  const server = createServer(
    {
      cert: certificate,
      key: privateKey,
      ca: aws.credentialProvider.deviceCa,
      requestCert: true,
      minVersion: 'TLSv1.2',
      keepAliveTimeout: 60_000,
      ...options,
    },
    answer,
  );
  const sockets = new Set<Socket>();
  let handshakes = 0;
  server.on('secureConnection', (socket: TLSSocket) => {
    handshakes += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endConnections = (): void => sockets.forEach((socket) => socket.destroy());
  return {
    port: (server.address() as AddressInfo).port,
    get handshakes() {
      return handshakes;
    },
    endConnections,
    async close() {
      server.close();
      endConnections();
      await once(server, 'close');
    },
  };
}

/** The name in the certificate of the device that sends a request. */
export const deviceName = (socket: Socket): string => String((socket as TLSSocket).getPeerCertificate().subject?.CN);

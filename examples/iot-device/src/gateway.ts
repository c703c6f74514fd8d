/**
 * What stands before the broker's WebSockets, as IoT Core has it: TLS, and nobody gets through whose request is not signed with
 * credentials that are valid at that moment. mosquitto looks at no signature.
 */
import { once } from 'node:events';
import { createServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { LocalAws } from '@brs/testkit';

/** A running gateway. */
export interface Gateway {
  readonly port: number;
  close(): Promise<void>;
}

/** Starts it in front of a broker. */
export async function startGateway(
  { certificate, privateKey }: { readonly certificate: string; readonly privateKey: string },
  brokerPort: number,
  aws: Pick<LocalAws, 'verifyHandshake'>,
): Promise<Gateway> {
  const open = new Set<Socket>();
  const server = createServer({ cert: certificate, key: privateKey });
  server.on('upgrade', (request, device: Socket, head: Buffer) => {
    try {
      aws.verifyHandshake(request);
    } catch {
      device.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
      return;
    }
    const broker = connect(brokerPort, '127.0.0.1');
    const headers = Object.entries(request.headers).map(([name, value]) => `${name}: ${String(value)}\r\n`);
    broker.write(`GET /mqtt HTTP/1.1\r\n${headers.join('')}\r\n`);
    broker.write(head);
    device.pipe(broker).pipe(device);
    for (const socket of [device, broker]) {
      open.add(socket);
      // Where one side has gone, the other goes.
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        open.delete(socket);
        device.destroy();
        broker.destroy();
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      for (const socket of open) socket.destroy();
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

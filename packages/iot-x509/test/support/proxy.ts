/** An HTTP proxy on loopback that tunnels, or does something worse. */
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

export interface TestProxy extends AsyncDisposable {
  readonly port: number;
  /** What was asked for, with the authorization. */
  readonly asked: { readonly target: string; readonly authorization: string | undefined }[];
  /** What it answers instead of tunnelling; nothing where that is empty. */
  answer: string | undefined;
}

export async function startProxy(): Promise<TestProxy> {
  const sockets = new Set<Socket>();
  const server = createServer();
  const proxy: TestProxy = {
    get port() {
      return (server.address() as AddressInfo).port;
    },
    asked: [],
    answer: undefined,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
  };
  server.on('connection', keep);
  server.on('connect', ({ url = '', headers }: IncomingMessage, client: Socket) => {
    proxy.asked.push({ target: url, authorization: headers['proxy-authorization'] });
    if (proxy.answer !== undefined) return void (proxy.answer && client.end(proxy.answer));
    const upstream = connect(Number(url.split(':').at(-1)), '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      client.pipe(upstream).pipe(client);
    });
    keep(upstream);
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return proxy;
}

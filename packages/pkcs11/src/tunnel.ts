/** The way to a server: a TCP connection, through an HTTP proxy where there is one. The proxy's password appears in no error. */
import type { IncomingMessage } from 'node:http';
import { connect, isIPv6, type Socket } from 'node:net';
import { urlToHttpOptions } from 'node:url';

/** Where a tunnel leads. */
export interface Destination {
  readonly host: string;
  readonly port: number;
  /** The URL of an HTTP proxy. */
  readonly proxy: string | undefined;
}

/** There is no connection. The message says why, in a few words. */
export class NotConnected extends Error {}

const connectTimeoutMs = 10_000;
/** A probe a minute: enough for what forgets silent connections on the way, and little for a metered link. */
const keepAliveMs = 60_000;

/**
 * Opens it. It does not hold the process.
 *
 * @throws NotConnected, or the reason of the signal.
 */
export async function openTunnel(destination: Destination, signal: AbortSignal): Promise<Socket> {
  const socket = await (destination.proxy === undefined
    ? connectTo(destination, signal)
    : connectThrough(destination.proxy, destination, signal));
  // What an error ends, a close follows.
  return socket
    .setNoDelay(true)
    .setKeepAlive(true, keepAliveMs)
    .on('error', () => undefined);
}

function connectTo({ host, port }: Destination, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, signal }).unref();
    socket.setTimeout(connectTimeoutMs, () => socket.destroy(new NotConnected(`not within ${connectTimeoutMs} ms`)));
    socket.once('error', (error: NodeJS.ErrnoException) => reject(reasonOf(error, signal)));
    socket.once('connect', () => resolve(socket.setTimeout(0)));
  });
}

function connectThrough(proxy: string, { host, port }: Destination, signal: AbortSignal): Promise<Socket> {
  const { hostname, port: proxyPort = 80, auth } = urlToHttpOptions(new URL(proxy));
  const authorization = auth && `Basic ${Buffer.from(auth).toString('base64')}`;
  const target = `${inAuthority(host)}:${port}`;
  // Not needed without a proxy.
  const { request } = process.getBuiltinModule('node:http');
  return new Promise((resolve, reject) => {
    const asked = request({
      hostname,
      port: proxyPort,
      method: 'CONNECT',
      path: target,
      agent: false,
      headers: { host: target, ...(authorization && { 'proxy-authorization': authorization }) },
      signal,
    });
    const refuse = ({ statusCode }: IncomingMessage): void => {
      asked.destroy();
      reject(new NotConnected(`the proxy answered ${statusCode}`));
    };
    asked.setTimeout(connectTimeoutMs, () => asked.destroy(new NotConnected('the proxy did not answer in time')));
    asked.on('socket', (socket) => socket.unref());
    asked.on('response', refuse);
    asked.on('connect', (response, socket: Socket, head: Buffer) => {
      if (response.statusCode !== 200) {
        socket.destroy();
        return refuse(response);
      }
      socket.unshift(head);
      resolve(socket.setTimeout(0));
    });
    asked.on('error', (error: NodeJS.ErrnoException) => {
      reject(reasonOf(error, signal, 'the proxy could not be reached, '));
    });
    asked.end();
  });
}

function reasonOf(error: NodeJS.ErrnoException, signal: AbortSignal, where = ''): Error {
  if (signal.aborted) return signal.reason as Error;
  if (error instanceof NotConnected) return error;
  return new NotConnected(`${where}${error.code ?? error.message}`, { cause: error });
}

/** A host as it stands before its port, where an address of IPv6 has brackets. */
export function inAuthority(host: string): string {
  return isIPv6(host) ? `[${host}]` : host;
}

/** The request of a refresh as the CRT's own HTTP client sends it, and nothing around it. */
import crt from 'aws-crt';
import type { RemoteAwsWithProvider } from './remote-aws.js';

const { http, io } = crt;
const { STREAM } = io.SocketType;
const { IPV4 } = io.SocketDomain;

export function connect(
  { provider }: RemoteAwsWithProvider,
  context: crt.io.ClientTlsContext,
): Promise<crt.http.HttpClientConnection> {
  const { host, port } = provider;
  return new Promise((resolve, reject) => {
    const socket = new io.SocketOptions(STREAM, IPV4, 10_000);
    const tls = new io.TlsConnectionOptions(context, host);
    const connection = new http.HttpClientConnection(undefined, host, port, socket, tls);
    connection.on('connect', () => resolve(connection));
    connection.on('error', reject);
  });
}

/** Resolves when the whole answer is there. */
export function send(
  { provider }: RemoteAwsWithProvider,
  connection: crt.http.HttpClientConnection,
  path: string,
): Promise<void> {
  const headers = new http.HttpHeaders([['Host', `${provider.host}:${provider.port}`]]);
  const stream = connection.request(new http.HttpRequest('GET', path, headers));
  return new Promise((resolve, reject) => {
    let status = 0;
    stream.on('response', (received) => (status = received));
    stream.on('end', () => (status === 200 ? resolve() : reject(new Error(`The provider answered ${status}.`))));
    stream.on('error', reject);
    stream.activate();
  });
}

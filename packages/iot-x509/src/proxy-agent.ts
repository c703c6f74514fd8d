/** An HTTPS agent that reaches its server through an HTTP proxy, by CONNECT. The proxy's password appears in no error. */
import type { Agent, RequestOptions } from 'node:https';
import type { Socket } from 'node:net';
import { urlToHttpOptions } from 'node:url';
import { IotError } from './errors.js';

type Connect = (
  options: RequestOptions & { socket?: Socket },
  done?: (error: Error | null, socket?: Socket) => void,
) => Socket | undefined;

/** Makes every new connection of an agent go through a proxy. Connections are kept and TLS sessions resumed as ever. */
export function connectThrough(agent: Agent, proxy: URL, timeoutMs: number): void {
  const { hostname, port = 80, auth } = urlToHttpOptions(proxy);
  const authorization = auth && `Basic ${Buffer.from(auth).toString('base64')}`;
  const { request } = process.getBuiltinModule('node:http');
  const direct = agent as unknown as { createConnection: Connect };
  const connect = direct.createConnection.bind(agent);

  direct.createConnection = (options, done = () => {}) => {
    const target = `${options.host}:${options.port}`;
    const asked = request({
      hostname,
      port,
      method: 'CONNECT',
      path: target,
      agent: false,
      headers: { host: target, ...(authorization && { 'proxy-authorization': authorization }) },
      signal: AbortSignal.timeout(timeoutMs),
    });
    const fail = (how: string, cause?: unknown): void => {
      const hint = 'Check `proxy`, its user and password, and what it lets through.';
      done(new IotError('PROXY_FAILED', `The proxy ${how}.`, { kind: 'recoverable', hint }, { cause }));
    };
    // The request that waits for the tunnel has a timer that holds the process; the tunnel alone does not.
    asked.once('socket', (socket) => socket.unref());
    asked.once('connect', ({ statusCode }, socket: Socket) => {
      if (statusCode === 200) return done(null, connect({ ...options, socket: socket.ref() }));
      socket.destroy();
      fail(`answered ${statusCode}`);
    });
    asked.once('error', (error: NodeJS.ErrnoException) => fail(`could not be reached (${error.code})`, error));
    asked.end();
    return undefined;
  };
}

import { inspect } from 'node:util';
import { RefreshableSession } from '@brs/core';
import { describe, expect, it } from 'vitest';
import { mqtt, mqtt311 } from '../src/index.js';
import { pemIdentity } from './support/devices.js';
import { Issuer } from './support/issuer.js';

const endpoint = 'a1b2c3-ats.iot.eu-west-1.amazonaws.com';
const identity = pemIdentity({ certificate: 'certificate', privateKey: 'planted-key' });

async function problem(
  options: object,
  over: (session: never, options: never) => Promise<object> = mqtt,
): Promise<string> {
  await using session = new RefreshableSession({ strategy: new Issuer().strategy() });
  const error: unknown = await over(session as never, options as never).then(
    () => expect.fail('it was made'),
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({ code: 'INVALID_OPTIONS' });
  expect(inspect(error) + JSON.stringify(error)).not.toContain('planted');
  return (error as Error).message;
}

describe('options', () => {
  it.each<[string, object]>([
    ['`endpoint` is required', {}],
    [
      '`endpoint` is the endpoint of the credential provider',
      { endpoint: 'a.credentials.iot.eu-west-1.amazonaws.com' },
    ],
    ['`options` must be an object', null as never],
    ['`hostName` is unknown; known are ackTimeoutSeconds', { endpoint, hostName: 'a' }],
    ['`tlsCtx` is unknown', { endpoint, tlsCtx: {} }],
    ['`transport` must be', { endpoint, transport: 'tcp' }],
    ["`transport` is 'x509', and there is no TLS identity", { endpoint, transport: 'x509' }],
    ['`identity` must be a TLS identity', { endpoint, identity: { kind: 'pem', certificate: 'planted' } }],
    ["`identity` is for the transport 'x509'", { endpoint, transport: 'websocket', identity }],
    ["`alpn` is for the transport 'x509'", { endpoint, alpn: 'mqtt' }],
    ['`alpn` must be a non-empty string', { endpoint, identity, alpn: '' }],
    ["`region` is required for the transport 'websocket'", { endpoint: 'localhost' }],
    ["`region` is for the signature of the transport 'websocket'", { endpoint, identity, region: 'eu-west-1' }],
    ['`port` must be a port from 1 to 65535, got number 0', { endpoint, port: 0 }],
    ['`port` must be a port from 1 to 65535, got string', { endpoint, port: '443' }],
    ['`ca` must be PEM text, its bytes, or a path, got an empty string', { endpoint, ca: '' }],
    ['`ca` cannot be read (ENOENT)', { endpoint, ca: '/nonexistent/planted.pem' }],
    ['`ca` holds no PEM certificate', { endpoint, ca: '-----BEGIN planted' }],
    ['`ca` holds no PEM certificate', { endpoint, ca: Buffer.from('planted') }],
    ['`proxy` must be the URL of an HTTP proxy', { endpoint, proxy: 'planted' }],
    ['`httpProxyOptions` cannot be given beside `proxy`', { endpoint, proxy: 'http://a', httpProxyOptions: {} }],
    ['`clientId` must be a non-empty string', { endpoint, clientId: '' }],
    ['`minReconnectDelayMs` must be a whole number of milliseconds', { endpoint, minReconnectDelayMs: -1 }],
    ['`connectProperties.clientId` is unknown', { endpoint, connectProperties: { clientId: 'a' } }],
    ['`connectProperties.keepAlive` is unknown', { endpoint, connectProperties: { keepAlive: 30 } }],
    ['`connectProperties.password` must be a string or bytes', { endpoint, connectProperties: { password: {} } }],
    ['`connectProperties.will.topicName` is required', { endpoint, connectProperties: { will: { qos: 1 } } }],
    ['`connectProperties.will.retian` is unknown', { endpoint, connectProperties: { will: { retian: true } } }],
  ])('%s', async (expected, options) => {
    expect(await problem(options)).toContain(`Option ${expected}`);
  });

  it.each<[string, object]>([
    ['`clientId` is required', { endpoint }],
    ['`cleanSession` is unknown; known are alpn', { endpoint, clientId: 'a', cleanSession: true }],
    ['`keep_alive` must be a whole number of seconds', { endpoint, clientId: 'a', keep_alive: 0.5 }],
    [
      '`proxy_options` cannot be given beside `proxy`',
      { endpoint, clientId: 'a', proxy: 'http://a', proxy_options: {} },
    ],
    ['`will.topic` is required', { endpoint, clientId: 'a', will: { qos: 1 } }],
  ])('%s of MQTT 3.1.1', async (expected, options) => {
    expect(await problem(options, mqtt311)).toContain(`Option ${expected}`);
  });
});

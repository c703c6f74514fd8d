import { inspect } from 'node:util';
import { RefreshableSession } from '@brs/core';
import { io, mqtt5 } from 'aws-iot-device-sdk-v2';
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
    [
      '`httpProxyOptions` cannot be given beside `proxy`',
      { endpoint, proxy: 'http://a', httpProxyOptions: { create_native_handle() {} } },
    ],
    ["`httpProxyOptions` must be the library's http.HttpProxyOptions", { endpoint, httpProxyOptions: {} }],
    ["`socketOptions` must be the library's io.SocketOptions", { endpoint, socketOptions: { connect_timeout_ms: 1 } }],
    ["`clientBootstrap` must be the library's io.ClientBootstrap", { endpoint, clientBootstrap: null }],
    ["`sessionBehavior` must be a member of the library's enumeration, 0 to 3", { endpoint, sessionBehavior: 4 }],
    ['`maxReconnectDelayMs` must be a whole number of milliseconds', { endpoint, maxReconnectDelayMs: 2 ** 32 }],
    [
      '`connectProperties.keepAliveIntervalSeconds` must be a whole number of seconds from 0 to 65535, got number 65536',
      { endpoint, connectProperties: { keepAliveIntervalSeconds: 65_536 } },
    ],
    [
      '`connectProperties.userProperties` must be an array of { name, value }',
      { endpoint, connectProperties: { userProperties: [{ name: 'planted' }] } },
    ],
    [
      "`connectProperties.will.qos` must be a member of the library's enumeration, 0 to 2",
      { endpoint, connectProperties: { will: { topicName: 'a', qos: 3 } } },
    ],
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

  it.each([undefined, null, {}, { endpoint }])('no session, but %o', async (session) => {
    await expect(mqtt(session as never, { endpoint })).rejects.toMatchObject({
      code: 'INVALID_OPTIONS',
      message: expect.stringContaining('Option `session` must be a RefreshableSession, got '),
    });
  });

  it('of the enumerations has every member that the library has, and no other', () => {
    const lastOf = (members: object) => Math.max(...Object.values(members).filter(Number.isInteger));
    expect(lastOf(mqtt5.QoS)).toBe(2);
    expect(lastOf(mqtt5.PayloadFormatIndicator)).toBe(1);
    expect(lastOf(mqtt5.ClientSessionBehavior)).toBe(3);
    expect(lastOf(mqtt5.RetryJitterType)).toBe(3);
    expect(lastOf(mqtt5.ClientOperationQueueBehavior)).toBe(3);
    expect(lastOf(mqtt5.ClientExtendedValidationAndFlowControl)).toBe(1);
    expect(lastOf(io.TlsCipherPreference)).toBeLessThan(256);
  });

  it.each<[string, object]>([
    ['`clientId` is required', { endpoint }],
    ['`cleanSession` is unknown; known are alpn', { endpoint, clientId: 'a', cleanSession: true }],
    ['`keep_alive` must be a whole number of seconds', { endpoint, clientId: 'a', keep_alive: 0.5 }],
    [
      '`proxy_options` cannot be given beside `proxy`',
      { endpoint, clientId: 'a', proxy: 'http://a', proxy_options: { create_native_handle() {} } },
    ],
    ['`will.topic` is required', { endpoint, clientId: 'a', will: { qos: 1 } }],
  ])('%s of MQTT 3.1.1', async (expected, options) => {
    expect(await problem(options, mqtt311)).toContain(`Option ${expected}`);
  });
});

import { once } from 'node:events';
import { RefreshableSession } from '@brs/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mqtt, mqtt311, type MqttOptions } from '../src/index.js';
import { type Certificates, createCertificates, pemIdentity } from './support/devices.js';
import { Issuer } from './support/issuer.js';
import { type Broker, mosquitto, startBroker } from '@brs-tests/support/mosquitto';

const text = (payload: unknown) => Buffer.from(payload as ArrayBuffer).toString();

describe.skipIf(mosquitto === undefined)('mutual TLS', () => {
  let certificates: Certificates;
  let broker: Broker;
  let common: Pick<MqttOptions, 'endpoint' | 'port' | 'ca'>;

  beforeAll(async () => {
    certificates = await createCertificates();
    broker = await startBroker(certificates);
    common = { endpoint: 'localhost', port: broker.tlsPort, ca: certificates.serverCa };
  });
  afterAll(() => broker[Symbol.asyncDispose]());

  const newSession = () => new RefreshableSession({ strategy: new Issuer().strategy() });

  it.each(['rsa', 'ec'] as const)('connects over MQTT 5 with a key of type %s', async (keyType) => {
    await using session = newSession();
    const identity = pemIdentity(await certificates.createDevice(keyType));
    await using client = await mqtt(session, { ...common, identity, clientId: `five-${keyType}` });
    const received = once(client, 'messageReceived');
    client.start();
    await client.subscribe({ subscriptions: [{ topicFilter: `five/${keyType}`, qos: 1 }] });
    await client.publish({ topicName: `five/${keyType}`, qos: 1, payload: 'on' });
    expect(text((await received)[0].message.payload)).toBe('on');
  });

  it.each(['rsa', 'ec'] as const)('connects over MQTT 3.1.1 with a key of type %s', async (keyType) => {
    await using session = newSession();
    const identity = pemIdentity(await certificates.createDevice(keyType));
    await using connection = await mqtt311(session, { ...common, identity, clientId: `three-${keyType}` });
    await connection.connect();
    const received = once(connection, 'message');
    await connection.subscribe(`three/${keyType}`, 1);
    await connection.publish(`three/${keyType}`, 'on', 1);
    const [topic, payload] = await received;
    expect([topic, text(payload)]).toEqual([`three/${keyType}`, 'on']);
  });
});

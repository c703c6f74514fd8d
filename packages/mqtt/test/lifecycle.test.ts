import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { RefreshableSession } from '@brs/core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { mqtt, mqtt311, type MqttOptions, type SessionMqttClient } from '../src/index.js';
import { type Certificates, createCertificates, pemIdentity } from './support/devices.js';
import { Issuer } from './support/issuer.js';
import { type Broker, mosquitto, startBroker } from '@brs-tests/support/mosquitto';

const closed = { code: 'SESSION_CLOSED' };

describe.skipIf(mosquitto === undefined)('the life of a client', () => {
  let certificates: Certificates;
  let broker: Broker;
  let options: MqttOptions;
  const newSession = () => new RefreshableSession({ strategy: new Issuer().strategy() });
  const textOf = (payload: unknown) => Buffer.from(payload as ArrayBuffer).toString();

  beforeAll(async () => {
    certificates = await createCertificates();
    broker = await startBroker(certificates);
    const identity = pemIdentity(await certificates.createDevice());
    options = { endpoint: 'localhost', port: broker.tlsPort, ca: certificates.serverCa, identity };
  });
  afterAll(() => broker[Symbol.asyncDispose]());

  const connected = async (client: SessionMqttClient) => {
    const success = once(client, 'connectionSuccess');
    client.start();
    await success;
  };

  it('ends with its session', async () => {
    const session = newSession();
    const [client, idle] = await Promise.all([mqtt(session, options), mqtt(session, options)]);
    const connection = await mqtt311(session, { ...options, clientId: 'three' } as never);
    await Promise.all([connected(client), connection.connect()]);
    const ends: string[] = [];
    client.on('stopped', () => ends.push('stopped'));
    connection.on('closed', () => ends.push('closed'));
    await session.close();
    expect(ends.sort()).toEqual(['closed', 'stopped']);
    expect(() => idle.start()).toThrow(expect.objectContaining(closed));
    await Promise.all([client, idle, connection].map((one) => one[Symbol.asyncDispose]()));
    expect(() => client.start()).toThrow(expect.objectContaining(closed));
    await expect(connection.connect()).rejects.toMatchObject(closed);
    await expect(client.publish({ topicName: 'a', qos: 1 })).rejects.toThrow('The MQTT client is closed.');
    await expect(mqtt(session, options)).rejects.toMatchObject(closed);
    await expect(mqtt311(session, { ...options, clientId: 'three' } as never)).rejects.toMatchObject(closed);
  });

  it('is not made where the session closes meanwhile', async () => {
    const session = newSession();
    const making = mqtt(session, options);
    await session.close();
    await expect(making).rejects.toMatchObject(closed);
  });

  it('leaves the session alone that outlives it', async () => {
    await using session = newSession();
    {
      await using client = await mqtt(session, options);
      await connected(client);
    }
    await using other = await mqtt(session, options);
    await connected(other);
    await expect(session.getCredentials()).resolves.toMatchObject({ accessKeyId: 'ASIA1' });
  });

  it.each<[string, (client: SessionMqttClient) => void]>([
    ['never started', () => {}],
    ['just started', (client) => client.start()],
    ['just started and stopped', (client) => [client.start(), client.stop()]],
    ['started, stopped and started', (client) => [client.start(), client.stop(), client.start()]],
    ['stopped only', (client) => client.stop()],
    ['closed by hand', (client) => client.close()],
    ['closed by hand while it starts', (client) => [client.start(), client.close()]],
  ])('is disposed of when it was %s', async (_, prepare) => {
    await using session = newSession();
    const client = await mqtt(session, options);
    prepare(client);
    await client[Symbol.asyncDispose]();
    await client[Symbol.asyncDispose]();
    expect(() => client.start()).toThrow('The MQTT client is closed.');
  });

  it('says that it stopped, however early it was told to', async () => {
    await using session = newSession();
    await using client = await mqtt(session, options);
    for (let round = 0; round < 20; round++) {
      const stopped = once(client, 'stopped');
      client.start();
      client.stop();
      await stopped;
    }
    client.start();
    client.stop();
    await connected(client);
    await expect(client.publish({ topicName: 'a', qos: 1 })).resolves.toBeDefined();
  });

  it.each(['unconnected', 'connecting', 'failed', 'disconnecting', 'disconnected'])(
    'is disposed of as a connection of MQTT 3.1.1 that is %s',
    async (state) => {
      await using session = newSession();
      const port = state === 'failed' ? broker.plainPort : broker.tlsPort;
      const connection = await mqtt311(session, { ...options, port, clientId: `three-${state}` } as never);
      const attempt = state === 'unconnected' ? undefined : connection.connect().catch(() => 'failed');
      if (state === 'failed') expect(await attempt).toBe('failed');
      if (state.startsWith('disconnect')) await attempt;
      if (state === 'disconnecting') void connection.disconnect();
      if (state === 'disconnected') await connection.disconnect();
      await connection[Symbol.asyncDispose]();
      await connection[Symbol.asyncDispose]();
      await attempt;
      await expect(connection.connect()).rejects.toThrow('closed');
    },
  );

  it('hands on the rest of the options: the will of a client that is cut off, not of one that ends in order', async () => {
    await using session = newSession();
    await using watcher = await mqtt(session, { ...options, clientId: 'watcher' });
    const messages: string[] = [];
    watcher.on('messageReceived', ({ message }) => messages.push(textOf(message.payload)));
    await connected(watcher);
    await watcher.subscribe({ subscriptions: [{ topicFilter: 'wills/#', qos: 1 }] });
    const withWill = (clientId: string): MqttOptions => ({
      ...options,
      clientId,
      connectProperties: { will: { topicName: `wills/${clientId}`, qos: 1, payload: `${clientId} is gone` } },
    });
    {
      await using orderly = await mqtt(session, withWill('orderly'));
      await connected(orderly);
    }
    // The library's own `stop()` sends no DISCONNECT unless it is given one.
    await using abrupt = await mqtt(session, withWill('abrupt'));
    await connected(abrupt);
    abrupt.stop();
    await vi.waitFor(() => expect(messages).toEqual(['abrupt is gone']), 20_000);
    await using first = await mqtt(session, withWill('taken-over'));
    await connected(first);
    const cut = once(first, 'disconnection');
    // The broker cuts a client off whose id another one takes.
    await using second = await mqtt(session, { ...options, clientId: 'taken-over' });
    await connected(second);
    await cut;
    first.stop();
    await vi.waitFor(() => expect(messages).toEqual(['abrupt is gone', 'taken-over is gone']), 20_000);
  });

  it('hands on the offline queue: what waits while there is no connection, and what does not', async () => {
    await using session = newSession();
    await using waiting = await mqtt(session, options);
    const published = waiting.publish({ topicName: 'a', qos: 1, payload: 'b' });
    waiting.start();
    await expect(published).resolves.toMatchObject({ reasonCode: 16 });

    await using failing = await mqtt(session, { ...options, offlineQueueBehavior: 3 });
    const failed = failing.publish({ topicName: 'a', qos: 1, payload: 'b' });
    await expect(failed).rejects.toContain('AWS_ERROR_MQTT5_OPERATION_FAILED_DUE_TO_OFFLINE_QUEUE_POLICY');
  });

  it('lets the process end when all is stopped', async () => {
    // Within the package, from which its imports are found.
    const folder = new URL('../.tmp/', import.meta.url);
    await mkdir(folder, { recursive: true });
    const script = fileURLToPath(new URL(`exit-${process.pid}.mjs`, folder));
    const { ca, endpoint, port, identity } = options as { identity: ReturnType<typeof pemIdentity> } & MqttOptions;
    await writeFile(
      script,
      `
      import { defineStrategy, RefreshableSession } from '@brs/core';
      import { mqtt, mqtt311 } from '../dist/index.js';
      const strategy = defineStrategy({ name: 'none', acquire: async () => ({}) });
      const pair = ${JSON.stringify({ certificate: identity.pair.certificate, privateKey: identity.pair.privateKey })};
      const identity = { kind: 'pem', read: async () => pair, classify: () => undefined };
      const options = ${JSON.stringify({ ca, endpoint, port })};
      export const session = new RefreshableSession({ strategy });
      export const client = await mqtt(session, { ...options, identity });
      export const idle = await mqtt(session, { ...options, identity });
      export const connection = await mqtt311(session, { ...options, identity, clientId: 'exit' });
      client.start();
      await client.publish({ topicName: 'a', qos: 1, payload: 'b' });
      await connection.connect();
      await session.close();
      console.log('closed');
      `,
      { mode: 0o600 },
    );
    try {
      // Many times, because what aborts a process that ends too early is a thread of the library.
      for (let round = 0; round < 10; round++) {
        const { stdout } = await promisify(execFile)(process.execPath, [script], { timeout: 25_000 });
        expect(stdout).toBe('closed\n');
      }
    } finally {
      await rm(script);
    }
  }, 250_000);
});

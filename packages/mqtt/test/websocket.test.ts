import { once } from 'node:events';
import { RefreshableSession } from '@brs/core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { mqtt, mqtt311, type MqttOptions, type SessionMqttClient } from '../src/index.js';
import { type Certificates, createCertificates } from './support/devices.js';
import { type Gateway, startGateway } from './support/gateway.js';
import { Issuer } from './support/issuer.js';
import { type Broker, mosquitto, startBroker } from '@brs-tests/support/mosquitto';

/** Short delays between attempts, so that a test of ten attempts takes seconds. */
const soon = { minReconnectDelayMs: 50, maxReconnectDelayMs: 200 };

describe.skipIf(mosquitto === undefined)('a signed WebSocket', () => {
  let certificates: Certificates;
  let broker: Broker;

  beforeAll(async () => {
    certificates = await createCertificates();
    broker = await startBroker(certificates);
  });
  afterAll(() => broker[Symbol.asyncDispose]());

  const gatewayFor = (issuer: Issuer) => startGateway(certificates.server, broker.webSocketPort, issuer);
  const optionsFor = (gateway: Gateway): MqttOptions => ({
    endpoint: 'localhost',
    port: gateway.port,
    region: 'eu-west-1',
    ca: certificates.serverCa,
    ...soon,
  });
  const connected = async (client: SessionMqttClient) => {
    const success = once(client, 'connectionSuccess');
    client.start();
    await success;
  };

  it('is accepted with MQTT 5', async () => {
    const issuer = new Issuer();
    await using gateway = await gatewayFor(issuer);
    await using session = new RefreshableSession({ strategy: issuer.strategy() });
    await using client = await mqtt(session, optionsFor(gateway));
    await connected(client);
    expect(gateway.handshakes).toEqual([{ accessKeyId: 'ASIA1', verdict: 'accepted' }]);
    await expect(client.publish({ topicName: 'a', qos: 1, payload: 'b' })).resolves.toMatchObject({ reasonCode: 16 });
  });

  it('is accepted with MQTT 3.1.1', async () => {
    const issuer = new Issuer();
    await using gateway = await gatewayFor(issuer);
    await using session = new RefreshableSession({ strategy: issuer.strategy() });
    const { minReconnectDelayMs: _, maxReconnectDelayMs: __, ...options } = optionsFor(gateway);
    await using connection = await mqtt311(session, { ...options, clientId: 'three' });
    await connection.connect();
    await connection.publish('a', 'b', 1);
    const resumed = once(connection, 'resume');
    gateway.cut();
    await resumed;
    expect(gateway.handshakes.map(({ verdict }) => verdict)).toEqual(['accepted', 'accepted']);
  });

  it('is signed by the clock of the source where the machine is hours off', async () => {
    const issuer = new Issuer({ clockOffsetMs: 7 * 3_600_000 });
    await using gateway = await gatewayFor(issuer);
    await using session = new RefreshableSession({ strategy: issuer.strategy() });
    await using client = await mqtt(session, optionsFor(gateway));
    await connected(client);
    expect(gateway.handshakes).toEqual([{ accessKeyId: 'ASIA1', verdict: 'accepted' }]);
  });

  it('outlives its credentials, and comes back with new ones when the service closes it', async () => {
    const issuer = new Issuer();
    await using gateway = await gatewayFor(issuer);
    await using session = new RefreshableSession({ strategy: issuer.strategy() });
    await using client = await mqtt(session, optionsFor(gateway));
    await connected(client);
    const lost = vi.fn();
    client.on('disconnection', lost);

    await session.refresh();
    await session.refresh();
    await client.publish({ topicName: 'a', qos: 1, payload: 'b' });
    expect(lost).not.toHaveBeenCalled();
    expect(gateway.handshakes).toHaveLength(1);

    const back = once(client, 'connectionSuccess');
    gateway.cut();
    await back;
    expect(gateway.handshakes.at(-1)).toEqual({ accessKeyId: 'ASIA3', verdict: 'accepted' });
  });

  it('replaces a token that is refused, and once only', async () => {
    const issuer = new Issuer();
    await using gateway = await gatewayFor(issuer);
    await using session = new RefreshableSession({ strategy: issuer.strategy() });
    const invalidated = vi.fn();
    session.on('invalidated', invalidated);
    await session.ready();
    for (const credentials of issuer.issued.values()) credentials.revoked = true;

    await using client = await mqtt(session, optionsFor(gateway));
    await connected(client);
    // Another attempt can be under way when the news of the first one comes.
    const refused = gateway.handshakes.slice(0, -1);
    expect(new Set(refused.map(({ accessKeyId, verdict }) => `${accessKeyId}: ${verdict}`))).toEqual(
      new Set(['ASIA1: the credentials are revoked']),
    );
    expect(gateway.handshakes.at(-1)).toEqual({ accessKeyId: 'ASIA2', verdict: 'accepted' });

    // A policy that denies looks the same, whatever the token: it costs no further one.
    for (const credentials of issuer.issued.values()) credentials.revoked = true;
    const failures = vi.fn();
    client.on('connectionFailure', failures);
    gateway.cut();
    await vi.waitFor(() => expect(failures.mock.calls.length).toBeGreaterThan(3), 20_000);
    expect(invalidated).toHaveBeenCalledOnce();
    expect(issuer.issued.size).toBe(2);
  });

  it('tries again while there are no credentials, and says so', async () => {
    const issuer = new Issuer();
    issuer.failure = new Error('planted-secret');
    await using gateway = await gatewayFor(issuer);
    await using session = new RefreshableSession({ strategy: issuer.strategy() });
    await using client = await mqtt(session, optionsFor(gateway));
    const failure = once(client, 'connectionFailure');
    const success = once(client, 'connectionSuccess');
    client.start();
    expect((await failure)[0].error.error_name).toBe('AWS_AUTH_SIGNING_NO_CREDENTIALS');
    issuer.failure = undefined;
    await success;
    expect(gateway.handshakes).toEqual([{ accessKeyId: 'ASIA1', verdict: 'accepted' }]);
  });

  it('is given up at once where it waits for credentials that do not come', async () => {
    const issuer = new Issuer();
    await using gateway = await gatewayFor(issuer);
    const acquire = vi.fn(() => new Promise<never>(() => {}));
    await using session = new RefreshableSession({ strategy: { ...issuer.strategy(), acquire } });
    const client = await mqtt(session, optionsFor(gateway));
    client.start();
    await vi.waitFor(() => expect(acquire).toHaveBeenCalled(), 20_000);
    await client[Symbol.asyncDispose]();
    expect(gateway.handshakes).toEqual([]);

    const connection = await mqtt311(session, {
      endpoint: 'localhost',
      port: gateway.port,
      region: 'eu-west-1',
      ca: certificates.serverCa,
      clientId: 'three',
    });
    const connecting = connection.connect().catch((reason: unknown) => reason);
    await connection[Symbol.asyncDispose]();
    expect(await connecting).toContain('AWS_AUTH_SIGNING_NO_CREDENTIALS');
  });
});

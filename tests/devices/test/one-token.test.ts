/** Twenty sessions and five MQTT clients on one token in one process, with discovery in between: nobody disturbs anybody. */
import { once } from 'node:events';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { describeWith } from '@brs-tests/support/describe-with';
import { type Broker, mosquitto, startBroker } from '@brs-tests/support/mosquitto';
import { pin, startSoftHsm } from '@brs-tests/support/soft-hsm';
import { RefreshableSession } from '@brs/core';
import '@brs/iot-x509';
import { mqtt, type SessionMqttClient } from '@brs/mqtt';
import { listCertificates, listKeys, listTokens, pkcs11 } from '@brs/pkcs11';
import { type LocalAwsWithCredentialProvider, startLocalAws } from '@brs/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeTokenDevice } from './support/token-device.js';

const hsm = await startSoftHsm('gateway');
const keys = ['lamp', 'door'] as const;

describeWith('one token', mosquitto ? hsm : undefined, (hsm) => {
  const where = { module: hsm.module, token: 'gateway', pin };
  let aws: LocalAwsWithCredentialProvider;
  let broker: Broker;

  beforeAll(async () => {
    aws = await startLocalAws({
      credentialLifetimeMs: 3000,
      credentialProvider: {
        roleAliases: [{ roleAlias: 'device', roleArn: 'arn:aws:iam::123456789012:role/device' }],
      },
    });
    const { deviceCa } = aws.credentialProvider;
    const server = await aws.credentialProvider.createServerCertificate({ names: ['localhost'] });
    broker = await startBroker({ deviceCa, server });
    for (const key of keys) await makeTokenDevice(aws.credentialProvider, where, key);
  });
  afterAll(async () => {
    await broker[Symbol.asyncDispose]();
    await aws.close();
    await hsm[Symbol.asyncDispose]();
  });

  /** A session with an identity of its own. */
  function newSession(index: number): RefreshableSession {
    const { host: endpoint, port, ca } = aws.credentialProvider;
    return new RefreshableSession({
      method: 'iot-x509',
      region: aws.region,
      clientDefaults: { endpoint: aws.endpoint, forcePathStyle: true },
      endpoint,
      port,
      ca,
      roleAlias: 'device',
      identity: pkcs11({ ...where, key: keys[index % keys.length]! }),
    });
  }

  it('serves twenty sessions and five MQTT clients, and the end of any is noticed by no other', async () => {
    const sessions = Array.from({ length: 20 }, (_, index) => newSession(index));
    const troubles: unknown[] = [];
    for (const session of sessions) session.on('refreshFailed', ({ error }) => troubles.push(error));
    // Each has the identity of its session.
    const clients = await Promise.all(
      sessions.slice(0, 5).map((session, index) =>
        mqtt(session, {
          endpoint: 'localhost',
          port: broker.tlsPort,
          ca: aws.credentialProvider.ca,
          clientId: `client-${index}`,
        }),
      ),
    );
    const living = new Set<SessionMqttClient>(clients);
    for (const client of clients) {
      client.on('disconnection', () => {
        if (living.has(client)) troubles.push('an MQTT client lost its connection');
      });
    }
    await Promise.all(
      clients.map(async (client) => {
        const connected = once(client, 'connectionSuccess');
        client.start();
        await connected;
      }),
    );

    /** All that is left at once: new credentials, a request with them, a message, and discovery. */
    async function work(): Promise<void> {
      const [found, published] = await Promise.all([
        Promise.all([listTokens({ module: where.module }), listKeys(where), listCertificates(where)]),
        Promise.all([...living].map((client) => client.publish({ topicName: 'a', qos: 1, payload: 'b' }))),
        ...sessions.map(async (session) => {
          await session.refresh();
          await session.client(S3Client, { maxAttempts: 1 }).send(new ListBucketsCommand({}));
        }),
      ]);
      expect(found.map(({ length }) => length)).toEqual([2, 4, 2]);
      expect(published.map((answer) => answer?.reasonCode)).toEqual(published.map(() => 0x10));
    }

    await work();
    // A client alone, whose session goes on.
    const alone = clients.pop()!;
    living.delete(alone);
    await Promise.all([work(), alone[Symbol.asyncDispose]()]);
    // Sessions, of which the last four take their clients with them.
    for (const count of [5, 5, 5, 1, 1, 1, 1]) {
      const closing = sessions.splice(-count);
      for (const client of clients.splice(sessions.length)) living.delete(client);
      await Promise.all([work(), ...closing.map((session) => session.close())]);
    }
    expect(troubles).toEqual([]);

    // And the last one signs a handshake when the others have gone.
    living.clear();
    const back = once(clients[0]!, 'connectionSuccess');
    await broker.kill();
    await broker.start();
    await back;
    aws.credentialProvider.endConnections();
    await sessions[0]!.refresh();
    await sessions[0]!.close();
  }, 120_000);
});

import { once } from 'node:events';
import { RefreshableSession } from '@brs/core';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { mqtt, type MqttOptions } from '../src/index.js';
import { type Certificates, createCertificates, pemIdentity } from './support/devices.js';
import { startGateway } from './support/gateway.js';
import { Issuer } from './support/issuer.js';
import { mosquitto, startBroker } from '@brs-tests/support/mosquitto';

const restarts = 10;

describe.skipIf(mosquitto === undefined)('a broker that is killed and started again ten times', () => {
  let certificates: Certificates;

  beforeAll(async () => {
    certificates = await createCertificates();
  });

  it.each([
    ['websocket', 'SIGTERM'],
    ['websocket', 'SIGKILL'],
    ['x509', 'SIGTERM'],
    ['x509', 'SIGKILL'],
  ] as const)(
    'loses no acknowledged message over %s, killed by %s',
    async (transport, signal) => {
      await using broker = await startBroker(certificates);
      // Two seconds each, so that a set is dead by the time of most returns.
      const issuer = new Issuer({ lifetimeMs: 2000 });
      await using gateway = await startGateway(certificates.server, broker.webSocketPort, issuer);
      await using session = new RefreshableSession({ strategy: issuer.strategy() });
      const place =
        transport === 'websocket'
          ? { transport, port: gateway.port, region: 'eu-west-1' }
          : { transport, port: broker.tlsPort, identity: pemIdentity(await certificates.createDevice()) };
      const options = (clientId: string): MqttOptions => ({
        ...place,
        endpoint: 'localhost',
        ca: certificates.serverCa,
        clientId,
        minReconnectDelayMs: 50,
        maxReconnectDelayMs: 200,
        // Rejoin always: mosquitto 2.0 writes no session down that began with a clean start. And no throttle.
        sessionBehavior: 3,
        extendedValidationAndFlowControlOptions: 0,
        connectProperties: { sessionExpiryIntervalSeconds: 3600, keepAliveIntervalSeconds: 30 },
      });
      await using publisher = await mqtt(session, options('publisher'));
      await using subscriber = await mqtt(session, options('subscriber'));
      const received = new Set<string>();
      subscriber.on('messageReceived', ({ message }) => {
        received.add(Buffer.from(message.payload as ArrayBuffer).toString());
      });
      publisher.start();
      subscriber.start();
      await subscriber.subscribe({ subscriptions: [{ topicFilter: 'load', qos: 1 }] });

      const acknowledged = new Set<string>();
      /**
       * mosquitto acknowledges a message and then writes it down, before it reads the next one. The last before a SIGKILL, and
       * no other, can be lost between the two, and with the best of clients.
       */
      const atRisk = new Set<string>();
      let publishing = true;
      const load = (async () => {
        for (let number = 0; publishing; number++) {
          const payload = `message ${number}`;
          const answer = await publisher.publish({ topicName: 'load', qos: 1, payload });
          // Below 0x80 it is accepted.
          if (Number(answer?.reasonCode) < 0x80) acknowledged.add(payload);
        }
      })();

      for (let round = 0; round < restarts; round++) {
        const before = acknowledged.size;
        await vi.waitFor(() => expect(acknowledged.size).toBeGreaterThan(before + 20), 20_000);
        const lost = Promise.all([once(publisher, 'disconnection'), once(subscriber, 'disconnection')]);
        const back = Promise.all([once(publisher, 'connectionSuccess'), once(subscriber, 'connectionSuccess')]);
        await broker.kill(signal);
        await lost;
        const last = [...acknowledged].at(-1)!;
        if (signal === 'SIGKILL') atRisk.add(last);
        await broker.start();
        expect((await back).map(([{ connack }]) => connack.sessionPresent)).toEqual([true, true]);
      }
      publishing = false;
      await load;
      const missing = () => [...acknowledged].filter((message) => !received.has(message) && !atRisk.has(message));
      await vi.waitFor(() => expect(missing()).toEqual([]), 20_000);
      expect(acknowledged.size).toBeGreaterThan(restarts * 20);

      if (transport === 'websocket') {
        expect(gateway.handshakes.length).toBeGreaterThanOrEqual(2 * (restarts + 1));
        expect(gateway.handshakes.filter(({ verdict }) => verdict !== 'accepted')).toEqual([]);
        expect(new Set(gateway.handshakes.map(({ accessKeyId }) => accessKeyId)).size).toBeGreaterThan(1);
      } else {
        expect(issuer.issued.size).toBe(0);
      }
    },
    120_000,
  );
});

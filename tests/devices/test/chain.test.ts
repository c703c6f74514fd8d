/** Devices whose certificate comes with a chain, at servers that know the root alone: over HTTPS and MQTT, with a key in a file and in a token. */
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { startAuthorities } from '@brs-tests/support/authorities';
import { describeWith } from '@brs-tests/support/describe-with';
import { mosquitto, startBroker } from '@brs-tests/support/mosquitto';
import { pin, startSoftHsm } from '@brs-tests/support/soft-hsm';
import { RefreshableSession, type TlsIdentity } from '@brs/core';
import { pem } from '@brs/iot-x509';
import { mqtt } from '@brs/mqtt';
import { createCertificateRequest, generateKeyPair, pkcs11 } from '@brs/pkcs11';
import { type LocalAwsWithCredentialProvider, startLocalAws } from '@brs/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';

const hsm = await startSoftHsm('gateway');

describeWith('a certificate with its chain', mosquitto ? hsm : undefined, async (hsm) => {
  const where = { module: hsm.module, token: 'gateway', pin };
  const authorities = await startAuthorities();
  let aws: LocalAwsWithCredentialProvider;
  const identities: Partial<Record<'pem' | 'pkcs11', TlsIdentity>> = {};

  beforeAll(async () => {
    aws = await startLocalAws({ credentialProvider: true });
    const device = await authorities.createDevice();
    identities.pem = pem({ ...device, certificate: device.certificate + authorities.intermediate });
    await generateKeyPair({ ...where, type: 'ec-p256', label: 'device' });
    const request = await createCertificateRequest({ ...where, key: 'device', subject: 'CN=device' });
    const certificate = (await authorities.sign(request)) + authorities.intermediate;
    identities.pkcs11 = pkcs11({ ...where, key: 'device', certificate });
  });
  afterAll(async () => {
    await aws.close();
    await authorities[Symbol.asyncDispose]();
    await hsm[Symbol.asyncDispose]();
  });

  /** A session of the device, at a provider of the test's own. */
  function sessionOf(kind: 'pem' | 'pkcs11', port: number): RefreshableSession {
    const { ca } = aws.credentialProvider;
    const identity = identities[kind]!;
    return new RefreshableSession({
      method: 'iot-x509',
      endpoint: 'localhost',
      port,
      ca,
      roleAlias: 'device',
      identity,
    });
  }

  it.each(['pem', 'pkcs11'] as const)('is shown whole to the credential provider (%s)', async (kind) => {
    const { certificate: cert, privateKey: key } = await aws.credentialProvider.createServerCertificate({
      names: ['localhost'],
    });
    const credentials = {
      accessKeyId: 'ASIACHAIN',
      secretAccessKey: 'b',
      sessionToken: 'c',
      expiration: '2036-01-01T00:00:00Z',
    };
    const server = createServer({ cert, key, ca: authorities.root, requestCert: true }, (_, response) => {
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ credentials }));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    await using session = sessionOf(kind, (server.address() as AddressInfo).port);
    expect(await session.getCredentials()).toMatchObject({ accessKeyId: 'ASIACHAIN' });
    server.close();
    server.closeAllConnections();
  });

  it.each(['pem', 'pkcs11'] as const)('is shown whole to the broker (%s)', async (kind) => {
    const server = await aws.credentialProvider.createServerCertificate({ names: ['localhost'] });
    await using broker = await startBroker({ deviceCa: authorities.root, server });
    await using session = sessionOf(kind, 1);
    const { ca } = aws.credentialProvider;
    const client = await mqtt(session, { endpoint: 'localhost', port: broker.tlsPort, ca });
    client.start();
    await expect(client.publish({ topicName: 'a', qos: 1, payload: 'b' })).resolves.toMatchObject({ reasonCode: 16 });
  });
});

import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Pkcs11TlsIdentity, RefreshableSession } from '@brs/core';
import { createCertificateRequest, generateKeyPair, importCertificate, listKeys, pkcs11 } from '@brs/pkcs11';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { mqtt, mqtt311, type MqttOptions, type SessionMqttClient } from '../src/index.js';
import { type Certificates, createCertificates } from './support/devices.js';
import { Issuer } from './support/issuer.js';
import { type Broker, mosquitto, startBroker } from '@brs-tests/support/mosquitto';
import { describeWith } from '@brs-tests/support/describe-with';
import { PKCS11 } from '@brs-tests/support/pkcs11js';
import { pin, startSoftHsm } from '@brs-tests/support/soft-hsm';

const hsm = await startSoftHsm('gateway', 'guarded');
const keyTypes = ['ec-p256', 'rsa-2048'] as const;

describeWith('a key in a token', mosquitto ? hsm : undefined, (hsm) => {
  let certificates: Certificates;
  let broker: Broker;
  const where = { module: 'softhsm2', token: 'gateway', pin };
  const session = new RefreshableSession({ strategy: new Issuer().strategy() });

  beforeAll(async () => {
    certificates = await createCertificates();
    broker = await startBroker(certificates);
    for (const type of keyTypes) {
      await generateKeyPair({ ...where, type, label: type });
      const request = await createCertificateRequest({ ...where, key: type, subject: `CN=${type}` });
      const certificate = await certificates.signCertificate(request);
      await importCertificate({ ...where, key: type, certificate });
    }
  });
  afterAll(async () => {
    await session.close();
    await broker[Symbol.asyncDispose]();
    await hsm[Symbol.asyncDispose]();
  });

  const optionsFor = (key: string): MqttOptions & { clientId: string } => ({
    endpoint: 'localhost',
    port: broker.tlsPort,
    ca: certificates.serverCa,
    identity: pkcs11({ ...where, key }),
    clientId: key,
  });
  const connected = async (client: SessionMqttClient) => {
    const success = once(client, 'connectionSuccess');
    client.start();
    await success;
  };

  it.each(keyTypes)('connects over MQTT 5 and 3.1.1 with %s', async (key) => {
    await using client = await mqtt(session, optionsFor(key));
    await connected(client);
    await expect(client.publish({ topicName: 'a', qos: 1, payload: 'b' })).resolves.toMatchObject({ reasonCode: 16 });
    await using connection = await mqtt311(session, { ...optionsFor(key), clientId: `${key}-3` });
    await connection.connect();
    await connection.publish('a', 'b', 1);
  });

  it('serves five clients at once, and the end of one disturbs no other', async () => {
    const clients = await Promise.all(
      Array.from({ length: 5 }, (_, index) =>
        mqtt(session, { ...optionsFor(keyTypes[index % 2]!), clientId: `five-${index}` }),
      ),
    );
    await Promise.all(clients.map(connected));
    const lost = vi.fn();
    for (const client of clients) client.on('disconnection', lost);
    while (clients.length > 1) {
      expect(await listKeys(where)).toHaveLength(4);
      await clients.pop()?.[Symbol.asyncDispose]();
      lost.mockClear();
      const answers = clients.map((client) => client.publish({ topicName: 'a', qos: 1, payload: 'b' }));
      await Promise.all(answers);
      expect(lost).not.toHaveBeenCalled();
    }
    // And it signs: a handshake, after the others have gone.
    const back = once(clients[0]!, 'connectionSuccess');
    await broker.kill();
    await broker.start();
    await back;
    await clients[0]?.[Symbol.asyncDispose]();
  });

  it('is not made with a PIN that is refused, however often it is tried', async () => {
    const identity = pkcs11({ ...where, token: 'guarded', key: 'any', pin: '000000' });
    const options = { ...optionsFor('any'), identity };
    const refused = { code: 'PIN_INCORRECT' };
    await expect(mqtt(session, options)).rejects.toMatchObject(refused);
    await expect(mqtt311(session, options)).rejects.toMatchObject(refused);
  });

  it('stops for good where the PIN is refused later', async () => {
    const file = join(hsm.directory, 'pin');
    await writeFile(file, pin, { mode: 0o600 });
    const options = optionsFor('ec-p256');
    const identity = pkcs11({ ...where, key: 'ec-p256', pin: { file } });
    await using client = await mqtt(session, {
      ...options,
      identity,
      minReconnectDelayMs: 50,
      maxReconnectDelayMs: 200,
    });
    await connected(client);
    const ends = Promise.all([once(client, 'identityRefused'), once(client, 'stopped')]);
    const attempts = vi.fn();
    const { modulePath, slotId } = await identity.open();
    // The token was taken out and is back, with another PIN.
    await writeFile(file, '0000000001', { mode: 0o600 });
    endSessions(modulePath, slotId);
    await broker.kill();
    await broker.start();
    const [[{ error, hint }]] = await ends;
    expect(error).toMatchObject({ code: 'PIN_INCORRECT' });
    expect(hint).toContain('Give the right PIN');
    client.on('attemptingConnect', attempts);
    await expect(mqtt(session, { ...options, identity })).rejects.toMatchObject({ code: 'PIN_INCORRECT' });
    await writeFile(file, pin, { mode: 0o600 });
    await using next = await mqtt(session, { ...options, identity });
    await connected(next);
    expect(attempts).not.toHaveBeenCalled();
  });

  it('says when the token has ended its session: a client made then works', async () => {
    const options = optionsFor('ec-p256');
    await using client = await mqtt(session, { ...options, minReconnectDelayMs: 50, maxReconnectDelayMs: 200 });
    await connected(client);
    const outdated = once(client, 'identityOutdated');
    const { modulePath, slotId } = await (options.identity as Pkcs11TlsIdentity).open();
    endSessions(modulePath, slotId);
    await broker.kill();
    await broker.start();
    await outdated;
    await using next = await mqtt(session, options);
    await connected(next);
    await expect(next.publish({ topicName: 'a', qos: 1, payload: 'b' })).resolves.toMatchObject({ reasonCode: 16 });
  });
});

/** Ends every session of this process on a token, and with them the login: as a token that is taken out and put in again. */
function endSessions(modulePath: string, slotId: number): void {
  const module = new PKCS11();
  module.load(modulePath);
  const slot = Buffer.alloc(8);
  slot.writeBigUInt64LE(BigInt(slotId));
  module.C_CloseAllSessions(slot);
}

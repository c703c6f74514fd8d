import { once } from 'node:events';
import { rm, writeFile, mkdtemp } from 'node:fs/promises';
import { createServer as createProxy } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type TLSSocket, type TlsOptions } from 'node:tls';
import { RefreshableSession } from '@brs/core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { mqtt, type MqttOptions, type SessionMqttClient } from '../src/index.js';
import { type Certificates, createCertificates, pemIdentity } from './support/devices.js';
import { Issuer } from './support/issuer.js';
import { type Broker, mosquitto, startBroker } from '@brs-tests/support/mosquitto';

describe.skipIf(mosquitto === undefined)('the way to the broker', () => {
  let certificates: Certificates;
  let broker: Broker;
  const session = new RefreshableSession({ strategy: new Issuer().strategy() });

  beforeAll(async () => {
    certificates = await createCertificates();
    broker = await startBroker(certificates);
  });
  afterAll(async () => {
    await session.close();
    await broker[Symbol.asyncDispose]();
  });

  const optionsFor = async (port = broker.tlsPort): Promise<MqttOptions> => ({
    endpoint: 'localhost',
    port,
    ca: certificates.serverCa,
    identity: pemIdentity(await certificates.createDevice()),
    minReconnectDelayMs: 50,
    maxReconnectDelayMs: 200,
  });
  const connected = async (client: SessionMqttClient) => {
    const success = once(client, 'connectionSuccess');
    client.start();
    await success;
  };

  /** A TLS server in front of the broker that shows what was negotiated. */
  async function startFront(
    options: TlsOptions = {},
  ): Promise<AsyncDisposable & { port: number; sockets: TLSSocket[]; keyTypes: unknown[]; refusals: unknown[] }> {
    const sockets: TLSSocket[] = [];
    const keyTypes: unknown[] = [];
    const refusals: unknown[] = [];
    const { certificate: cert, privateKey: key } = certificates.server;
    const server = createServer({ cert, key, ca: certificates.deviceCa, requestCert: true, ...options }, (socket) => {
      sockets.push(socket.on('error', () => {}));
      keyTypes.push(socket.getPeerX509Certificate()?.publicKey.asymmetricKeyType);
      const onward = connect(broker.plainPort, '127.0.0.1').on('error', () => {});
      socket.pipe(onward).pipe(socket);
    });
    server.on('tlsClientError', ({ code }: NodeJS.ErrnoException) => refusals.push(code)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return {
      port: (server.address() as { port: number }).port,
      sockets,
      keyTypes,
      refusals,
      async [Symbol.asyncDispose]() {
        for (const socket of sockets) socket.destroy();
        server.close();
        await once(server, 'close');
      },
    };
  }

  it.each<[MqttOptions['alpn'], string | false]>([
    ['x-amzn-mqtt-ca', 'x-amzn-mqtt-ca'],
    [undefined, false],
    [false, false],
  ])('asks for the protocol that `alpn: %j` says', async (alpn, negotiated) => {
    await using front = await startFront({ ALPNProtocols: ['x-amzn-mqtt-ca'] });
    await using client = await mqtt(session, { ...(await optionsFor(front.port)), alpn });
    await connected(client);
    expect(front.sockets[0]?.alpnProtocol).toBe(negotiated);
    expect(front.sockets[0]).toMatchObject({ servername: 'localhost', authorized: true });
  });

  it('takes the authorities from a file, and from bytes', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'brs-mqtt-'));
    const file = join(directory, 'authorities.pem');
    await writeFile(file, certificates.serverCa);
    for (const ca of [file, Buffer.from(certificates.serverCa)]) {
      await using client = await mqtt(session, { ...(await optionsFor()), ca });
      await connected(client);
      await expect(client.publish({ topicName: 'a', qos: 1, payload: 'b' })).resolves.toMatchObject({ reasonCode: 16 });
    }
    await rm(directory, { recursive: true });
  });

  it('refuses TLS 1.1', async () => {
    await using old = await startFront({ minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' });
    await using client = await mqtt(session, await optionsFor(old.port));
    client.start();
    await vi.waitFor(() => expect(old.refusals).toContain('ERR_SSL_UNSUPPORTED_PROTOCOL'), 20_000);
    expect(old.sockets).toEqual([]);
  });

  // The library holds the news of a failed handshake back for some seconds, against timing attacks.
  it('trusts no other authority', { timeout: 60_000 }, async () => {
    await using client = await mqtt(session, { ...(await optionsFor()), ca: certificates.deviceCa });
    const failure = once(client, 'connectionFailure');
    client.start();
    expect((await failure)[0].error.error_name).toBe('AWS_IO_TLS_ERROR_NEGOTIATION_FAILURE');
  });

  it('goes through a proxy that wants a password', async () => {
    const asked: unknown[] = [];
    const proxy = createProxy().on('connect', (request, socket) => {
      asked.push([request.url, request.headers['proxy-authorization']]);
      const onward = connect(broker.tlsPort, '127.0.0.1', () => socket.write('HTTP/1.1 200 OK\r\n\r\n'));
      for (const one of [socket, onward])
        one.on('error', () => {}).on('close', () => [socket.destroy(), onward.destroy()]);
      socket.pipe(onward).pipe(socket);
    });
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    const { port } = proxy.address() as { port: number };
    {
      await using client = await mqtt(session, {
        ...(await optionsFor()),
        proxy: `http://me:pass%40word@127.0.0.1:${port}`,
      });
      await connected(client);
    }
    expect(asked).toEqual([[`localhost:${broker.tlsPort}`, `Basic ${Buffer.from('me:pass@word').toString('base64')}`]]);
    proxy.close();
  });

  it('says when the certificate was replaced: a client made then has the new one', async () => {
    await using front = await startFront();
    const options = await optionsFor(front.port);
    const identity = options.identity as ReturnType<typeof pemIdentity>;
    await using client = await mqtt(session, options);
    await connected(client);
    identity.pair = await certificates.createDevice('rsa');
    const [replaced, back] = [once(client, 'identityOutdated'), once(client, 'connectionSuccess')];
    front.sockets[0]?.destroy();
    await Promise.all([replaced, back]);
    await using next = await mqtt(session, options);
    await connected(next);
    expect(front.keyTypes).toEqual(['ec', 'ec', 'rsa']);
  });

  it('ends where the identity is refused for good', async () => {
    await using front = await startFront();
    const options = await optionsFor(front.port);
    const identity = options.identity as ReturnType<typeof pemIdentity>;
    await using client = await mqtt(session, options);
    await connected(client);
    identity.failure = new Error('the token is locked');
    const ends = Promise.all([once(client, 'identityRefused'), once(client, 'stopped')]);
    front.sockets[0]?.destroy();
    const [[event]] = await ends;
    expect(event).toEqual({ error: identity.failure, hint: 'Unlock the token.' });
    await expect(mqtt(session, options)).rejects.toBe(identity.failure);
  });

  it("uses the session's identity unless told otherwise", async () => {
    await using front = await startFront();
    const { identity, ...options } = await optionsFor(front.port);
    const strategy = { ...new Issuer().strategy(), tlsIdentity: identity };
    await using device = new RefreshableSession({ strategy });
    await using client = await mqtt(device, options);
    await connected(client);
    expect(front.sockets[0]?.authorized).toBe(true);
    const signed = await mqtt(device, { ...options, transport: 'websocket', region: 'eu-west-1' });
    const attempt = once(signed, 'connectionFailure');
    signed.start();
    expect((await attempt)[0].error.error_name).not.toBe('AWS_AUTH_SIGNING_NO_CREDENTIALS');
    expect(device.status().window).toBe('fresh');
    await signed[Symbol.asyncDispose]();
  });

  it('shows no secret in what it hands out', async () => {
    const { inspect } = await import('node:util');
    const issuer = new Issuer();
    await using signing = new RefreshableSession({ strategy: issuer.strategy() });
    await using client = await mqtt(signing, { endpoint: 'localhost', region: 'eu-west-1', port: 1 });
    const failures = vi.fn();
    client.on('connectionFailure', failures);
    client.start();
    await vi.waitFor(() => expect(failures).toHaveBeenCalled(), 20_000);
    const device = await optionsFor();
    await using connected5 = await mqtt(session, device);
    const { privateKey } = (device.identity as ReturnType<typeof pemIdentity>).pair;
    const shown = inspect([client, connected5, failures.mock.calls], { depth: 9, showHidden: true });
    expect(shown).not.toContain('planted');
    expect(shown).not.toContain(privateKey.split('\n')[1]);
  });
});

/** The credential provider's TLS: who is let in, sessions that are resumed, connections that end. */
import 'reflect-metadata';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { Agent } from 'node:https';
import { connect as connectTcp } from 'node:net';
import { text } from 'node:stream/consumers';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { Pkcs10CertificateRequestGenerator } from '@peculiar/x509';
import { describe, expect, it } from 'vitest';
import {
  type LocalCredentialProvider,
  type LocalCredentialProviderOptions,
  type LocalDevice,
  startLocalAws,
} from '../src/index.js';
import { readerArn } from './support/clients.js';
import { ask, open } from './support/device.js';

const start = (credentialProvider: LocalCredentialProviderOptions = {}) =>
  startLocalAws({
    credentialProvider: { roleAliases: [{ roleAlias: 'reader', roleArn: readerArn }], ...credentialProvider },
  });

/** Whichever the client comes to notice first. */
const connectionEnded = { code: expect.stringMatching(/^(ECONNRESET|EPIPE)$/) };

async function handshake(
  { host, port, ca }: LocalCredentialProvider,
  device: LocalDevice,
  options: ConnectionOptions = {},
): Promise<TLSSocket> {
  const { certificate: cert, privateKey: key } = device;
  const socket = connect({ host: '127.0.0.1', port, servername: host, ca, cert, key, ...options });
  await once(socket, 'secureConnect');
  return socket;
}

describe('the handshake', () => {
  it.each(['ec', 'rsa'] as const)('takes %s keys over both versions of TLS', async (keyType) => {
    await using aws = await start();
    const { credentialProvider } = aws;
    const device = await credentialProvider.createDevice({ keyType });
    expect(new X509Certificate(device.certificate).publicKey.asymmetricKeyType).toBe(keyType);
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      const answer = await ask(credentialProvider, device, { minVersion: version, maxVersion: version });
      expect(answer.status).toBe(200);
    }
    expect(credentialProvider.handshakes).toEqual({ full: 2, resumed: 0, refused: 0 });
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('speaks %s alone when that is asked for', async (version) => {
    await using aws = await start({ minTlsVersion: version, maxTlsVersion: version });
    const { credentialProvider } = aws;
    const device = await credentialProvider.createDevice();
    const socket = await handshake(credentialProvider, device);
    expect(socket.getProtocol()).toBe(version);
    socket.destroy();
    const other = version === 'TLSv1.2' ? 'TLSv1.3' : 'TLSv1.2';
    await expect(handshake(credentialProvider, device, { minVersion: other, maxVersion: other })).rejects.toMatchObject(
      {
        code: 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
      },
    );
  });

  it('refuses whoever has no certificate, with an alert', async () => {
    await using aws = await start();
    const { host: servername, port, ca } = aws.credentialProvider;
    const alert = async (maxVersion: 'TLSv1.2' | 'TLSv1.3'): Promise<unknown> => {
      const [error] = await once(connect({ host: '127.0.0.1', port, servername, ca, maxVersion }), 'error');
      return error.code;
    };
    expect(await alert('TLSv1.2')).toBe('ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE');
    expect(await alert('TLSv1.3')).toBe('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED');
    expect(aws.credentialProvider.handshakes).toEqual({ full: 0, resumed: 0, refused: 2 });
    expect(aws.requests).toEqual([]);
  });

  const yesterday = new Date(Date.now() - 86_400_000);
  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'ends the connection of an unknown, expired or revoked certificate (%s)',
    async (maxVersion) => {
      await using aws = await start();
      await using other = await start();
      const { credentialProvider } = aws;
      const revoked = await credentialProvider.createDevice();
      credentialProvider.setCertificateStatus(revoked.certificateId, 'REVOKED');
      const devices = [
        await other.credentialProvider.createDevice(),
        await credentialProvider.createDevice({ notBefore: new Date(0), notAfter: yesterday }),
        await credentialProvider.createDevice({ notBefore: new Date(Date.now() + 86_400_000) }),
        revoked,
      ];
      for (const device of devices) {
        await expect(ask(credentialProvider, device, { maxVersion })).rejects.toMatchObject(connectionEnded);
      }
      expect(credentialProvider.handshakes).toEqual({ full: 0, resumed: 0, refused: devices.length });
      expect(aws.requests).toEqual([]);
    },
  );

  it('wants its own name, and no other', async () => {
    await using aws = await start({ host: 'abc.credentials.iot.us-east-1.amazonaws.com' });
    const { credentialProvider } = aws;
    const device = await credentialProvider.createDevice();
    const here = { host: '127.0.0.1' };
    const { host } = credentialProvider;
    const right = { ...here, servername: host, headers: { host } };
    expect((await ask(credentialProvider, device, right)).status).toBe(200);
    const anyName = { ...here, headers: { host }, checkServerIdentity: () => undefined };
    for (const servername of ['abc-ats.iot.us-east-1.amazonaws.com', '']) {
      await expect(ask(credentialProvider, device, { ...anyName, servername })).rejects.toMatchObject(connectionEnded);
    }
    expect(credentialProvider.handshakes).toEqual({ full: 1, resumed: 0, refused: 2 });
  });
});

describe('sessions', () => {
  it.each(['TLSv1.2', 'TLSv1.3'] as const)('are resumed, and counted (%s)', async (maxVersion) => {
    await using aws = await start();
    const { credentialProvider } = aws;
    const device = await credentialProvider.createDevice();
    const agent = new Agent({ keepAlive: false, maxVersion });
    for (let call = 0; call < 3; call++) {
      expect((await ask(credentialProvider, device, { agent })).status).toBe(200);
    }
    expect(credentialProvider.handshakes).toEqual({ full: 1, resumed: 2, refused: 0 });
    expect(aws.requests.map(({ certificateId }) => certificateId)).toEqual(Array(3).fill(device.certificateId));

    credentialProvider.setCertificateStatus(device.certificateId, 'REVOKED');
    await expect(ask(credentialProvider, device, { agent })).rejects.toMatchObject(connectionEnded);
    expect(credentialProvider.handshakes.refused).toBe(1);
  });

  it('are not needed while a connection is kept', async () => {
    await using aws = await start();
    const { credentialProvider } = aws;
    const device = await credentialProvider.createDevice();
    const agent = new Agent({ keepAlive: true });
    for (let call = 0; call < 3; call++) await ask(credentialProvider, device, { agent });
    expect(credentialProvider.handshakes).toEqual({ full: 1, resumed: 0, refused: 0 });
    expect(credentialProvider.connections).toBe(1);
    expect(credentialProvider.endConnections()).toBe(1);
    // Until the agent has noticed.
    while (Object.keys(agent.freeSockets).length > 0) await new Promise(setImmediate);
    await ask(credentialProvider, device, { agent });
    expect(credentialProvider.handshakes).toEqual({ full: 1, resumed: 1, refused: 0 });
    agent.destroy();
  });
});

describe('connections', () => {
  it('of a certificate that is revoked end, others do not', async () => {
    await using aws = await start();
    const { credentialProvider } = aws;
    const [lamp, door] = [await credentialProvider.createDevice(), await credentialProvider.createDevice()];
    const [first, second] = [await handshake(credentialProvider, lamp), await handshake(credentialProvider, door)];
    first.on('error', () => undefined);
    const ended = once(first, 'close');
    // The server knows of a connection a little later than the client.
    while (credentialProvider.handshakes.full < 2) await new Promise(setImmediate);
    credentialProvider.setCertificateStatus(lamp.certificateId, 'REVOKED');
    await ended;
    expect(second.destroyed).toBe(false);
    second.destroy();
  });

  it('are all ended by close(), also those that hang, drip, flood or never got to TLS', async () => {
    const aws = await start();
    const { credentialProvider } = aws;
    const device = await credentialProvider.createDevice();
    const silent = connectTcp({ host: '127.0.0.1', port: credentialProvider.port });
    silent.on('error', () => undefined);
    const silentEnds = once(silent, 'close');
    aws.inject({ kind: 'hang', times: 1 });
    aws.inject({ kind: 'drip', times: 1, everyMs: 1 });
    aws.inject({ kind: 'endless', times: 1 });
    const hanging = open(credentialProvider, device);
    hanging.catch(() => undefined);
    await aws.untilCount({ fault: 'hang' }, 1);
    const [dripping, flooding] = [await open(credentialProvider, device), await open(credentialProvider, device)];
    const bodies = [text(dripping), text(flooding)];
    for (const body of bodies) body.catch(() => undefined);
    await aws.close();
    await silentEnds;
    for (const end of [hanging, ...bodies]) await expect(end).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(credentialProvider.connections).toBe(0);
  });
});

describe('certificates', () => {
  it('are signed for keys that were made elsewhere', async () => {
    await using aws = await start();
    const { credentialProvider } = aws;
    const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
    const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
    const request = await Pkcs10CertificateRequestGenerator.create({
      name: 'CN=lamp, O=Example',
      keys,
      signingAlgorithm: algorithm,
    });
    const signed = await credentialProvider.signCertificate(request.toString('pem'), { thingName: 'lamp' });
    const certificate = new X509Certificate(signed.certificate);
    expect(certificate.subject).toBe('CN=lamp\nO=Example');
    expect(certificate.checkIssued(new X509Certificate(credentialProvider.deviceCa))).toBe(true);
    const der = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
    const privateKey = `-----BEGIN PRIVATE KEY-----\n${der}\n-----END PRIVATE KEY-----\n`;
    expect((await ask(credentialProvider, { ...signed, privateKey }, { thing: 'lamp' })).status).toBe(200);
  });

  it('are made for servers, too, which clients trust through the same authority', async () => {
    await using aws = await start();
    const { credentialProvider } = aws;
    const { certificate, privateKey } = await credentialProvider.createServerCertificate({
      names: ['broker.example.com', '127.0.0.1'],
    });
    const read = new X509Certificate(certificate);
    expect(read.checkIssued(new X509Certificate(credentialProvider.ca))).toBe(true);
    expect(read.checkPrivateKey(createPrivateKey(privateKey))).toBe(true);
    expect([read.checkHost('broker.example.com'), read.checkIP('127.0.0.1')]).toEqual([
      'broker.example.com',
      '127.0.0.1',
    ]);
  });

  it('have the validity that was asked for', async () => {
    await using aws = await start();
    const [notBefore, notAfter] = [new Date('2020-01-01T00:00:00Z'), new Date('2030-01-01T00:00:00Z')];
    const { certificate } = await aws.credentialProvider.createDevice({ notBefore, notAfter });
    const { validFrom, validTo } = new X509Certificate(certificate);
    expect([new Date(validFrom), new Date(validTo)]).toEqual([notBefore, notAfter]);
  });
});

describe('faults', () => {
  it.each(['reset', 'cut-off'] as const)('%s', async (kind) => {
    await using aws = await start();
    const device = await aws.credentialProvider.createDevice();
    aws.inject({ kind });
    await expect(ask(aws.credentialProvider, device)).rejects.toMatchObject(connectionEnded);
    expect(aws.requests).toMatchObject([{ state: 'broken off', fault: kind }]);
  });

  it.each<['html' | 'empty' | 'garbage' | 'truncated', string | undefined, RegExp]>([
    ['html', 'text/html', /^<!doctype html>/],
    ['empty', undefined, /^$/],
    ['garbage', 'application/json', /[^\x20-\x7e]/],
    ['truncated', 'application/json', /^\{"credentials":[^}]*$/],
  ])('%s', async (kind, contentType, body) => {
    await using aws = await start();
    const device = await aws.credentialProvider.createDevice();
    aws.inject({ kind });
    const answer = await open(aws.credentialProvider, device);
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, contentType]);
    expect(await text(answer)).toMatch(body);
  });

  it('redirect, latency and credentials that have expired already', async () => {
    await using aws = await start();
    const { credentialProvider } = aws;
    const device = await credentialProvider.createDevice();
    aws.inject({ kind: 'redirect', times: 1 });
    const redirect = await ask(credentialProvider, device);
    expect(redirect).toMatchObject({ status: 307, headers: { location: 'https://elsewhere.example.com/' } });
    aws.inject({ kind: 'latency', ms: 50, times: 1 });
    expect((await ask(credentialProvider, device)).status).toBe(200);
    // A timer may fire a millisecond early.
    expect(aws.requests[1]?.durationMs).toBeGreaterThanOrEqual(49);
    aws.inject({ kind: 'expired-answer', times: 1 });
    const expired = await ask(credentialProvider, device);
    expect(Date.parse(expired.body.credentials.expiration)).toBeLessThan(Date.now());
  });
});

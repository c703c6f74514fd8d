/** Requests over mutual TLS with keys in SoftHSM, to servers that behave and that do not. */
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { startLocalAws } from '@brs/testkit';
import type { TlsRequest, TlsResponse } from '@brs/core';
import { describeWith } from '@brs-tests/support/describe-with';
import { opensslServer } from '@brs-tests/support/openssl';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { pkcs11, Pkcs11Error } from '../src/index.js';
import { makeDevice } from './support/device.js';
import { type DeviceServer, deviceName, startServer } from './support/server.js';
import { pin, startSoftHsm } from './support/soft-hsm.js';

const hsm = await startSoftHsm('gate');

describeWith('request', hsm, async (hsm) => {
  const where = { module: hsm.module, token: 'gate', pin };
  const aws = await startLocalAws({ credentialProvider: true });
  const identity = pkcs11({ ...where, key: 'ec' });
  const servers: DeviceServer[] = [];

  beforeAll(async () => {
    await makeDevice(aws, where, 'ec');
    await makeDevice(aws, where, 'rsa', 'rsa-2048');
  });
  afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())));
  afterAll(async () => {
    identity.close();
    await aws.close();
    await hsm.remove();
  });

  async function serve(answer: RequestListener, options?: object): Promise<DeviceServer> {
    const server = await startServer(aws, answer, options);
    servers.push(server);
    return server;
  }

  const ask = (port: number, more: Partial<TlsRequest> = {}, from = identity) =>
    from.request({
      host: 'localhost',
      port,
      path: '/',
      ca: aws.credentialProvider.ca,
      timeoutMs: 25_000,
      maxBodyBytes: 10_000,
      ...more,
    });

  async function failureOf(asking: Promise<unknown>): Promise<Pkcs11Error> {
    const error = await asking.then(
      () => expect.fail('the request succeeded'),
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(Pkcs11Error);
    return error as Pkcs11Error;
  }

  const hasIPv6 = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === '::1'));
  it.skipIf(!hasIPv6)('is sent over IPv6', async () => {
    const server = await serve((request, response) => response.end(request.headers.host));
    const front = createTcpServer((socket) => {
      const back = connect(server.port, '127.0.0.1');
      socket.pipe(back).pipe(socket);
      for (const end of [socket, back]) end.on('error', () => {});
    }).listen(0, '::1');
    await once(front, 'listening');
    const { port } = front.address() as AddressInfo;
    const device = pkcs11({ ...where, key: 'ec' });
    const { body } = await ask(port, { host: '::1', verifyServer: false }, device);
    expect(Buffer.from(body).toString()).toBe(`[::1]:${port}`);
    device.close();
    front.close();
  });

  it.each(['ec', 'rsa'])('is sent with the key and certificate of the device (%s)', async (key) => {
    const server = await serve((request, response) => {
      const { method, url, headers, socket } = request;
      response.writeHead(202, { 'X-Name': deviceName(socket), 'Set-Cookie': ['a', 'b'] });
      response.end(JSON.stringify({ method, url, host: headers.host, thing: headers['x-thing'] }));
    });
    const device = pkcs11({ ...where, key });
    const request = { path: '/a?b=%20c', method: 'POST', headers: { 'x-thing': 'lamp', Host: 'ignored' } };
    const { status, headers, body } = await ask(server.port, request, device);
    expect([status, headers['x-name'], headers['set-cookie']]).toEqual([202, key, 'a']);
    expect(JSON.parse(Buffer.from(body).toString())).toEqual({
      method: 'POST',
      url: '/a?b=%20c',
      host: `localhost:${server.port}`,
      thing: 'lamp',
    });
    device.close();
  });

  it.each<[string, RequestListener]>([
    ['an answer of a known length', (_, response) => response.end('ok')],
    ['an answer in a chunk', (_, response) => response.writeHead(200, { 'transfer-encoding': 'chunked' }).end('ok')],
    [
      'an answer in two pieces',
      (_, response) => response.writeHead(200, { 'content-length': 2 }).write('o', () => response.end('k')),
    ],
  ])('keeps its connection after %s', async (_, answer) => {
    const server = await serve(answer);
    for (let i = 0; i < 20; i += 1) expect((await ask(server.port)).status).toBe(200);
    expect(server.handshakes).toBe(1);
  });

  it.each<[string, RequestListener]>([
    ['announces its end', (_, response) => response.writeHead(200, { connection: 'close' }).end('ok')],
    [
      'sends more than its answer',
      ({ socket }) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok and more'),
    ],
  ])('keeps no connection of a server that %s', async (_, answer) => {
    const server = await serve(answer);
    for (let i = 0; i < 3; i += 1) expect((await ask(server.port)).status).toBe(200);
    expect(server.handshakes).toBe(3);
  });

  it('needs no directory for temporary files', async () => {
    vi.stubEnv('TMPDIR', '/nonexistent');
    const server = await serve((_, response) => response.end('ok'));
    expect((await ask(server.port)).status).toBe(200);
  });

  it('goes to a new connection where the server has closed the old one', async () => {
    const server = await serve((_, response) => response.end('ok'));
    for (let i = 0; i < 3; i += 1) {
      await ask(server.port);
      server.endConnections();
    }
    expect((await ask(server.port)).status).toBe(200);
    expect(server.handshakes).toBe(4);
  });

  it('tries a new connection once where the answer did not begin, and not where a request may have had an effect', async () => {
    let count = 0;
    const server = await serve(({ socket }, response) => {
      count += 1;
      if (count % 2 === 1) socket.destroy();
      else response.end('ok');
    });
    expect((await ask(server.port)).status).toBe(200);
    expect(count).toBe(2);
    expect(await failureOf(ask(server.port, { method: 'POST' }))).toMatchObject({ code: 'CONNECTION_FAILED' });
    expect(count).toBe(3);
  });

  it('follows no redirect', async () => {
    const server = await serve((_, response) =>
      response.writeHead(302, { location: 'https://localhost:1/' }).end('moved'),
    );
    expect(await ask(server.port)).toMatchObject({ status: 302, headers: { location: 'https://localhost:1/' } });
  });

  it('makes as many connections as are needed at once, and keeps them', async () => {
    const server = await serve((_, response) => response.end('ok'));
    const asking = () => Promise.all(Array.from({ length: 20 }, () => ask(server.port)));
    expect((await asking()).every(({ status }) => status === 200)).toBe(true);
    const { handshakes } = server;
    expect(handshakes).toBeLessThanOrEqual(8);
    await asking();
    expect(server.handshakes).toBeLessThanOrEqual(8);
  });

  it('keeps to the time of each request where all connections are taken', async () => {
    const server = await serve(() => undefined);
    const end = new AbortController();
    const taking = Array.from({ length: 8 }, () => ask(server.port, { signal: end.signal }).catch(() => 'ended'));
    expect(await failureOf(ask(server.port, { timeoutMs: 500 }))).toMatchObject({ code: 'REQUEST_TIMEOUT' });
    end.abort();
    expect(new Set(await Promise.all(taking))).toEqual(new Set(['ended']));
  });

  describe('fails, and says why, when', () => {
    it('nobody listens', async () => {
      const error = await failureOf(ask(1));
      expect(error).toMatchObject({ code: 'CONNECTION_FAILED', failure: { kind: 'recoverable' } });
      expect(error.message).toBe('No answer from localhost, port 1: ECONNREFUSED.');
    });

    it('the name does not exist', async () => {
      expect(await failureOf(ask(1, { host: 'device.invalid' }))).toMatchObject({ code: 'CONNECTION_FAILED' });
    });

    it('the server insists on TLS 1.3', async () => {
      const server = await serve((_, response) => response.end(), { minVersion: 'TLSv1.3' });
      const error = await failureOf(ask(server.port));
      expect(error).toMatchObject({ code: 'TLS_VERSION', failure: { kind: 'terminal' } });
      expect(error.message).toBe('The TLS handshake with localhost failed: the server insists on TLS 1.3.');
      expect(error.hint).toContain('TLS 1.2 alone');
    });

    it('TLS 1.3 is asked for', async () => {
      expect(await failureOf(ask(1, { minTlsVersion: 'TLSv1.3' }))).toMatchObject({
        code: 'TLS_VERSION',
        hint: expect.stringContaining('TLS 1.2 alone'),
      });
    });

    it('the server is not to be trusted, long before the CRT would say it', async () => {
      const server = await serve((_, response) => response.end());
      const stranger = aws.credentialProvider.deviceCa;
      const error = await failureOf(ask(server.port, { ca: stranger, timeoutMs: 4000 }));
      expect(error).toMatchObject({ code: 'TLS_FAILED', failure: { kind: 'terminal' } });
      expect(error.message).toContain('the certificate of the server is not trusted (');
    });

    it('the server is another one', async () => {
      const server = await serve((_, response) => response.end());
      const error = await failureOf(ask(server.port, { host: '127.0.0.1', timeoutMs: 4000 }));
      expect(error.message).toContain('the certificate of the server is not trusted (ERR_TLS_CERT_ALTNAME_INVALID)');
    });

    it('the server refuses the device, and which certificate that was', async () => {
      const { certificate, privateKey } = await aws.credentialProvider.createServerCertificate({
        names: ['localhost'],
      });
      const files = { cert: certificate, key: privateKey, CAfile: aws.credentialProvider.ca };
      const args = Object.entries(files).flatMap(([name]) => [`-${name}`, join(hsm.directory, `${name}.pem`)]);
      for (const [name, text] of Object.entries(files)) await writeFile(join(hsm.directory, `${name}.pem`), text);
      await using server = await opensslServer('-Verify', '1', '-verify_return_error', ...args);
      const error = await failureOf(ask(server.port));
      expect(error).toMatchObject({ code: 'TLS_FAILED', failure: { kind: 'terminal' } });
      const { serialNumber, validTo } = new X509Certificate((await identity.open()).certificate);
      expect(error.message).toContain(
        "the server refused the device's certificate (unknown authority). The device presents",
      );
      expect(error.message).toContain(
        `the certificate of CN=ec, serial number ${serialNumber.toLowerCase()}, valid from `,
      );
      expect(error.message).toContain(` to ${new Date(validTo).toISOString()}.`);
    });

    it('the server ends every connection after the handshake, as one may that refuses the device', async () => {
      const { ca } = aws.credentialProvider;
      const server = await serve((_, response) => response.end(), { ca, rejectUnauthorized: true });
      const error = await failureOf(ask(server.port));
      expect(error).toMatchObject({
        code: 'CONNECTION_FAILED',
        hint: expect.stringContaining("the device's certificate"),
      });
      expect(error.message).toContain('The device presents the certificate of CN=ec, ');
    });

    it('the server does not speak TLS', async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      const error = await failureOf(ask((server.address() as AddressInfo).port));
      expect(error.message).toMatch(/^No answer from localhost, port \d+: it does not speak TLS\.$/);
      server.close();
    });

    it('there is no answer in time', async () => {
      const server = await serve(() => undefined);
      const error = await failureOf(ask(server.port, { timeoutMs: 300 }));
      expect(error).toMatchObject({ code: 'REQUEST_TIMEOUT', failure: { kind: 'recoverable' } });
    });

    it('the answer drips', async () => {
      const server = await serve((_, response) => {
        const drip = setInterval(() => response.write('.'), 20);
        response.on('close', () => clearInterval(drip));
      });
      expect(await failureOf(ask(server.port, { timeoutMs: 500 }))).toMatchObject({ code: 'REQUEST_TIMEOUT' });
    });

    it('the answer has no end', async () => {
      const server = await serve((_, response) => {
        const pour = (): void => {
          while (response.write('x'.repeat(10_000)));
        };
        response.on('drain', pour);
        pour();
      });
      expect(await failureOf(ask(server.port))).toMatchObject({
        code: 'ANSWER_TOO_LARGE',
        message: 'The answer of localhost is longer than 10000 bytes.',
      });
    });

    it('the answer has no body, unless the CRT tells its status in time', async () => {
      const server = await serve((_, response) => response.writeHead(503).end());
      const answer = await ask(server.port).catch((error: unknown) => error);
      expect([{ status: 503 }, { code: 'ANSWER_EMPTY' }]).toContainEqual(
        answer instanceof Pkcs11Error ? { code: answer.code } : { status: (answer as TlsResponse).status },
      );
    });

    it('the answer is cut off', async () => {
      const server = await serve((_, response) => {
        response.writeHead(200, { 'content-length': '100' });
        response.write('half', () => response.destroy());
      });
      expect(await failureOf(ask(server.port))).toMatchObject({ code: 'CONNECTION_FAILED' });
    });

    it.each<[string, Partial<TlsRequest>]>([
      ['path', { path: 'a' }],
      ['ca', { ca: 'no certificate' }],
      ['proxy', { proxy: 'socks5://localhost' }],
      ['proxy', { proxy: 'proxy.example.com' }],
    ])('%s can never be right', async (option, request) => {
      await expect(ask(1, request)).rejects.toMatchObject({ code: 'INVALID_OPTIONS', option });
    });
  });

  it('accepts any server where verification is off', async () => {
    const server = await serve((_, response) => response.end('ok'));
    const { ca: _, ...others } = { ca: '', host: '127.0.0.1', verifyServer: false };
    expect((await ask(server.port, { ...others, ca: undefined })).status).toBe(200);
  });

  it('ends with the reason of its signal, before, during and between', async () => {
    const server = await serve(() => undefined);
    const reason = new Error('closed');
    await expect(ask(server.port, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const controller = new AbortController();
    const asking = ask(server.port, { signal: controller.signal });
    controller.abort(reason);
    await expect(asking).rejects.toBe(reason);
    const open = new AbortController();
    const answered = new AbortController();
    const other = await serve((_, response) => {
      response.writeHead(200).write('half');
      answered.abort();
    });
    const half = ask(other.port, { signal: open.signal });
    answered.signal.addEventListener('abort', () => open.abort(reason));
    await expect(half).rejects.toBe(reason);
  });

  it.each([
    ['is not there', 1, 'the proxy could not be reached, ECONNREFUSED'],
    ['refuses', 0, 'the proxy answered 403'],
  ])('says so where the proxy %s', async (_, port, reason) => {
    const proxy = createServer().on('connect', (_request, socket) => socket.end('HTTP/1.1 403 Forbidden\r\n\r\n'));
    await once(proxy.listen(0, '127.0.0.1'), 'listening');
    const url = `http://user:secret@127.0.0.1:${port || (proxy.address() as AddressInfo).port}`;
    const error = await failureOf(ask(443, { proxy: url }));
    expect(error.message).toBe(`No answer from localhost, port 443: ${reason}.`);
    expect(inspect(error)).not.toContain('secret');
    proxy.close();
  });

  it('goes through a proxy', async () => {
    const seen: string[] = [];
    const proxy = createServer();
    proxy.on('connect', (request, socket) => {
      seen.push(`${request.url} ${request.headers['proxy-authorization'] ?? ''}`);
      const [, port] = (request.url ?? '').split(':');
      const upstream = connect(Number(port), '127.0.0.1', () => socket.write('HTTP/1.1 200 OK\r\n\r\n'));
      upstream.pipe(socket).pipe(upstream);
      socket.on('error', () => upstream.destroy());
      upstream.on('error', () => socket.destroy());
    });
    await once(proxy.listen(0, '127.0.0.1'), 'listening');
    const { port } = proxy.address() as AddressInfo;
    const server = await serve(({ socket }, response) => response.end(deviceName(socket)));
    const { body } = await ask(server.port, { proxy: `http://user:p%40ss@127.0.0.1:${port}` });
    expect(Buffer.from(body).toString()).toBe('ec');
    const stranger = aws.credentialProvider.deviceCa;
    const untrusted = ask(server.port, { proxy: `http://127.0.0.1:${port}`, ca: stranger, timeoutMs: 2000 });
    expect((await failureOf(untrusted)).message).toContain('the certificate of the server is not trusted (');
    expect(seen.slice(0, 1)).toEqual([`localhost:${server.port} Basic ${Buffer.from('user:p@ss').toString('base64')}`]);
    identity.close();
    proxy.close();
  });
});

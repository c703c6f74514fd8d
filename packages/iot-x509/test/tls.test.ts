/** TLS itself: who trusts whom, versions, sessions that are resumed, connections that are kept. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startAuthorities } from '@brs-tests/support/authorities';
import { acquire, type Bench, contextOf, failureOf, startBench, strategyOf } from './support/device.js';
import { startServer } from './support/server.js';

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.close());

describe('the server', () => {
  it('is not trusted without its authority: a captive portal looks like that, so it may pass', async () => {
    expect(await failureOf(strategyOf(bench.options({ ca: undefined })))).toMatchObject({
      code: 'SERVER_NOT_TRUSTED',
      failure: { kind: 'recoverable', hint: expect.stringMatching(/`ca`.*clock.*captive/) },
    });
  });

  it('must have the name that was asked for', async () => {
    const { credentialProvider } = bench.aws;
    const server = await credentialProvider.createServerCertificate({ names: ['provider.example.com'] });
    await using other = await startServer(server, credentialProvider.deviceCa);
    expect(await failureOf(strategyOf(bench.options({ port: other.port })))).toMatchObject({
      code: 'SERVER_NOT_TRUSTED',
      message: expect.stringContaining('(ERR_TLS_CERT_ALTNAME_INVALID)'),
      failure: { kind: 'recoverable' },
    });
    expect(other.requests).toEqual([]);
  });

  it('is anybody where verification is turned off, and a notice says so, once', async () => {
    const context = contextOf();
    const strategy = strategyOf(bench.options({ ca: undefined, dangerouslyDisableServerVerification: true }), context);
    expect(context.notices).toEqual([]);
    await acquire(strategy);
    await acquire(strategy);
    expect(context.notices).toEqual([
      { code: 'SERVER_NOT_VERIFIED', message: 'The server is not verified: it can be anybody.' },
    ]);
  });

  it('cuts the connection of a certificate of another authority', async () => {
    await using other = await startBench();
    const { certificate, privateKey } = other.device;
    const strategy = strategyOf(bench.options({ certificate, privateKey }));
    await failureOf(strategy);
    expect(await failureOf(strategy)).toMatchObject({ code: 'CERTIFICATE_REJECTED', failure: { kind: 'terminal' } });
  });

  it('may speak an older version than is wanted', async () => {
    await using old = await startBench({ credentialProvider: { maxTlsVersion: 'TLSv1.2' } });
    await acquire(strategyOf(old.options()));
    expect(await failureOf(strategyOf(old.options({ minTlsVersion: 'TLSv1.3' })))).toMatchObject({
      code: 'TLS_VERSION',
      failure: { kind: 'terminal', hint: expect.stringContaining('`minTlsVersion`') },
    });
  });

  it('may not be there', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    expect(await failureOf(strategyOf(bench.options({ port })))).toMatchObject({
      code: 'CONNECTION_FAILED',
      message: expect.stringContaining('(ECONNREFUSED)'),
      failure: { kind: 'recoverable' },
    });
    expect(await failureOf(strategyOf(bench.options({ endpoint: 'nowhere.invalid' })))).toMatchObject({
      code: 'CONNECTION_FAILED',
      message: expect.stringMatching(/\((ENOTFOUND|EAI_AGAIN)\)/),
      failure: { kind: 'recoverable' },
    });
  });

  it.each([
    ['plain HTTP', 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'],
    ['nothing that is TLS', '\0\0\0\0\0\0\0\0'],
  ])('may speak %s', async (_, bytes) => {
    const server: Server = createServer((socket) => socket.on('error', () => {}).end(bytes)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    expect(await failureOf(strategyOf(bench.options({ port })))).toMatchObject({
      code: 'TLS_FAILED',
      failure: { kind: 'recoverable' },
    });
    server.close();
  });
});

describe.each(['TLSv1.2', 'TLSv1.3'] as const)('connections over %s', (maxTlsVersion) => {
  it('are kept, and their TLS session is resumed when they are lost', async () => {
    await using own = await startBench({ credentialProvider: { maxTlsVersion } });
    const { credentialProvider } = own.aws;
    const strategy = strategyOf(own.options());
    for (let round = 0; round < 5; round++) await acquire(strategy);
    expect(credentialProvider.handshakes).toEqual({ full: 1, resumed: 0, refused: 0 });
    expect(credentialProvider.connections).toBe(1);

    credentialProvider.endConnections();
    // Whether this process has noticed it by now or not: the request succeeds.
    await acquire(strategy);
    expect(credentialProvider.handshakes).toEqual({ full: 1, resumed: 1, refused: 0 });
  });

  it('are closed with the strategy', async () => {
    await using own = await startBench({ credentialProvider: { maxTlsVersion } });
    const strategy = strategyOf(own.options());
    await acquire(strategy);
    await strategy.close?.();
    await expect.poll(() => own.aws.credentialProvider.connections).toBe(0);
  });
});

describe('one request', () => {
  it('ends with its signal, and leaves no connection behind', async () => {
    using _ = bench.aws.inject({ service: 'credential-provider', kind: 'hang' });
    const strategy = strategyOf(bench.options());
    const before = bench.aws.count();
    const reason = new Error('closed');
    const controller = new AbortController();
    const asked = acquire(strategy, controller.signal);
    await bench.aws.untilCount({}, before + 1);
    controller.abort(reason);
    await expect(asked).rejects.toBe(reason);
  });

  it('says who the device is and what it wants, and nothing else', async () => {
    const { credentialProvider } = bench.aws;
    const server = await credentialProvider.createServerCertificate({ names: ['localhost'] });
    await using provider = await startServer(server, credentialProvider.deviceCa);
    const ask = (more: object) =>
      failureOf(strategyOf(bench.options({ port: provider.port, roleAlias: 'a=b,c@d', ...more })));
    await ask({ thingName: 'lamp', durationSeconds: 900 });
    await ask({});
    const always = { accept: 'application/json', host: `localhost:${provider.port}`, connection: 'keep-alive' };
    const line = 'GET /role-aliases/a%3Db%2Cc%40d/credentials';
    expect(provider.requests).toEqual([
      {
        line,
        servername: 'localhost',
        headers: { ...always, 'x-amzn-iot-thingname': 'lamp', 'x-amzn-iot-credential-duration-seconds': '900' },
      },
      { line, servername: 'localhost', headers: always },
    ]);
  });

  it('shows the certificate with its chain: a server that knows only the root lets the device in', async () => {
    await using authorities = await startAuthorities();
    const { certificate: leaf, privateKey } = await authorities.createDevice();
    const server = await bench.aws.credentialProvider.createServerCertificate({ names: ['localhost'] });
    await using provider = await startServer(server, authorities.root);
    const ask = (certificate: string) =>
      failureOf(strategyOf(bench.options({ port: provider.port, certificate, privateKey })));
    expect(await ask(leaf + authorities.intermediate)).toMatchObject({ code: 'ROLE_ALIAS_NOT_FOUND' });
    expect(provider.requests).toHaveLength(1);
    expect(await ask(leaf)).not.toMatchObject({ code: 'ROLE_ALIAS_NOT_FOUND' });
    expect(provider.requests).toHaveLength(1);
  });
});

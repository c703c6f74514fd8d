/** Through an HTTP proxy: the tunnel, what is kept, and what goes wrong without a password in it. */
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { acquire, type Bench, failureOf, startBench, strategyOf } from './support/device.js';
import { startProxy } from './support/proxy.js';

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.close());

describe.each(['TLSv1.2', 'TLSv1.3'] as const)('a tunnel with %s inside', (maxTlsVersion) => {
  it('is kept, and its TLS session is resumed in the next one', async () => {
    await using own = await startBench({ credentialProvider: { maxTlsVersion } });
    await using proxy = await startProxy();
    const { credentialProvider } = own.aws;
    const strategy = strategyOf(own.options({ proxy: `http://127.0.0.1:${proxy.port}` }));
    for (let round = 0; round < 3; round++) await acquire(strategy);
    const tunnel = { target: `localhost:${credentialProvider.port}`, authorization: undefined };
    expect(proxy.asked).toEqual([tunnel]);

    credentialProvider.endConnections();
    await acquire(strategy);
    expect(proxy.asked).toEqual([tunnel, tunnel]);
    expect(credentialProvider.handshakes).toEqual({ full: 1, resumed: 1, refused: 0 });
    await strategy.close?.();
    await expect.poll(() => credentialProvider.connections).toBe(0);
  });
});

it('outlives the time that it had to come about', async () => {
  await using proxy = await startProxy();
  const strategy = strategyOf(bench.options({ proxy: `http://127.0.0.1:${proxy.port}`, timeoutMs: 2000 }));
  await acquire(strategy);
  await new Promise((resolve) => setTimeout(resolve, 2500));
  await acquire(strategy);
  expect(proxy.asked).toHaveLength(1);
  await strategy.close?.();
});

it('brings its user and password, decoded', async () => {
  await using proxy = await startProxy();
  const strategy = strategyOf(bench.options({ proxy: `http://us%40er:pl%2Fanted@127.0.0.1:${proxy.port}` }));
  await acquire(strategy);
  expect(proxy.asked[0]?.authorization).toBe(`Basic ${Buffer.from('us@er:pl/anted').toString('base64')}`);
  await strategy.close?.();
});

describe('a proxy', () => {
  it.each([
    [
      'that wants another password',
      'HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n',
      /^The proxy answered 407\.$/,
    ],
    [
      'that lets nothing through',
      'HTTP/1.1 403 Forbidden\r\nlocation: planted\r\n\r\nplanted',
      /^The proxy answered 403\.$/,
    ],
    ['that redirects', 'HTTP/1.1 302 Found\r\nlocation: http://planted/\r\n\r\n', /^The proxy answered 302\.$/],
    ['that speaks something else', 'SSH-2.0-planted\r\n', /^The proxy could not be reached \(HPE_\w+\)\.$/],
  ])('%s', async (_, answer, message) => {
    await using proxy = await startProxy();
    proxy.answer = answer;
    const strategy = strategyOf(bench.options({ proxy: `http://user:planted@127.0.0.1:${proxy.port}` }));
    const error = await failureOf(strategy);
    expect(error).toMatchObject({
      code: 'PROXY_FAILED',
      message: expect.stringMatching(message),
      failure: { kind: 'recoverable', hint: expect.stringContaining('`proxy`') },
    });
    expect(inspect([error, strategy], { depth: 9, showHidden: true })).not.toContain('user:');
    expect(error.message).not.toContain('planted');
    // Nothing was asked of the provider.
    proxy.answer = undefined;
    await acquire(strategy);
    await strategy.close?.();
  });

  it('that never answers ends with the timeout', async () => {
    await using proxy = await startProxy();
    proxy.answer = '';
    const strategy = strategyOf(bench.options({ proxy: `http://127.0.0.1:${proxy.port}`, timeoutMs: 200 }));
    expect((await failureOf(strategy)).code).toMatch(/^(TIMEOUT|PROXY_FAILED)$/);
  });

  it('that is not there', async () => {
    expect(await failureOf(strategyOf(bench.options({ proxy: 'http://user:planted@127.0.0.1:1' })))).toMatchObject({
      code: 'PROXY_FAILED',
      message: 'The proxy could not be reached (ECONNREFUSED).',
    });
  });
});

/** A key that stays in its token: the identity sends the request, and everything else is as with files. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { pem } from '../src/index.js';
import { acquire, type Bench, contextOf, failureOf, rejection, startBench, strategyOf } from './support/device.js';
import { type FakeToken, fakeToken, TokenError } from './support/fake-token.js';

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.close());

function tokenOf({ certificate, privateKey } = bench.device): FakeToken {
  return fakeToken(pem({ certificate, privateKey }));
}

it('gets the whole request, and gives the whole answer', async () => {
  const identity = tokenOf();
  const strategy = strategyOf(
    bench.options({
      identity,
      thingName: 'lamp',
      durationSeconds: 900,
      timeoutMs: 5000,
      minTlsVersion: 'TLSv1.2',
      proxy: 'http://127.0.0.1:1',
    }),
  );
  expect(strategy.tlsIdentity).toBe(identity);
  const controller = new AbortController();
  expect(await acquire(strategy, controller.signal)).toMatchObject({ sourceTime: expect.any(Date) });
  const { host, port, ca } = bench.aws.credentialProvider;
  expect(identity.requests).toEqual([
    {
      host,
      port,
      ca: expect.stringContaining(ca.trim()),
      path: '/role-aliases/device/credentials',
      headers: {
        accept: 'application/json',
        'x-amzn-iot-thingname': 'lamp',
        'x-amzn-iot-credential-duration-seconds': '900',
      },
      verifyServer: true,
      minTlsVersion: 'TLSv1.2',
      proxy: 'http://127.0.0.1:1',
      timeoutMs: 5000,
      maxBodyBytes: 65_536,
      signal: controller.signal,
    },
  ]);
});

it('an alias is encoded', async () => {
  const identity = tokenOf();
  await failureOf(strategyOf(bench.options({ identity, roleAlias: 'a=b,c@d' })));
  expect(identity.requests[0]?.path).toBe('/role-aliases/a%3Db%2Cc%40d/credentials');
});

it('errors of the service are the same', async () => {
  const strategy = strategyOf(bench.options({ identity: tokenOf(), roleAlias: 'nobody' }));
  expect(await failureOf(strategy)).toMatchObject({ code: 'ROLE_ALIAS_NOT_FOUND', failure: { kind: 'terminal' } });
});

it('errors of the token are its own', async () => {
  const identity = tokenOf();
  identity.failWith = new TokenError('locked', { kind: 'terminal', hint: 'Unlock the token.' });
  const strategy = strategyOf(bench.options({ identity }));
  const error = await rejection(acquire(strategy));
  expect(error).toBe(identity.failWith);
  expect(strategy.classify(error)).toEqual({ kind: 'terminal', hint: 'Unlock the token.' });
  expect(identity.requests).toEqual([]);
});

it('a certificate that ends soon is told here too', async () => {
  const soon = await bench.aws.credentialProvider.createDevice({
    notBefore: new Date(Date.now() - 90 * 86_400_000),
    notAfter: new Date(Date.now() + 20 * 86_400_000),
  });
  const context = contextOf();
  await acquire(strategyOf(bench.options({ identity: tokenOf(soon) }), context));
  expect(context.notices).toMatchObject([{ code: 'CERTIFICATE_EXPIRES_SOON' }]);
});

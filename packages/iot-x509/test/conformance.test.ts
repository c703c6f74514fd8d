/** The conformance suite for strategies, over real mutual TLS; and through a key that cannot be read. */
import { describeStrategy } from '@brs/testkit';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { pem } from '../src/index.js';
import { type Bench, startBench, strategyOf } from './support/device.js';
import { fakeToken } from './support/fake-token.js';
import { scriptedProvider } from './support/scripted-provider.js';

let bench: Bench;
let server: Awaited<ReturnType<Bench['aws']['credentialProvider']['createServerCertificate']>>;
beforeAll(async () => {
  bench = await startBench();
  server = await bench.aws.credentialProvider.createServerCertificate({ names: ['localhost'] });
});
afterAll(() => bench.close());

describe.each(['pem', 'pkcs11'] as const)('%s', (kind) => {
  describeStrategy(
    async (source) => {
      const { certificate, privateKey } = bench.device;
      const { port, close } = await scriptedProvider(source, server, bench.aws.credentialProvider.deviceCa);
      const identity = pem({ certificate, privateKey });
      const strategy = strategyOf(bench.options({ port, identity: kind === 'pem' ? identity : fakeToken(identity) }));
      return {
        strategy,
        async dispose() {
          await strategy.close?.();
          await close();
        },
      };
    },
    { name: 'iot-x509', retryAfter: true, runner: { describe, it } },
  );
});

/** A server that refuses the device's certificate by a TLS alert, as OpenSSL does it. */
import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Bench, directory, failureOf, startBench, strategyOf } from './support/device.js';
import { opensslServer } from '@brs-tests/support/openssl';

let bench: Bench;
let folder: Awaited<ReturnType<typeof directory>>;
let server: string[];
beforeAll(async () => {
  bench = await startBench();
  folder = await directory();
  const { certificate, privateKey } = await bench.aws.credentialProvider.createServerCertificate({
    names: ['localhost'],
  });
  const file = await folder.write('server.pem', privateKey + certificate);
  server = ['-cert', file, '-key', file, '-Verify', '1', '-verify_return_error'];
});
afterAll(async () => {
  await bench.close();
  await folder[Symbol.asyncDispose]();
});

const refusal = {
  code: 'CERTIFICATE_REJECTED',
  message: expect.stringContaining('the certificate was rejected'),
  failure: { kind: 'terminal', hint: expect.stringMatching(/unknown.*not active, revoked or expired/) },
};

describe.each(['-tls1_2', '-tls1_3'])('%s', (version) => {
  it('an unknown certificate is refused at once, for good', async () => {
    const { certificate } = await bench.aws.credentialProvider.createServerCertificate({ names: ['x'] });
    await using running = await opensslServer(
      ...server,
      version,
      '-CAfile',
      await folder.write('other.pem', certificate),
    );
    expect(await failureOf(strategyOf(bench.options({ port: running.port })))).toMatchObject(refusal);
  });

  it('so is a revoked one', async () => {
    const { credentialProvider } = bench.aws;
    const { certificate, privateKey, certificateId } = await credentialProvider.createDevice();
    credentialProvider.setCertificateStatus(certificateId, 'REVOKED');
    const authority = await folder.write('authority.pem', credentialProvider.deviceCa);
    await writeFile(authority, await credentialProvider.certificateRevocationList(), { flag: 'a' });
    await using running = await opensslServer(...server, version, '-CAfile', authority, '-crl_check');
    expect(await failureOf(strategyOf(bench.options({ port: running.port, certificate, privateKey })))).toMatchObject(
      refusal,
    );
    // One that is not on the list gets through: what answers then is no credential provider.
    expect(await failureOf(strategyOf(bench.options({ port: running.port })))).toMatchObject({
      code: 'UNREADABLE_ANSWER',
    });
  });
});

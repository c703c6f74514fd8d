/** The same with a TPM: tpm2-pkcs11 over a TPM in software. */
import { verify } from 'node:crypto';
import { startLocalAws } from '@brs/testkit';
import { describeWith } from '@brs-tests/support/describe-with';
import { afterAll, expect, it } from 'vitest';
import { getSigner, listKeys, listTokens, pkcs11 } from '../src/index.js';
import { makeDevice } from './support/device.js';
import { startSoftwareTpm } from './support/software-tpm.js';

const pin = '8473625190';
const tpm = await startSoftwareTpm('gateway', pin);

describeWith('a TPM', tpm, async (tpm) => {
  const where = { module: tpm.module, token: 'gateway', pin };
  const aws = await startLocalAws({
    credentialProvider: { roleAliases: [{ roleAlias: 'reader', roleArn: 'arn:aws:iam::123456789012:role/reader' }] },
  });
  const { host, port, ca } = aws.credentialProvider;
  afterAll(async () => {
    await aws.close();
    await tpm.remove();
  });

  it('gets a wrong PIN once', async () => {
    const wrong = { ...where, pin: '0000000001' };
    for (let i = 0; i < 3; i += 1) await expect(listKeys(wrong)).rejects.toMatchObject({ code: 'PIN_INCORRECT' });
    expect((await listTokens({ module: tpm.module }))[0]).toMatchObject({ label: 'gateway', loginRequired: true });
  });

  // One key: a TPM without a resource manager has room for three objects at a time, and its module needs two.
  it('takes a device from nothing to credentials', async () => {
    const device = await makeDevice(aws, where, 'device');
    const signer = await getSigner({ ...where, key: 'device' });
    expect(signer.algorithm).toBe('EC');
    const data = Buffer.from('what is signed');
    expect(verify('sha256', data, signer.publicKey, await signer.sign(data))).toBe(true);

    const identity = pkcs11({ ...where, key: 'device' });
    const path = '/role-aliases/reader/credentials';
    for (let i = 0; i < 5; i += 1) {
      const answer = await identity.request({ host, port, ca, path, timeoutMs: 25_000, maxBodyBytes: 10_000 });
      expect(answer.status).toBe(200);
    }
    expect(aws.requests.at(-1)?.certificateId).toBe(device.certificateId);
    identity.close();
  });
});

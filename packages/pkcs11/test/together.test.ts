/** Many identities on one token in one process, and one identity for long, at the loopback credential provider. */
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { startLocalAws } from '@brs/testkit';
import { describeWith } from '@brs-tests/support/describe-with';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { getSigner, listCertificates, listKeys, listTokens, pkcs11 } from '../src/index.js';
import { makeDevice, renewDevice } from './support/device.js';
import { pin, startSoftHsm } from './support/soft-hsm.js';

const hsm = await startSoftHsm('gate');

describeWith('one token', hsm, async (hsm) => {
  const module = hsm.faulty;
  const where = { module, token: 'gate', pin };
  const aws = await startLocalAws({
    credentialProvider: { roleAliases: [{ roleAlias: 'reader', roleArn: 'arn:aws:iam::123456789012:role/reader' }] },
  });
  const provider = aws.credentialProvider;
  const request = {
    host: provider.host,
    port: provider.port,
    ca: provider.ca,
    path: '/role-aliases/reader/credentials',
    timeoutMs: 25_000,
    maxBodyBytes: 10_000,
  };

  beforeAll(async () => {
    await makeDevice(aws, where, 'ec');
    await makeDevice(aws, where, 'rsa', 'rsa-2048');
  });
  afterAll(async () => {
    await aws.close();
    await hsm.remove();
  });

  it.each(['ec', 'rsa'])(
    'gives 50 sets of credentials over one connection, and holds no more afterwards (%s)',
    async (key) => {
      const identity = pkcs11({ ...where, key });
      const before = provider.handshakes;
      const handles = async (): Promise<number> => (await readdir('/proc/self/fd')).length;
      const ask = async (): Promise<string> => {
        const { status, body } = await identity.request(request);
        expect(status).toBe(200);
        return (JSON.parse(Buffer.from(body).toString()) as any).credentials.accessKeyId;
      };
      const ids = new Set([await ask()]);
      const open = await handles();
      const sessions = (await hsm.answers('C_OpenSession')).length;
      for (let i = 0; i < 49; i += 1) ids.add(await ask());
      expect(ids.size).toBe(50);
      expect(provider.handshakes.full - before.full).toBe(1);
      expect(await handles()).toBeLessThanOrEqual(open);
      expect(await hsm.answers('C_OpenSession')).toHaveLength(sessions);
      identity.close();
    },
  );

  it('serves 20 identities at once, with discovery and signatures in between, and none that is closed disturbs another', async () => {
    const identities = Array.from({ length: 20 }, (_, index) => pkcs11({ ...where, key: index % 2 ? 'ec' : 'rsa' }));
    const signer = await getSigner({ ...where, key: 'ec' });
    async function work(): Promise<void> {
      const statuses = Promise.all(identities.map(async (identity) => (await identity.request(request)).status));
      const found = await Promise.all([listTokens({ module }), listKeys(where), listCertificates(where)]);
      expect(found.map(({ length }) => length)).toEqual([2, 4, 2]);
      expect(await signer.sign(Buffer.from('data'))).not.toHaveLength(0);
      expect(new Set(await statuses)).toEqual(new Set([200]));
    }
    await work();
    const closed = identities.splice(0, 10);
    const others = work();
    for (const identity of closed) {
      identity.close();
      await setImmediate();
    }
    await others;
    expect((await closed[0]!.request(request)).status).toBe(200);
    const answers = await hsm.answers('C_Login');
    expect(answers.filter((rv) => rv === '0x0')).toHaveLength(1);
    expect(new Set(answers)).toEqual(new Set(['0x0', '0x100']));
    expect(await hsm.answers('C_Initialize')).toEqual(['0x0']);
    expect(await hsm.answers('C_Finalize')).toEqual([]);
    for (const identity of [...closed, ...identities]) identity.close();
  });

  it('takes a certificate file that was replaced, and none that does not fit', async () => {
    const file = join(hsm.directory, 'device.pem');
    const first = await renewDevice(aws, where, 'ec');
    await writeFile(file, first.certificate);
    const identity = pkcs11({ ...where, key: 'ec', certificate: file });
    expect(identity.expiresAt).toBeUndefined();
    const before = await identity.open();
    expect(await identity.open()).toBe(before);
    expect(identity.expiresAt!.getTime()).toBeGreaterThan(Date.now());
    await identity.request(request);
    for (const unusable of ['half a file', (await provider.createDevice()).certificate]) {
      await writeFile(file, unusable);
      expect(await identity.open()).toBe(before);
    }
    const second = await renewDevice(aws, where, 'ec');
    await writeFile(file, second.certificate);
    expect((await identity.request(request)).status).toBe(200);
    expect(aws.requests.at(-1)?.certificateId).toBe(second.certificateId);
    identity.close();
  });
});

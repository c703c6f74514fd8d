/** A device set up from nothing: key pair, certificate request, certificate, signatures, all with SoftHSM. */
import { createPublicKey, verify, X509Certificate } from 'node:crypto';
import { startLocalAws } from '@brs/testkit';
import { describeWith } from '@brs-tests/support/describe-with';
import { afterAll, expect, it } from 'vitest';
import {
  createCertificateRequest,
  generateKeyPair,
  getSigner,
  importCertificate,
  type KeyPairType,
  listCertificates,
  listKeys,
  pkcs11,
} from '../src/index.js';
import { pin, startSoftHsm } from './support/soft-hsm.js';

const hsm = await startSoftHsm('gate');

describeWith('provisioning', hsm, async (hsm) => {
  const where = { module: hsm.module, token: 'gate', pin };
  const aws = await startLocalAws({ credentialProvider: true });
  const authority = aws.credentialProvider;
  afterAll(async () => {
    await aws.close();
    await hsm.remove();
  });

  it.each<[KeyPairType, string, number | string]>([
    ['rsa-2048', 'RSA', 2048],
    ['rsa-3072', 'RSA', 3072],
    ['ec-p256', 'EC', 'P-256'],
    ['ec-p384', 'EC', 'P-384'],
  ])('takes a %s key from nothing to a certificate in the token', async (type, algorithm, size) => {
    const pair = await generateKeyPair({ ...where, type, label: type });
    const key = { label: type, id: pair.id };
    const [made] = (await listKeys(where)).filter(({ kind, label }) => kind === 'private' && label === type);
    expect(made).toMatchObject({
      ...key,
      size,
      type: algorithm,
      sign: true,
      sensitive: true,
      extractable: false,
      local: true,
    });

    const request = await createCertificateRequest({ ...where, key, subject: `CN=${type},O=Exämple` });
    // The authority refuses a request that is not signed with its own key.
    const { certificate } = await authority.signCertificate(request);
    await importCertificate({ ...where, key: type, certificate });
    expect(await listCertificates(where)).toContainEqual(
      expect.objectContaining({ label: type, id: pair.id, pem: new X509Certificate(certificate).toString() }),
    );
    const material = await pkcs11({ ...where, key: type }).open();
    expect(new X509Certificate(material.certificate).publicKey.equals(createPublicKey(pair.publicKey))).toBe(true);
    expect(new X509Certificate(material.certificate).subject).toContain(`CN=${type}`);

    const signer = await getSigner({ ...where, key: type });
    expect(signer.algorithm).toBe(algorithm);
    const data = Buffer.from('what is signed');
    for (const hash of ['sha256', 'sha384', 'sha512'] as const) {
      expect(verify(hash, data, signer.publicKey, await signer.sign(data, { hash }))).toBe(true);
      const raw = await signer.sign(data, { hash, format: 'raw' });
      expect(verify(hash, data, { key: signer.publicKey, dsaEncoding: 'ieee-p1363' }, raw)).toBe(true);
    }
  });

  it('makes no second key of a label or id', async () => {
    await generateKeyPair({ ...where, type: 'ec-p256', label: 'one', id: 'AB01' });
    const again = generateKeyPair({ ...where, type: 'ec-p256', label: 'one' });
    await expect(again).rejects.toMatchObject({
      code: 'KEY_EXISTS',
      message: expect.stringContaining("'one' (EC, id ab01)"),
    });
    await expect(generateKeyPair({ ...where, type: 'ec-p256', label: 'two', id: 'ab01' })).rejects.toMatchObject({
      code: 'KEY_EXISTS',
    });
  });

  it('replaces a certificate that is there, and takes none of another key', async () => {
    await generateKeyPair({ ...where, type: 'ec-p256', label: 'renewed', id: 'ab02' });
    const request = await createCertificateRequest({ ...where, key: 'renewed', subject: 'CN=renewed' });
    const [first, second] = [await authority.signCertificate(request), await authority.signCertificate(request)];
    for (const { certificate } of [first, second, second])
      await importCertificate({ ...where, key: 'renewed', certificate });
    const pems = (await listCertificates(where)).filter(({ id }) => id === 'ab02').map(({ pem }) => pem);
    expect(pems).toEqual([new X509Certificate(second.certificate).toString()]);
    const foreign = await authority.createDevice();
    const wrong = importCertificate({ ...where, key: 'renewed', certificate: foreign.certificate });
    await expect(wrong).rejects.toMatchObject({ code: 'CERTIFICATE_MISMATCH' });
    const open = pkcs11({ ...where, key: 'renewed', certificate: foreign.certificate }).open();
    await expect(open).rejects.toMatchObject({
      code: 'CERTIFICATE_MISMATCH',
      message: expect.stringContaining("'renewed'"),
    });
  });

  it('signs many things at once', async () => {
    await generateKeyPair({ ...where, type: 'rsa-2048', label: 'busy' });
    const signer = await getSigner({ ...where, key: 'busy' });
    const things = Array.from({ length: 40 }, (_, index) => Buffer.from(`${index}`));
    const signatures = await Promise.all(things.map((thing) => signer.sign(thing)));
    signatures.forEach((signature, index) => {
      expect(verify('sha256', things[index]!, signer.publicKey, signature)).toBe(true);
    });
  });

  it.each<[string, () => Promise<unknown>, string]>([
    [
      'type',
      () => generateKeyPair({ ...where, type: 'ec-p521' as never, label: 'a' }),
      "Option `type` must be 'rsa-2048'",
    ],
    [
      'label',
      () => generateKeyPair({ ...where, type: 'ec-p256', label: '' }),
      'Option `label` must be a non-empty string',
    ],
    [
      'id',
      () => generateKeyPair({ ...where, type: 'ec-p256', label: 'a', id: 'xy' }),
      'Option `id` must be bytes in hex',
    ],
    [
      'subject',
      () => createCertificateRequest({ ...where, key: 'one', subject: 'gateway' }),
      'Option `subject` must be',
    ],
    ['subject', () => createCertificateRequest({ ...where, key: 'one' } as never), 'Option `subject` is required'],
    ['certificate', () => importCertificate({ ...where, certificate: '' }), 'Option `certificate` must be'],
    ['key', () => listKeys({ ...where, key: 'one' } as never), 'Option `key` is unknown'],
    ['token', () => listCertificates({ ...where, token: '' }), 'Option `token` must be'],
  ])('refuses a bad %s before it touches the token', async (_, call, message) => {
    await expect(call().catch((error: unknown) => Promise.reject(error))).rejects.toThrow(message);
  });

  it('refuses a hash and a form that it does not know', async () => {
    const signer = await getSigner({ ...where, key: 'one' });
    await expect(signer.sign(Buffer.alloc(1), { hash: 'md5' as never })).rejects.toThrow('Option `hash` must be');
    await expect(signer.sign(Buffer.alloc(1), { format: 'hex' as never })).rejects.toThrow('Option `format` must be');
  });
});

/** The PEM identity: what it reads, and how it follows its files. */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { rename, rm, utimes } from 'node:fs/promises';
import { inspect } from 'node:util';
import type { LocalDevice } from '@brs/testkit';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { IotError, pem, type PemOptions } from '../src/index.js';
import { type Bench, directory, rejection, startBench } from './support/device.js';

let bench: Bench;
let rsa: LocalDevice;
beforeAll(async () => {
  bench = await startBench();
  rsa = await bench.aws.credentialProvider.createDevice({ keyType: 'rsa' });
});
afterAll(() => bench.close());

const keyOf = ({ privateKey }: LocalDevice): KeyObject => createPrivateKey(privateKey);

describe('what is read', () => {
  it.each<[string, (device: LocalDevice) => Partial<PemOptions>]>([
    ['PEM text', () => ({})],
    [
      'bytes of PEM',
      ({ certificate, privateKey }) => ({ certificate: Buffer.from(certificate), privateKey: Buffer.from(privateKey) }),
    ],
    [
      'DER',
      (device) => ({
        certificate: new X509Certificate(device.certificate).raw,
        privateKey: keyOf(device).export({ type: 'pkcs8', format: 'der' }),
      }),
    ],
    [
      'an encrypted key in PEM',
      (device) => ({
        privateKey: keyOf(device).export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'open' }),
        passphrase: () => 'open\n',
      }),
    ],
    [
      'an encrypted key in DER',
      (device) => ({
        privateKey: keyOf(device).export({ type: 'pkcs8', format: 'der', cipher: 'aes-256-cbc', passphrase: 'open' }),
        passphrase: 'open',
      }),
    ],
    [
      'the forms that OpenSSL had before',
      (device) => ({
        privateKey: keyOf(device).export({
          type: keyOf(device).asymmetricKeyType === 'rsa' ? ('pkcs1' as never) : ('sec1' as never),
          format: 'pem',
          cipher: 'aes-128-cbc',
          passphrase: 'open',
        }),
        passphrase: () => Promise.resolve('open'),
      }),
    ],
    [
      'both in one text, with other things',
      ({ certificate, privateKey }) => {
        const one = `subject=CN = lamp\n${privateKey}some text\n${certificate}${bench.aws.credentialProvider.deviceCa}`;
        return { certificate: one, privateKey: one };
      },
    ],
  ])('%s', async (_, change) => {
    for (const device of [bench.device, rsa]) {
      const { certificate, privateKey } = device;
      const material = await pem({ certificate, privateKey, ...change(device) }).read();
      expect(material.certificate.startsWith(certificate.trim())).toBe(true);
      expect(createPrivateKey(material.privateKey).equals(keyOf(device))).toBe(true);
      expect(material.privateKey).toMatch(/^-----BEGIN PRIVATE KEY-----/);
    }
  });

  it('the chain after the certificate, and nothing of the key', async () => {
    const { deviceCa } = bench.aws.credentialProvider;
    const all = bench.device.certificate + deviceCa + bench.device.privateKey;
    const { certificate } = await pem({ certificate: all, privateKey: all }).read();
    expect(certificate.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
    expect(certificate).not.toContain('PRIVATE');
  });

  it('the passphrase of a key that has none is not asked for', async () => {
    const { certificate, privateKey } = bench.device;
    const passphrase = vi.fn(() => 'open');
    await pem({ certificate, privateKey, passphrase }).read();
    expect(passphrase).not.toHaveBeenCalled();
  });
});

describe('what is shown', () => {
  it('the certificate and when it ends; never the key', async () => {
    const { certificate, privateKey } = bench.device;
    const identity = pem({ certificate, privateKey });
    expect(identity.expiresAt).toEqual(new Date(new X509Certificate(certificate).validTo));
    const material = await identity.read();
    for (const shown of [identity, material]) {
      const all = inspect(shown, { showHidden: true, depth: 9 }) + JSON.stringify(shown) + JSON.stringify({ ...shown });
      expect(all).not.toContain('PRIVATE');
      expect(all).not.toContain(privateKey.split('\n')[1]);
    }
    expect(Object.keys(material)).not.toContain('privateKey');
  });
});

describe('a passphrase that comes later', () => {
  const encrypted = (): Pick<PemOptions, 'certificate' | 'privateKey'> => ({
    certificate: bench.device.certificate,
    privateKey: keyOf(bench.device).export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'open' }),
  });

  it('is asked for once, however many wait', async () => {
    const passphrase = vi.fn(() => Promise.resolve('open'));
    const identity = pem({ ...encrypted(), passphrase });
    expect(identity.expiresAt).toBeUndefined();
    const [one, other] = await Promise.all([identity.read(), identity.read()]);
    expect(one).toBe(other);
    expect(await identity.read()).toBe(one);
    expect(passphrase).toHaveBeenCalledTimes(1);
    expect(identity.expiresAt).toBeInstanceOf(Date);
  });

  it('may be wrong: terminal', async () => {
    const identity = pem({ ...encrypted(), passphrase: () => Promise.resolve('planted') });
    const error = await rejection(identity.read());
    expect(error).toMatchObject({
      code: 'IDENTITY_INVALID',
      message: 'Option `passphrase` is not the one of the private key.',
      cause: { code: 'INVALID_OPTIONS', option: 'passphrase' },
    });
    expect(identity.classify(error)).toMatchObject({ kind: 'terminal', hint: expect.any(String) });
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('planted');
  });

  it('may fail to come: recoverable, and asked for again', async () => {
    const passphrase = vi.fn(() => Promise.resolve('open')).mockRejectedValueOnce(new Error('vault is down'));
    const identity = pem({ ...encrypted(), passphrase });
    // Long enough for an unhandled rejection to be noticed.
    await new Promise((resolve) => setImmediate(resolve));
    const error = await rejection(identity.read());
    expect(error).toMatchObject({ code: 'PASSPHRASE_UNAVAILABLE', cause: { message: 'vault is down' } });
    expect(identity.classify(error)).toMatchObject({ kind: 'recoverable' });
    await identity.read();
    expect(passphrase).toHaveBeenCalledTimes(2);
  });
});

describe('files that are replaced', () => {
  async function onDisk() {
    const folder = await directory();
    const certificate = await folder.write('cert.pem', bench.device.certificate);
    const privateKey = await folder.write('key.pem', bench.device.privateKey);
    const identity = pem({ certificate, privateKey });
    return { folder, certificate, privateKey, identity, first: await identity.read() };
  }

  it('the same pair comes back while nothing has changed, also when the files were touched or written again', async () => {
    const { folder, certificate, identity, first } = await onDisk();
    await using _ = folder;
    expect(await identity.read()).toBe(first);
    await utimes(certificate, 0, 0);
    expect(await identity.read()).toBe(first);
    await folder.write('cert.pem', bench.device.certificate);
    expect(await identity.read()).toBe(first);
  });

  it.each([
    ['certificate', 'key'],
    ['key', 'certificate'],
  ] as const)('the %s before the %s: the old pair until both fit', async (before, _after) => {
    const { folder, identity, first } = await onDisk();
    await using _ = folder;
    const writeOne = (what: 'certificate' | 'key') =>
      what === 'key' ? folder.write('key.pem', rsa.privateKey) : folder.write('cert.pem', rsa.certificate);

    await writeOne(before);
    expect(await identity.read()).toBe(first);
    expect(identity.problem).toBeInstanceOf(IotError);
    expect(identity.problem?.message).toBe('Option `certificate` and the private key do not belong together.');

    await writeOne(before === 'key' ? 'certificate' : 'key');
    const second = await identity.read();
    expect(second.certificate).toBe(rsa.certificate);
    expect(identity.problem).toBeUndefined();
    expect(identity.expiresAt).toEqual(new Date(new X509Certificate(rsa.certificate).validTo));
  });

  it('by rename, with the time and the size of the old file', async () => {
    const { folder, certificate, privateKey, identity } = await onDisk();
    await using _ = folder;
    const other = await bench.aws.credentialProvider.createDevice();
    const next = {
      certificate: await folder.write('cert.new', other.certificate),
      key: await folder.write('key.new', other.privateKey),
    };
    for (const file of [certificate, privateKey, next.certificate, next.key]) await utimes(file, 1, 1);
    await rename(next.certificate, certificate);
    await rename(next.key, privateKey);
    expect((await identity.read()).certificate).toBe(other.certificate);
  });

  it('gone for a while, half written, or expired: the old pair, and why', async () => {
    const { folder, certificate, privateKey, identity, first } = await onDisk();
    await using _ = folder;
    await rm(certificate);
    expect(await identity.read()).toBe(first);
    expect(identity.problem?.message).toBe('Option `certificate` names a file that cannot be read (ENOENT).');

    await folder.write('cert.pem', bench.device.certificate.slice(0, 300));
    expect(await identity.read()).toBe(first);
    expect(identity.problem?.message).toBe('Option `certificate` holds no certificate.');

    const day = 86_400_000;
    const expired = await bench.aws.credentialProvider.createDevice({
      notBefore: new Date(Date.now() - 9 * day),
      notAfter: new Date(Date.now() - 5 * day),
    });
    await folder.write('cert.pem', expired.certificate);
    await folder.write('key.pem', expired.privateKey);
    expect(await identity.read()).toBe(first);
    expect(identity.problem?.message).toMatch(/expired on/);

    await folder.write('cert.pem', bench.device.certificate);
    await folder.write('key.pem', bench.device.privateKey);
    expect(await identity.read()).toBe(first);
    expect(identity.problem).toBeUndefined();
    expect(privateKey).toMatch(/key\.pem$/);
  });
});

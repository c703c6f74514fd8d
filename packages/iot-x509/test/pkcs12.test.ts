/** PKCS#12 stores as OpenSSL writes them, in today's form and in the one of before. */
import { createPrivateKey } from 'node:crypto';
import { inspect } from 'node:util';
import type { LocalDevice } from '@brs/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PemIdentity, pkcs12 } from '../src/index.js';
import { acquire, type Bench, directory, rejection, startBench, strategyOf } from './support/device.js';
import { openssl } from '@brs-tests/support/openssl';

let bench: Bench;
let folder: Awaited<ReturnType<typeof directory>>;
const passphrase = 'planted passphrase';
beforeAll(async () => {
  bench = await startBench();
  folder = await directory();
});
afterAll(async () => {
  await bench.close();
  await folder[Symbol.asyncDispose]();
});

/** Writes a store, and gives its path. */
async function store(name: string, device: LocalDevice, ...more: string[]): Promise<string> {
  return storeUnder(passphrase, name, device, ...more);
}

async function storeUnder(text: string, name: string, device: LocalDevice, ...more: string[]): Promise<string> {
  const key = await folder.write('key.pem', device.privateKey);
  const certificate = await folder.write('cert.pem', device.certificate);
  const chain = await folder.write('chain.pem', bench.aws.credentialProvider.deviceCa);
  const file = await folder.write(name, '');
  const secret = await folder.write('secret', text);
  await openssl(
    'pkcs12',
    '-export',
    '-inkey',
    key,
    '-in',
    certificate,
    '-certfile',
    chain,
    '-out',
    file,
    '-passout',
    `file:${secret}`,
    ...more,
  );
  return file;
}

async function errorOf(identity: PemIdentity): Promise<Error> {
  const error = await rejection(identity.read());
  expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('planted');
  expect(identity.classify(error)).toMatchObject({ kind: 'terminal', hint: expect.any(String) });
  return error;
}

describe.each([
  ["today's", []],
  ['legacy', ['-legacy']],
  ['3DES', ['-keypbe', 'PBE-SHA1-3DES', '-certpbe', 'PBE-SHA1-3DES', '-macalg', 'sha1']],
] as const)('a store in %s form', (name, flags) => {
  it.each(['ec', 'rsa'] as const)('gives an %s key, its certificate and the chain', async (keyType) => {
    const device = await bench.aws.credentialProvider.createDevice({ keyType });
    const identity = pkcs12({ file: await store(`${keyType}-${name}.p12`, device, ...flags), passphrase });
    expect(identity.expiresAt).toBeUndefined();
    const material = await identity.read();
    expect(material.certificate.startsWith(device.certificate.trim())).toBe(true);
    expect(material.certificate.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
    expect(createPrivateKey(material.privateKey).equals(createPrivateKey(device.privateKey))).toBe(true);
    expect(identity.expiresAt).toBeInstanceOf(Date);
    expect(inspect([identity, material], { depth: 9, showHidden: true })).not.toMatch(/PRIVATE|planted/);
  });
});

it('gets credentials', async () => {
  const identity = pkcs12({
    file: await store('device.p12', bench.device),
    passphrase: () => Promise.resolve(passphrase),
  });
  const strategy = strategyOf(bench.options({ identity }));
  expect(await acquire(strategy)).toMatchObject({ accessKeyId: expect.stringMatching(/^ASIA/) });
  expect(strategy.tlsIdentity).toBe(identity);
  await strategy.close?.();
});

it('follows its file', async () => {
  const identity = pkcs12({ file: await store('device.p12', bench.device), passphrase });
  const first = await identity.read();
  expect(await identity.read()).toBe(first);
  const other = await bench.aws.credentialProvider.createDevice();
  await store('device.p12', other);
  expect((await identity.read()).certificate.startsWith(other.certificate.trim())).toBe(true);
});

describe('a store that cannot be used', () => {
  it('another passphrase', async () => {
    const file = await store('device.p12', bench.device);
    expect(await errorOf(pkcs12({ file, passphrase: 'planted' }))).toMatchObject({
      code: 'IDENTITY_INVALID',
      message: 'Option `passphrase` is not the one of the store.',
    });
  });

  it('a passphrase outside of ASCII: only stores of the older form can be read', async () => {
    const text = 'planted pässphrase';
    const modern = await storeUnder(text, 'modern.p12', bench.device);
    expect(await errorOf(pkcs12({ file: modern, passphrase: text }))).toMatchObject({
      message: expect.stringMatching(/`passphrase` has characters outside of ASCII/),
    });
    const legacy = await storeUnder(text, 'legacy.p12', bench.device, '-legacy');
    await pkcs12({ file: legacy, passphrase: text }).read();
  });

  it.each([
    ['PEM', () => Buffer.from(bench.device.certificate)],
    ['nothing', () => Buffer.from([0x30, 0x00])],
    ['anything', () => Buffer.from('planted')],
  ])('%s', async (_, bytes) => {
    expect(await errorOf(pkcs12({ file: bytes(), passphrase }))).toMatchObject({
      message: 'Option `file` is no PKCS#12 store that can be read.',
    });
  });

  it('a store without a key', async () => {
    const file = await store('certificates.p12', bench.device, '-nokeys');
    expect(await errorOf(pkcs12({ file, passphrase }))).toMatchObject({
      message: expect.stringMatching(/holds 0 private keys/),
    });
  });
});

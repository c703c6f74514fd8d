/** What is refused at construction, by name and without a value; and what is taken. */
import { generateKeyPairSync } from 'node:crypto';
import { inspect } from 'node:util';
import { InvalidOptionsError, type TlsIdentity } from '@brs/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type IotX509Options, pem, pkcs12 } from '../src/index.js';
import { type Bench, startBench, strategyOf } from './support/device.js';

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.close());

function errorOf(make: () => unknown): InvalidOptionsError {
  try {
    make();
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidOptionsError);
    expect(inspect(error, { depth: 9, showHidden: true })).not.toMatch(/planted|PRIVATE KEY/);
    return error as InvalidOptionsError;
  }
  return expect.fail('it was taken');
}

const refused = (more: object): InvalidOptionsError => errorOf(() => strategyOf(bench.options(more)));

describe('the method', () => {
  it.each<[object, string, RegExp]>([
    [{ endpiont: 'planted' }, 'endpiont', /is unknown; known are .*endpoint/],
    [{ endpoint: undefined }, 'endpoint', /is required/],
    [{ endpoint: 7 }, 'endpoint', /must be a non-empty string, got number 7/],
    [{ endpoint: 'https://planted.example.com' }, 'endpoint', /host name alone/],
    [{ roleAlias: undefined }, 'roleAlias', /is required/],
    [{ roleAlias: 'arn:aws:iot:eu-west-1:123456789012:rolealias/planted' }, 'roleAlias', /name.*not its ARN/],
    [{ roleAlias: 'a'.repeat(129) }, 'roleAlias', /1 to 128/],
    [{ roleAlias: '../planted' }, 'roleAlias', /letters, digits/],
    [{ thingName: 'a lamp' }, 'thingName', /letters, digits and :_-/],
    [{ durationSeconds: 0 }, 'durationSeconds', /above 0/],
    [{ durationSeconds: 900.5 }, 'durationSeconds', /whole number/],
    [{ port: 70_000 }, 'port', /at most 65535/],
    [{ timeoutMs: 2 ** 31 }, 'timeoutMs', /milliseconds/],
    [{ minTlsVersion: 'TLSv1.1' }, 'minTlsVersion', /'TLSv1.2' or 'TLSv1.3'/],
    [{ proxy: 'proxy.example.com:3128' }, 'proxy', /http:\/\/<host>:<port>/],
    [{ proxy: 'https://user:planted@proxy.example.com' }, 'proxy', /http:/],
    [{ proxy: 'http://user:%planted@proxy.example.com' }, 'proxy', /http:/],
    [{ proxy: 'http://proxy.example.com/planted' }, 'proxy', /http:/],
    [{ dangerouslyDisableServerVerification: 'yes' }, 'dangerouslyDisableServerVerification', /true or false/],
    [{ ca: 'planted' }, 'ca', /file that cannot be read \(ENOENT\)/],
    [{ ca: '-----BEGIN planted' }, 'ca', /holds no certificate/],
    [{ ca: new Uint8Array() }, 'ca', /a path, PEM text or bytes/],
    [{ certificate: undefined }, 'certificate', /is required, or `identity`/],
    [{ privateKey: undefined }, 'privateKey', /is required, or `identity`/],
    [{ certificate: 7 }, 'certificate', /a path, PEM text or bytes, got number 7/],
    [{ certificate: 'planted' }, 'certificate', /file that cannot be read \(ENOENT\)/],
    [{ certificate: Buffer.from('planted') }, 'certificate', /holds no certificate/],
    [{ privateKey: '/' }, 'privateKey', /file that cannot be read \(EISDIR\)/],
    [{ privateKey: '-----BEGIN PRIVATE KEY-----\nplanted\n-----END PRIVATE KEY-----' }, 'privateKey', /no private key/],
    [{ passphrase: 7 }, 'passphrase', /string or a function/],
    [{ identity: {} }, 'identity', /TLS identity, such as pem\(\)/],
    [{ identity: null }, 'identity', /TLS identity/],
    [{ identity: { kind: 'toString' } }, 'identity', /TLS identity/],
    [{ identity: { kind: 'pkcs11', open() {} } }, 'identity', /TLS identity/],
  ])('%o', (more, option, message) => {
    expect(refused(more)).toMatchObject({ option, message: expect.stringMatching(message) });
  });

  it('takes an identity or a pair, not both', () => {
    const { certificate, privateKey } = bench.device;
    const identity = pem({ certificate, privateKey });
    expect(errorOf(() => strategyOf({ ...bench.options(), identity } as unknown as IotX509Options))).toMatchObject({
      message: 'Option `certificate` and `identity` exclude each other.',
    });
  });

  it('does not ask a key in a token for TLS 1.3', () => {
    const { certificate: _, privateKey: __, ...provider } = bench.options();
    const unused = () => undefined;
    const identity = { kind: 'pkcs11', open: unused, request: unused, classify: unused } as unknown as TlsIdentity;
    const make = (minTlsVersion: string) => strategyOf({ ...provider, identity, minTlsVersion } as IotX509Options);
    expect(errorOf(() => make('TLSv1.3'))).toMatchObject({
      option: 'minTlsVersion',
      message: 'Option `minTlsVersion` must be TLSv1.2 for a key in a token.',
    });
    expect(make('TLSv1.2').name).toBe('iot-x509');
  });

  it('says how to get the credential endpoint where it was given the data endpoint', () => {
    expect(refused({ endpoint: 'a2example0-ats.iot.eu-west-1.amazonaws.com' })).toMatchObject({
      message: 'Option `endpoint` is the data endpoint; the credential endpoint has another prefix.',
      hint: 'Get the credential endpoint with: aws iot describe-endpoint --endpoint-type iot:CredentialProvider',
    });
  });

  it('changes nothing of what it is given', () => {
    const options = Object.freeze(bench.options({ thingName: 'lamp', endpoint: 'LOCALHOST' }));
    strategyOf(options);
    expect(options.endpoint).toBe('LOCALHOST');
  });
});

describe('certificate and key', () => {
  it('belong together', async () => {
    const other = await bench.aws.credentialProvider.createDevice();
    expect(refused({ privateKey: other.privateKey })).toMatchObject({
      option: 'certificate',
      message: 'Option `certificate` and the private key do not belong together.',
      hint: expect.stringContaining('comes first'),
    });
  });

  it('are refused where the certificate expired more than a day ago', async () => {
    const notBefore = new Date(Date.now() - 30 * 86_400_000);
    const expired = (daysAgo: number) =>
      bench.aws.credentialProvider.createDevice({ notBefore, notAfter: new Date(Date.now() - daysAgo * 86_400_000) });
    const { certificate, privateKey } = await expired(2);
    expect(refused({ certificate, privateKey })).toMatchObject({
      option: 'certificate',
      message: expect.stringMatching(/expired on \d{4}-.*Z\./),
      hint: expect.stringContaining("machine's clock"),
    });
    // The clock of a device can be hours off: then the service decides.
    const recent = await expired(0.5);
    strategyOf(bench.options({ certificate: recent.certificate, privateKey: recent.privateKey }));
  });

  it('are taken where the certificate begins in the future: a clock that is not set yet says so of every certificate', async () => {
    const { certificate, privateKey } = await bench.aws.credentialProvider.createDevice({
      notBefore: new Date(Date.now() + 86_400_000),
    });
    const { tlsIdentity } = strategyOf(bench.options({ certificate, privateKey }));
    expect(tlsIdentity?.expiresAt?.getTime()).toBeGreaterThan(Date.now());
  });

  it('need the passphrase of an encrypted key, which is not shown', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const encrypted = privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'planted' });
    expect(refused({ privateKey: encrypted })).toMatchObject({
      message: 'Option `passphrase` is required: the private key is encrypted.',
    });
    for (const passphrase of ['planted-other', () => 'planted-other']) {
      expect(refused({ privateKey: encrypted, passphrase })).toMatchObject({
        message: 'Option `passphrase` is not the one of the private key.',
      });
    }
    const broken = (): never => {
      throw new Error('no terminal');
    };
    expect(refused({ privateKey: encrypted, passphrase: broken })).toMatchObject({
      message: 'Option `passphrase` could not be had.',
      cause: { message: 'no terminal' },
    });
    expect(refused({ privateKey: encrypted, passphrase: () => 7 })).toMatchObject({
      message: 'Option `passphrase` must give a string.',
    });
  });
});

describe('pem() and pkcs12()', () => {
  it.each<[() => unknown, string]>([
    [() => pem(undefined as never), 'options'],
    [() => pem('/etc/planted.pem' as never), 'options'],
    [() => pkcs12(null as never), 'options'],
    [() => pem({} as never), 'certificate'],
    [() => pem({ certificate: bench.device.certificate } as never), 'privateKey'],
    [() => pem({ certificate: bench.device.certificate, privateKey: bench.device.privateKey, pin: 1 } as never), 'pin'],
    [() => pkcs12({ file: '/' } as never), 'passphrase'],
    [() => pkcs12({ passphrase: 'planted' } as never), 'file'],
    [() => pkcs12({ file: '/nonexistent/planted', passphrase: 'planted' }), 'file'],
  ])('%s', (make, option) => {
    expect(errorOf(make).option).toBe(option);
  });
});

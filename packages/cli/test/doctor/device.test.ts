/** What can be wrong with a device and its certificate: each fault is the first cause, with what to do. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer as createHttp } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LocalAwsWithCredentialProvider, type LocalDevice, startLocalAws } from '@brs/testkit';
import { openssl } from '@brs-tests/support/openssl';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  account,
  arnOf,
  type Case,
  examineHere,
  expectFault,
  expectHealthy,
  type Fault,
  listening,
} from '../support/doctor.js';

const day = 86_400_000;
const now = Date.now();
const daysFromNow = (from: number, to?: number): { notBefore: Date; notAfter?: Date } => ({
  notBefore: new Date(now + from * day),
  ...(to !== undefined && { notAfter: new Date(now + to * day) }),
});

let aws: LocalAwsWithCredentialProvider;
let devices: Record<'lamp' | 'ended' | 'endsSoon' | 'early' | 'inactive' | 'denied' | 'revoked', LocalDevice>;
beforeAll(async () => {
  aws = await startLocalAws({
    roles: [{ arn: arnOf('reader'), trust: [account, 'credentials.iot.amazonaws.com'] }],
    credentialProvider: {
      roleAliases: [
        { roleAlias: 'device', roleArn: arnOf('reader') },
        { roleAlias: 'nobody', roleArn: arnOf('nobody') },
      ],
    },
  });
  const { credentialProvider: provider } = aws;
  devices = {
    lamp: await provider.createDevice({ thingName: 'lamp' }),
    ended: await provider.createDevice(daysFromNow(-30, -2)),
    endsSoon: await provider.createDevice(daysFromNow(-300, 4.5)),
    early: await provider.createDevice(daysFromNow(1)),
    inactive: await provider.createDevice(),
    denied: await provider.createDevice({ roleAliases: [] }),
    revoked: await provider.createDevice(),
  };
  provider.setCertificateStatus(devices.inactive.certificateId, 'INACTIVE');
  provider.setCertificateStatus(devices.revoked.certificateId, 'REVOKED');
});
afterAll(() => aws.close());

/** A profile of a device, with its files. */
function setup(of: LocalDevice, more: object = {}, files: Case['files'] = {}): Case {
  const { host: endpoint, port, ca } = aws.credentialProvider;
  const where = { method: 'iot-x509', endpoint, port, ca: '~/ca.pem', roleAlias: 'device' };
  const lamp = { ...where, certificate: '~/cert.pem', privateKey: '~/key.pem', ...more };
  return {
    args: ['--profile', 'lamp', '--region', 'us-east-1'],
    files: {
      'brs.config.json': JSON.stringify({ profiles: { lamp } }, null, 2),
      'cert.pem': of.certificate,
      'key.pem': of.privateKey,
      'ca.pem': ca,
      ...files,
    },
  };
}

/** The same with an identity that is written down in place of its files. */
function written(identity: unknown, files: Case['files'] = {}): Case {
  return setup(devices.lamp, { identity, certificate: undefined, privateKey: undefined }, { pin: '1234', ...files });
}

const faults: Fault[] = [
  [
    'a key of another certificate',
    () => setup(devices.lamp, {}, { 'key.pem': devices.denied.privateKey }),
    'certificate',
    /brs\.config\.json:\d+: Option `certificate` and the private key do not belong together/,
    /own certificate comes first/,
    'INVALID_OPTIONS',
  ],
  [
    'a file that holds no certificate',
    () => setup(devices.lamp, {}, { 'cert.pem': 'nothing' }),
    'certificate',
    /holds no certificate/,
    /PEM or DER/,
  ],
  [
    'a key whose passphrase is not given',
    () =>
      setup(
        devices.lamp,
        {},
        {
          'key.pem': `-----BEGIN ENCRYPTED PRIVATE KEY-----\n${Buffer.alloc(48).toString('base64')}\n-----END ENCRYPTED PRIVATE KEY-----\n`,
        },
      ),
    'certificate',
    /holds no private key|passphrase/,
    /^It takes|^$/,
  ],
  ['a certificate that has ended', () => setup(devices.ended), 'certificate', /expired on/, /Renew it/],
  [
    'a certificate that has not begun',
    () => setup(devices.early),
    'certificate',
    /not valid before/,
    /clock/,
    'CERTIFICATE_NOT_YET_VALID',
  ],
  [
    'the data endpoint',
    () => setup(devices.lamp, { endpoint: 'a2example0-ats.iot.eu-west-1.amazonaws.com' }),
    'options',
    /is the data endpoint/,
    /aws iot describe-endpoint --endpoint-type iot:CredentialProvider/,
  ],
  [
    'another authority',
    () => setup(devices.lamp, { ca: '~/cert.pem' }),
    'tls',
    /authority of the certificate of localhost is not trusted/,
    /`ca`/,
  ],
  [
    'a proxy that wants a password',
    async () => {
      const proxy = createHttp().on('connect', (_, socket) =>
        socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n'),
      );
      return setup(devices.lamp, { proxy: `http://127.0.0.1:${await listening(proxy)}` });
    },
    'tls',
    /The proxy answered 407/,
    /user:password@/,
    'PROXY_REFUSED',
  ],
  [
    'a proxy whose password is not escaped',
    () => setup(devices.lamp, { proxy: 'http://user:planted-secret%@127.0.0.1:1' }),
    'options',
    /brs\.config\.json:\d+: Option `proxy` must be a URL/,
    /^$/,
    'INVALID_OPTIONS',
  ],
  [
    'a proxy that reads along',
    async () => {
      const host = 'c2example0.credentials.iot.us-east-1.amazonaws.com';
      const { certificate: cert, privateKey: key } = await aws.credentialProvider.createServerCertificate({
        names: [host],
      });
      const inside = await listening(createHttps({ cert, key }));
      const proxy = createHttp().on('connect', (_, socket) => {
        const tunnel = connect(inside, '127.0.0.1', () => {
          socket.write('HTTP/1.1 200 OK\r\n\r\n');
          socket.pipe(tunnel).pipe(socket);
        });
        for (const end of [socket, tunnel]) end.on('error', () => undefined);
      });
      const of = { endpoint: host, port: 443, ca: undefined, proxy: `http://127.0.0.1:${await listening(proxy)}` };
      return setup(devices.lamp, of);
    },
    'tls',
    /Somebody intercepts the connection to c2example0\S+: its certificate is by Loopback AWS, and not by Amazon/,
    /company's proxy: Give the authority as the option `ca`/,
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  ],
  [
    'a token that is written down, whose module is not there',
    () => written({ pkcs11: { module: '/nowhere.so', token: 'gate', key: 'device', pin: { fromFile: '~/pin' } } }),
    'token',
    /nowhere\.so/,
    /\w/,
    'MODULE_NOT_LOADED',
  ],
  [
    'the URI of a token that names no module',
    () => written('pkcs11:token=gate;object=device'),
    'token',
    /brs\.config\.json:\d+: Option `identity` is required/,
    /^/,
    'INVALID_OPTIONS',
  ],
  [
    'the file of a PIN in a URI that is not there',
    () => written('pkcs11:token=gate?module-path=/nowhere.so&pin-source=file:/nowhere/pin'),
    'secret-files',
    /^\/nowhere\/pin cannot be read/,
    /Correct the path/,
    'ENOENT',
  ],
  [
    'an identity that is not written down whole',
    () => written({ pkcs11: 'gate' }),
    'package',
    /brs\.config\.json:\d+: Option `identity\.pkcs11` must be an object/,
    /^/,
  ],
  [
    'a role alias that is not there',
    () => setup(devices.lamp, { roleAlias: 'lamp' }),
    'credentials',
    /404: Role alias does not exist/,
    /create-role-alias/,
    'ROLE_ALIAS_NOT_FOUND',
  ],
  [
    'a role that does not trust devices',
    () => setup(devices.lamp, { roleAlias: 'nobody' }),
    'credentials',
    /400: Unable to assume/,
    /credentials\.iot\.amazonaws\.com/,
    'ROLE_NOT_ASSUMABLE',
  ],
  [
    'a policy that does not allow it',
    () => setup(devices.denied),
    'credentials',
    /403: Access Denied/,
    /AssumeRoleWithCertificate/,
    'ACCESS_DENIED',
  ],
  [
    'a thing that is not attached',
    () => setup(devices.lamp, { thingName: 'door' }),
    'credentials',
    /403: Invalid thing name/,
    /attach-thing-principal/,
    'THING_NOT_ATTACHED',
  ],
  [
    'a certificate that is not active',
    () => setup(devices.inactive),
    'credentials',
    /403: Certificate is invalid/,
    /not active/,
    'CERTIFICATE_NOT_ACCEPTED',
  ],
  ['a certificate that was revoked', () => setup(devices.revoked), 'credentials', /connection was cut/, /revoked/],
];

it.each(faults.map((fault) => [fault[0], fault] as const))('%s', async (_, fault) => {
  const examined = await examineHere(aws, await fault[1]());
  expectFault(examined, fault);
  expect(examined.cause?.state).toBe('failed');
});

const warnings: Fault[] = [
  [
    'a key that others can read',
    () => ({ ...setup(devices.lamp), modes: { 'key.pem': 0o644 } }),
    'secret-files',
    /Others on this machine can read or write \S+key\.pem \(0644\)/,
    /^chmod 600 \S+key\.pem$/,
    'MODE',
  ],
  [
    'a certificate that ends soon',
    () => setup(devices.endsSoon),
    'certificate',
    /4 days from now/,
    /Renew it/,
    'CERTIFICATE_EXPIRES_SOON',
  ],
  [
    'a server that is not verified',
    () => setup(devices.lamp, { ca: '~/cert.pem', dangerouslyDisableServerVerification: true }),
    'tls',
    /is not trusted.*The server is not verified/,
    /`ca`/,
  ],
  [
    'a chain in another order',
    () => setup(devices.lamp, {}, { 'cert.pem': devices.lamp.certificate + devices.denied.certificate }),
    'certificate',
    /Certificate 2 of 2 has not issued/,
    /in order/,
    'CHAIN_BROKEN',
  ],
];

it.each(warnings.map((fault) => [fault[0], fault] as const))('%s', async (_, fault) => {
  const examined = await examineHere(aws, await fault[1]());
  expectFault(examined, fault);
  expect(examined.results.filter(({ state }) => /^(failed|not reached)$/.test(state))).toEqual([]);
});

describe('a PKCS#12 store', () => {
  const store = async (passphrase: string): Promise<Case> => {
    const folder = await mkdtemp(join(tmpdir(), 'brs-doctor-'));
    const [certificate = '', key = '', out = ''] = ['cert.pem', 'key.pem', 'device.p12'].map((name) =>
      join(folder, name),
    );
    await writeFile(certificate, devices.lamp.certificate);
    await writeFile(key, devices.lamp.privateKey, { mode: 0o600 });
    await openssl(
      'pkcs12',
      '-export',
      '-inkey',
      key,
      '-in',
      certificate,
      '-out',
      out,
      '-passout',
      'pass:planted-secret',
    );
    const bytes = (await readFile(out)).toString('base64');
    await rm(folder, { recursive: true });
    const { host: endpoint, port } = aws.credentialProvider;
    return {
      ...setup(devices.lamp),
      packages: ['iot-x509'],
      files: {
        'ca.pem': aws.credentialProvider.ca,
        'brs.config.ts': `
          import { pkcs12 } from '@brs/iot-x509';
          const identity = pkcs12({ file: Buffer.from('${bytes}', 'base64'), passphrase: '${passphrase}' });
          export default { profiles: { lamp: { method: 'iot-x509', endpoint: '${endpoint}', port: ${port},
            ca: '~/ca.pem', roleAlias: 'device', identity } } };`,
      },
    };
  };

  it('with another passphrase', async () => {
    const { cause } = await examineHere(aws, await store('another'));
    expect(cause).toMatchObject({
      name: 'certificate',
      state: 'failed',
      code: 'IDENTITY_INVALID',
      found: 'Option `passphrase` is not the one of the store.',
      advice: 'Correct it.',
    });
  });

  it('that is written down is taken as one that is made', async () => {
    const bytes = Buffer.from(
      /from\('(.*?)'/.exec((await store('')).files?.['brs.config.ts'] ?? '')?.[1] ?? '',
      'base64',
    );
    const folder = await mkdtemp(join(tmpdir(), 'brs-doctor-'));
    const file = join(folder, 'device.p12');
    await writeFile(file, bytes, { mode: 0o644 });
    const passphrase = { fromFile: '~/passphrase' };
    const planted = written({ pkcs12: { file, passphrase } }, { passphrase: 'planted-secret\n' });
    const { results, cause } = await examineHere(aws, planted);
    await rm(folder, { recursive: true });
    expect(cause).toMatchObject({ name: 'secret-files', state: 'warning', advice: `chmod 600 ${file}` });
    expect(results.filter(({ state }) => /^(failed|not reached)$/.test(state))).toEqual([]);
  });

  it('that works', async () => {
    const examined = await examineHere(aws, await store('planted-secret'));
    expectHealthy(examined);
    expect(examined.results.find(({ name }) => name === 'certificate')?.found).toContain('fits the key');
  });
});

it('a device that works', async () => {
  const chained = devices.lamp.certificate + aws.credentialProvider.deviceCa;
  const examined = await examineHere(aws, setup(devices.lamp, { thingName: 'lamp' }, { 'cert.pem': chained }));
  expectHealthy(examined);
  const found = (check: string): string | undefined => examined.results.find(({ name }) => name === check)?.found;
  expect(found('certificate')).toContain('with 1 of its chain');
  expect(found('clock')).toBe('agrees with that of AWS');
  expect(found('caller')).toContain(':assumed-role/reader/');
});

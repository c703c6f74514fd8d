/** The program itself: what it prints for a person and for a machine, as its page shows it, and that it comes to an end. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer as createHttps } from 'node:https';
import { createServer as createTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { type LocalAwsWithCredentialProvider, type LocalDevice, startLocalAws } from '@brs/testkit';
import { debianProgram } from '@brs-tests/support/debian';
import { describeWith } from '@brs-tests/support/describe-with';
import { openssl } from '@brs-tests/support/openssl';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { brs, homeWith } from '../support/brs.js';
import {
  account,
  arnOf,
  type Case,
  expectFault,
  expectHealthy,
  listening,
  runDoctor,
  runDoctorJson,
} from '../support/doctor.js';
import { onTerminal } from '../support/terminal.js';

const reader = ['--role-arn', arnOf('reader')];
const device = `arn:aws:iam::${account}:mfa/developer`;

let aws: LocalAwsWithCredentialProvider;
let lamp: LocalDevice;
let folder: string;
beforeAll(async () => {
  aws = await startLocalAws({
    roles: [
      { arn: arnOf('reader'), trust: [account, 'credentials.iot.amazonaws.com'] },
      { arn: arnOf('secure'), trust: [account], requireMfa: true },
      { arn: 'arn:aws:iam::210987654321:role/auditor', trust: ['210987654321'] },
    ],
    mfaDevices: [{ serialNumber: device, codes: ['111111'] }],
    credentialProvider: { roleAliases: [{ roleAlias: 'device', roleArn: arnOf('reader') }] },
  });
  lamp = await aws.credentialProvider.createDevice({ thingName: 'lamp' });
  folder = await mkdtemp(join(tmpdir(), 'brs-doctor-'));
});
afterAll(async () => {
  await aws.close();
  await rm(folder, { recursive: true });
});

/** A device whose configuration names another thing than its own, or what else is given. */
function lampWith(more: object, modes: Case['modes'] = {}): Case {
  const { host: endpoint, port, ca } = aws.credentialProvider;
  const where = { method: 'iot-x509', endpoint, port, ca: '~/ca.pem', roleAlias: 'device', region: 'us-east-1' };
  const profile = { ...where, certificate: '~/cert.pem', privateKey: '~/key.pem', ...more };
  return {
    args: ['--profile', 'lamp'],
    files: {
      'brs.config.yaml': JSON.stringify({ profiles: { lamp: profile } }),
      'cert.pem': lamp.certificate,
      'key.pem': lamp.privateKey,
      'ca.pem': ca,
    },
    modes,
  };
}

const page = new URL('../../../../docs/cli/doctor.md', import.meta.url);

/** A text without what is another one in each run, and at each width. */
function lasting(text: string): string {
  return text
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<instant>')
    .replace(/(Node |(?:@[\w/-]+) )\d+\.\d+\.\d+/g, '$1<version>')
    .replace(/(127\.0\.0\.1|localhost):\d+/g, '$1:<port>')
    .replace(/localhost is [\d.:, ]+/, 'localhost is <addresses>')
    .replace(/(assumed-role\/[\w-]+\/)[\w-]+/g, '$1<session>')
    .replace(/"ms":\d+/g, '"ms":<ms>')
    .replaceAll('/home/jane', '~')
    .replace(/\s+/g, ' ')
    .trim();
}

describe.concurrent('a person is shown the screen of the page:', () => {
  it.each([
    ['everything is fine', 0, (): Case => ({ args: reader })],
    [
      'a role that does not trust the caller',
      6,
      (): Case => ({ args: ['--role-arn', 'arn:aws:iam::210987654321:role/auditor'] }),
    ],
    ['a device that names another thing', 6, () => lampWith({ thingName: 'lantern' }, { 'key.pem': 0o644 })],
  ] as const)('%s', async (_, exitCode, plant) => {
    const setup = plant();
    const { stdout, stderr, code } = await runDoctor(aws, setup);
    expect({ code, stderr }).toEqual({ code: exitCode, stderr: '' });
    const screens = [...(await readFile(page, 'utf8')).matchAll(/```console\n\$ (.+)\n([^]+?)\n```/g)];
    const command = `brs doctor ${setup.args?.join(' ')}`;
    const [, , screen = ''] = screens.find(([, line]) => line === command) ?? [];
    expect(lasting(stdout)).toBe(lasting(screen));
  });
});

describe.concurrent('a machine is told', () => {
  it('that a role works, in the shape of the page', async () => {
    const examined = await runDoctorJson(aws, { args: reader });
    expectHealthy(examined);
    expect(examined.code).toBe(0);
    expect(examined.report).toMatchObject({ healthy: true, profile: null, method: 'sts', firstCause: null });
    const [, shape = '{}'] = /```json\n([^]+?)\n```/.exec(await readFile(page, 'utf8')) ?? [];
    const shown = JSON.parse(shape) as { checks: object[] };
    expect(Object.keys(shown)).toEqual(Object.keys(examined.report));
    const known = ['name', 'title', 'state', 'found', 'advice', 'code', 'because', 'ms'];
    for (const check of [...examined.results, ...shown.checks])
      expect(known).toEqual(expect.arrayContaining(Object.keys(check)));
  });

  it('that a device works', async () => {
    const examined = await runDoctorJson(aws, lampWith({ thingName: 'lamp' }));
    expectHealthy(examined);
    expect(examined.report).toMatchObject({ healthy: true, profile: 'lamp', method: 'iot-x509' });
    expect(examined.code).toBe(0);
  });

  it('that a server has another name', async () => {
    const { certificate: cert, privateKey: key } = await aws.credentialProvider.createServerCertificate({
      names: ['portal.test'],
    });
    const url = `https://localhost:${await listening(createHttps({ cert, key }))}`;
    const env = { AWS_ENDPOINT_URL: url, NODE_EXTRA_CA_CERTS: '~/ca.pem' };
    const examined = await runDoctorJson(aws, { args: reader, env, files: { 'ca.pem': aws.credentialProvider.ca } });
    const found = /The server is not localhost\. Its certificate is of portal\.test/;
    expectFault(examined, ['', () => ({}), 'tls', found, /captive portal/, 'ERR_TLS_CERT_ALTNAME_INVALID']);
    expect(examined.code).toBe(6);
  });

  it('that the certificate of a server has expired', async () => {
    const [key = '', request = '', certificate = ''] = ['key', 'request', 'certificate'].map((name) =>
      join(folder, name),
    );
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
    await openssl('req', '-new', ...curve, '-keyout', key, '-out', request, '-subj', '/CN=localhost');
    await openssl('x509', '-req', '-in', request, '-signkey', key, '-days', '-1', '-out', certificate);
    const server = createHttps({ cert: await readFile(certificate), key: await readFile(key) });
    const env = { AWS_ENDPOINT_URL: `https://localhost:${await listening(server)}`, NODE_EXTRA_CA_CERTS: certificate };
    const examined = await runDoctorJson(aws, { args: reader, env });
    const found = /certificate of localhost expired on/;
    expectFault(examined, ['', () => ({}), 'tls', found, /renew it; or this machine's clock/, 'CERT_HAS_EXPIRED']);
    expect(examined.code).toBe(6);
  });

  it('that variables hold a session that has ended', async () => {
    const client = new STSClient({ endpoint: aws.endpoint, region: aws.region, credentials: aws.baseCredentials });
    const { Credentials: set } = await client.send(
      new AssumeRoleCommand({ RoleArn: arnOf('reader'), RoleSessionName: 'ended' }),
    );
    aws.revoke(set?.AccessKeyId ?? '', 'ExpiredToken');
    const env = {
      AWS_ACCESS_KEY_ID: set?.AccessKeyId,
      AWS_SECRET_ACCESS_KEY: set?.SecretAccessKey,
      AWS_SESSION_TOKEN: set?.SessionToken,
    };
    const examined = await runDoctorJson(aws, { args: reader, env });
    const found = /from environment variables, and have expired\. ExpiredToken/;
    expectFault(examined, ['', () => ({}), 'base-identity', found, /unset AWS_ACCESS_KEY_ID/, 'ExpiredToken']);
    expect(examined.code).toBe(6);
  });

  it('what a strategy of somebody else gives', async () => {
    const client = new STSClient({ endpoint: aws.endpoint, region: aws.region, credentials: aws.baseCredentials });
    const { Credentials: set } = await client.send(
      new AssumeRoleCommand({ RoleArn: arnOf('reader'), RoleSessionName: 'toy' }),
    );
    const strategy = `
      import { readFile } from 'node:fs/promises';
      import { defineStrategy, registerMethod } from '@brs/core';
      const acquire = async () => {
        const set = JSON.parse(await readFile('set.json', 'utf8'));
        return { accessKeyId: set.AccessKeyId, secretAccessKey: set.SecretAccessKey, sessionToken: set.SessionToken, expiration: new Date(set.Expiration) };
      };
      registerMethod({ method: 'toy', packageName: '@acme/brs-toy', create: () => defineStrategy({
        name: 'toy', acquire, identity: async () => ({ method: 'toy' }), classify: () => ({ kind: 'recoverable' }) }) });`;
    const files = {
      'set.json': JSON.stringify(set),
      'node_modules/@acme/brs-toy/index.js': strategy,
      'node_modules/@acme/brs-toy/package.json': JSON.stringify({
        name: '@acme/brs-toy',
        version: '1.2.3',
        type: 'module',
        exports: './index.js',
      }),
    };
    const examined = await runDoctorJson(aws, { args: ['--method', '@acme/brs-toy'], files, packages: ['core'] });
    expectHealthy(examined);
    const found = Object.fromEntries(examined.results.map(({ name, found: text }) => [name, text]));
    expect(found).toMatchObject({
      package: '@acme/brs-toy 1.2.3',
      tls: 'only the method knows where it connects to',
      caller: `arn:aws:sts::${account}:assumed-role/reader/toy`,
    });
  });
});

it.concurrent('the time for everything is bounded', async () => {
  const env = { AWS_ENDPOINT_URL: `http://127.0.0.1:${await listening(createTcp(() => undefined))}` };
  const { code, cause } = await runDoctorJson(aws, { args: [...reader, '--timeout', '1'], env });
  expect(code).toBe(6);
  expect(cause).toMatchObject({ code: 'TIME_LIMIT', found: 'It had no result within 1 s.' });
  expect((await runDoctor(aws, { args: [...reader, '--timeout', 'long'] })).code).toBe(2);
});

it.skipIf(process.platform !== 'linux').concurrent(
  'a code of an MFA device is asked for where that is wanted',
  async () => {
    const { home, env } = await homeWith(aws);
    const command = [process.execPath, brs, 'doctor', '--ask', '--role-arn', arnOf('secure'), '--mfa-serial', device];
    const terminal = onTerminal(command, env, home);
    await terminal.until('MFA code of');
    terminal.type('111111\r');
    expect(await terminal.ended).toBe(0);
    expect(terminal.shown()).toContain('Everything is fine.');
    expect(terminal.shown()).not.toContain('111111');
  },
);

const compiler = process.platform === 'linux' ? await debianProgram('cc', 'gcc') : undefined;
describeWith('a PKCS#11 module that never comes back', compiler, (cc) => {
  it.concurrent('does not hold up the program for ever', async () => {
    const [source, module] = [join(folder, 'stuck.c'), join(folder, 'stuck.so')];
    await writeFile(source, '#include <unistd.h>\nint C_GetFunctionList(void *list) { for (;;) pause(); }\n');
    await promisify(execFile)(cc, ['-shared', '-fPIC', '-o', module, source]);
    const config = `
      import { pkcs11 } from '@brs/pkcs11';
      const identity = pkcs11({ module: '${module}', token: 'gate' });
      export default { profiles: { gate: { method: 'iot-x509', endpoint: 'localhost', roleAlias: 'device', identity } } };`;
    const { code, stderr } = await runDoctor(aws, {
      args: ['--profile', 'gate', '--timeout', '6'],
      packages: ['pkcs11'],
      files: { 'brs.config.ts': config },
    });
    expect(stderr).toBe('brs: The PKCS#11 module has not answered within 6 s, and holds up the whole process.\n');
    expect(code).toBe('SIGKILL');
  });
});

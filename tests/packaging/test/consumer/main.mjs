// The packed packages as an ES module uses them, with the CommonJS copy of the same packages in the process.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { defineConfig } from '@brs/cli';
import { isSessionError, listMethods, RefreshableSession } from '@brs/core';
import '@brs/custom';
import { IotError, pem } from '@brs/iot-x509';
import { listSlots, pkcs11, Pkcs11Error } from '@brs/pkcs11';
import '@brs/sts';
import { startLocalAws } from '@brs/testkit';

const require = createRequire(import.meta.url);
const commonjs = require('@brs/core');
assert.notEqual(commonjs.RefreshableSession, RefreshableSession, 'two copies are loaded');

const source = () => ({
  accessKeyId: 'AKIDCONSUMER',
  secretAccessKey: 'secret',
  sessionToken: 'token',
  expiration: new Date(Date.now() + 3_600_000),
});
for (const Session of [RefreshableSession, commonjs.RefreshableSession]) {
  const session = new Session({ method: 'custom', source, region: 'eu-west-1' });
  assert.equal((await session.getCredentials()).accessKeyId, 'AKIDCONSUMER');
  const s3 = session.client(S3Client);
  assert.equal((await s3.config.credentials()).sessionToken, 'token');
  const own = new S3Client({ region: 'eu-west-1', credentials: session.credentials });
  assert.equal((await own.config.credentials()).secretAccessKey, 'secret');
  await session.close();
  await assert.rejects(session.getCredentials(), (error) => isSessionError(error) && commonjs.isSessionError(error));
}

// Both copies of a strategy register it, which is nothing.
require('@brs/sts');
require('@brs/custom');
const device = require('@brs/iot-x509');
assert.notEqual(device.IotError, IotError, 'two copies are loaded');
for (const list of [listMethods, commonjs.listMethods]) {
  assert.deepEqual(
    list()
      .map(({ method }) => method)
      .sort(),
    ['custom', 'iot-x509', 'sts'],
  );
}
assert.throws(
  () => new RefreshableSession({ method: 'sts', assumeRole: {} }),
  (error) => error.code === 'INVALID_OPTIONS' && commonjs.isSessionError(error),
);

// A module that is not there is found missing by both copies of the package, and known to each as its own error.
const tokens = require('@brs/pkcs11');
for (const list of [listSlots, tokens.listSlots]) {
  await assert.rejects(
    list({ module: '/nonexistent/hsm.so' }),
    (error) =>
      error instanceof Pkcs11Error && error instanceof tokens.Pkcs11Error && error.code === 'MODULE_NOT_LOADED',
  );
}
if (process.platform === 'linux') assert.equal(pkcs11({ module: 'softhsm2', pin: '1234' }).kind, 'pkcs11');

const aws = await startLocalAws({ buckets: ['reports'] });
const { endpoint, region, baseCredentials } = aws;
const session = new RefreshableSession({
  method: 'sts',
  region,
  assumeRole: { RoleArn: 'arn:aws:iam::123456789012:role/reader' },
  stsClient: { endpoint, region, credentials: baseCredentials },
});
const s3 = session.client(S3Client, { endpoint, forcePathStyle: true });
const { Buckets } = await s3.send(new ListBucketsCommand({}));
assert.deepEqual(
  Buckets.map(({ Name }) => Name),
  ['reports'],
);
assert.match((await session.whoami()).arn, /assumed-role\/reader/);
await session.close();

const program = ['node_modules/@brs/cli/dist/bin/brs.js', 'whoami', '--json', '--region', region];
const { stdout } = await promisify(execFile)(
  process.execPath,
  [...program, '--role-arn', 'arn:aws:iam::123456789012:role/teller'],
  { env: aws.env(process.env) },
);
assert.match(JSON.parse(stdout).arn, /assumed-role\/teller/);
assert.deepEqual(defineConfig({ profiles: {} }), require('@brs/cli').defineConfig({ profiles: {} }));

await aws.close();

const devices = await startLocalAws({ credentialProvider: true });
const { host, port, ca } = devices.credentialProvider;
devices.credentialProvider.putRoleAlias({ roleAlias: 'device', roleArn: 'arn:aws:iam::123456789012:role/device' });
const { certificate, privateKey } = await devices.credentialProvider.createDevice();
const lamp = { method: 'iot-x509', endpoint: host, port, ca, identity: pem({ certificate, privateKey }) };
const onDevice = new RefreshableSession({ ...lamp, roleAlias: 'device' });
assert.match((await onDevice.getCredentials()).accessKeyId, /^ASIA/);
await onDevice.close();
const refused = new RefreshableSession({ ...lamp, roleAlias: 'nobody' });
await assert.rejects(
  refused.getCredentials(),
  ({ cause }) => cause.code === 'ROLE_ALIAS_NOT_FOUND' && cause instanceof IotError && cause instanceof device.IotError,
);
await refused.close();
await devices.close();
console.log('works');

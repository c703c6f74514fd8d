// The packed packages as an ES module uses them, with the CommonJS copy of the same packages in the process.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { isSessionError, listMethods, RefreshableSession } from '@brs/core';
import '@brs/custom';
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
for (const list of [listMethods, commonjs.listMethods]) {
  assert.deepEqual(
    list()
      .map(({ method }) => method)
      .sort(),
    ['custom', 'sts'],
  );
}
assert.throws(
  () => new RefreshableSession({ method: 'sts', assumeRole: {} }),
  (error) => error.code === 'INVALID_OPTIONS' && commonjs.isSessionError(error),
);

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
await aws.close();
console.log('works');

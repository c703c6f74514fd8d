// The packed packages as a CommonJS module uses them, with the ES copy of the same packages in the process.
const assert = require('node:assert/strict');
const { S3Client } = require('@aws-sdk/client-s3');
const { isSessionError, listMethods, RefreshableSession } = require('@brs/core');
const { startLocalAws } = require('@brs/testkit');
require('@brs/custom');
require('@brs/iot-x509');
require('@brs/sts');

void (async () => {
  const esm = await import('@brs/core');
  assert.notEqual(esm.RefreshableSession, RefreshableSession, 'two copies are loaded');
  assert.deepEqual(
    esm.listMethods().map(({ method }) => method),
    listMethods().map(({ method }) => method),
  );

  const session = new RefreshableSession({
    method: 'custom',
    region: 'eu-west-1',
    source: () => ({ accessKeyId: 'AKIDCONSUMER', secretAccessKey: 'secret', sessionToken: 'token' }),
  });
  const s3 = session.client(S3Client);
  assert.equal((await s3.config.credentials()).accessKeyId, 'AKIDCONSUMER');
  assert.equal(session.client(S3Client), s3);
  await session.close();

  assert.throws(
    () => new RefreshableSession({ method: 'nothing-of-the-kind' }),
    (error) => error.code === 'UNKNOWN_METHOD' && isSessionError(error) && esm.isSessionError(error),
  );

  const { endpoint, region, baseCredentials, close } = await startLocalAws();
  const assumed = new RefreshableSession({
    region,
    assumeRole: { RoleArn: 'arn:aws:iam::123456789012:role/reader' },
    stsClient: { endpoint, region, credentials: baseCredentials },
  });
  assert.match((await assumed.whoami()).arn, /assumed-role\/reader/);
  await assumed.close();
  await close();

  const devices = await startLocalAws({ credentialProvider: true });
  const { host, port, ca } = devices.credentialProvider;
  devices.credentialProvider.putRoleAlias({ roleAlias: 'device', roleArn: 'arn:aws:iam::123456789012:role/device' });
  const { certificate, privateKey } = await devices.credentialProvider.createDevice();
  const onDevice = new RefreshableSession({
    method: 'iot-x509',
    endpoint: host,
    port,
    ca,
    roleAlias: 'device',
    certificate,
    privateKey,
  });
  assert.match((await onDevice.getCredentials()).accessKeyId, /^ASIA/);
  await onDevice.close();
  await devices.close();
  console.log('works');
})();

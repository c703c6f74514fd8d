/** Sessions of devices behind an nginx that verifies their certificates, with a key in a file and a key in a token. */
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { describeWith } from '@brs-tests/support/describe-with';
import { nginx, startFront } from '@brs-tests/support/nginx';
import { pin, startSoftHsm } from '@brs-tests/support/soft-hsm';
import { isSessionError, RefreshableSession, type SessionError, type TlsIdentity } from '@brs/core';
import { IotError, pem } from '@brs/iot-x509';
import { pkcs11, Pkcs11Error } from '@brs/pkcs11';
import { type LocalAwsWithCredentialProvider, type LocalCertificate, startLocalAws } from '@brs/testkit';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { makeTokenDevice } from './support/token-device.js';

const hsm = await startSoftHsm('gateway');

interface Device extends LocalCertificate {
  readonly identity: TlsIdentity;
}

describeWith('behind nginx', nginx ? hsm : undefined, (hsm) => {
  const where = { module: hsm.module, token: 'gateway', pin };
  let aws: LocalAwsWithCredentialProvider;
  const open: AsyncDisposable[] = [];

  beforeAll(async () => {
    aws = await startLocalAws({
      buckets: ['telemetry'],
      credentialProvider: {
        roleAliases: [{ roleAlias: 'device', roleArn: 'arn:aws:iam::123456789012:role/device' }],
        trustForwardedCertificate: true,
      },
    });
  });
  afterEach(async () => {
    for (const one of open.splice(0).reverse()) await one[Symbol.asyncDispose]();
  });
  afterAll(async () => {
    await aws.close();
    await hsm[Symbol.asyncDispose]();
  });

  const devices: Record<'pem' | 'pkcs11', (name: string) => Promise<Device>> = {
    async pem(name) {
      const device = await aws.credentialProvider.createDevice({ thingName: name });
      const { certificate, privateKey, certificateId } = device;
      return { certificate, certificateId, thingName: name, identity: pem({ certificate, privateKey }) };
    },
    async pkcs11(name) {
      const signed = await makeTokenDevice(aws.credentialProvider, where, name);
      const identity = pkcs11({ ...where, key: name });
      open.push({ [Symbol.asyncDispose]: async () => identity.close() });
      return { ...signed, identity };
    },
  };

  /** A session of a device through an nginx that speaks these versions of TLS. */
  async function sessionOf({ identity }: Device, protocols: string): Promise<RefreshableSession> {
    const { credentialProvider: provider } = aws;
    const front = await startFront({ protocols, provider });
    const session = new RefreshableSession({
      method: 'iot-x509',
      region: aws.region,
      clientDefaults: { endpoint: aws.endpoint, forcePathStyle: true },
      endpoint: provider.host,
      port: front.port,
      ca: provider.ca,
      roleAlias: 'device',
      identity,
    });
    open.push(front, session);
    return session;
  }

  async function failureOf(session: RefreshableSession): Promise<SessionError> {
    const error: unknown = await session.getCredentials().catch((thrown: unknown) => thrown);
    if (!isSessionError(error)) expect.fail('There was no error of the session.');
    return error;
  }

  it.each([
    ['pem', 'TLSv1.2'],
    ['pem', 'TLSv1.3'],
    ['pkcs11', 'TLSv1.2'],
    ['pkcs11', 'TLSv1.2 TLSv1.3'],
  ] as const)('%s gets credentials over %s, and refreshes them', async (kind, protocols) => {
    const name = `good-${kind}-${protocols.length}`;
    const device = await devices[kind](name);
    const session = await sessionOf(device, protocols);
    const s3 = session.client(S3Client);
    await s3.send(new PutObjectCommand({ Bucket: 'telemetry', Key: name, Body: protocols }));
    const first = await session.getCredentials();
    expect((await session.refresh()).accessKeyId).not.toBe(first.accessKeyId);
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'telemetry', Key: name }));
    expect(await Body?.transformToString()).toBe(protocols);
    const asked = aws.requests.filter(({ certificateId }) => certificateId === device.certificateId);
    expect(asked.map(({ status }) => status)).toEqual([200, 200]);
  });

  it('a key in a token says that it cannot do TLS 1.3', async () => {
    const session = await sessionOf(await devices.pkcs11('modern'), 'TLSv1.3');
    const error = await failureOf(session);
    expect(error).toMatchObject({ code: 'CREDENTIALS_DENIED', hint: expect.stringContaining('TLS 1.2 alone') });
    expect(error.cause).toBeInstanceOf(Pkcs11Error);
    expect(error.cause).toMatchObject({ code: 'TLS_VERSION' });
  });

  it.each([
    ['pem', 'TLSv1.2'],
    ['pem', 'TLSv1.3'],
    ['pkcs11', 'TLSv1.2'],
  ] as const)('%s with a revoked certificate is told so, over %s', async (kind, protocols) => {
    const name = `revoked-${kind}-${protocols.replace('.', '-')}`;
    const device = await devices[kind](name);
    aws.credentialProvider.setCertificateStatus(device.certificateId, 'REVOKED');
    const error = await failureOf(await sessionOf(device, protocols));
    expect(error).toMatchObject({
      code: 'CREDENTIALS_DENIED',
      hint: expect.stringMatching(/revoked/),
      cause: { code: 'CERTIFICATE_REJECTED', status: 400 },
    });
    expect(error.cause).toBeInstanceOf(IotError);
    expect(aws.requests.filter(({ certificateId }) => certificateId === device.certificateId)).toEqual([]);
  });
});

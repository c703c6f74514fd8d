/** The credential provider's answers: what a device gets, and every refusal. */
import { inspect } from 'node:util';
import { ListBucketsCommand } from '@aws-sdk/client-s3';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import {
  type LocalAwsOptions,
  type LocalAwsWithCredentialProvider,
  type LocalCredentialProviderOptions,
  startLocalAws,
} from '../src/index.js';
import { readerArn, refusal, s3Of, stsOf } from './support/clients.js';
import { ask, type DeviceCall, identityFrom } from './support/device.js';

const reader = { roleAlias: 'reader', roleArn: readerArn };

const start = (
  options: LocalAwsOptions = {},
  credentialProvider: LocalCredentialProviderOptions = {},
): Promise<LocalAwsWithCredentialProvider> =>
  startLocalAws({ ...options, credentialProvider: { roleAliases: [reader], ...credentialProvider } });

describe('credentials', () => {
  it('have the form of AWS, live for an hour, and work with S3 and STS', async () => {
    await using aws = await start();
    const lamp = await aws.credentialProvider.createDevice({ thingName: 'lamp' });
    const before = Date.now();
    const answer = await ask(aws.credentialProvider, lamp, { thing: 'lamp' });
    expect(answer).toMatchObject({
      status: 200,
      headers: {
        'content-type': 'application/json',
        date: expect.any(String),
        'x-amzn-requestid': aws.requests[0]?.id,
      },
      body: {
        credentials: {
          accessKeyId: expect.stringMatching(/^ASIA/),
          secretAccessKey: expect.any(String),
          sessionToken: expect.any(String),
          expiration: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
        },
      },
    });
    const lifetime = Date.parse(answer.body.credentials.expiration) - before;
    expect(Math.round(lifetime / 60_000)).toBe(60);
    const identity = identityFrom(answer);
    await s3Of(aws, identity).send(new ListBucketsCommand({}));
    const { Arn } = await stsOf(aws, identity).send(new GetCallerIdentityCommand({}));
    expect(Arn).toBe(`arn:aws:sts::123456789012:assumed-role/reader/${lamp.certificateId}`);
  });

  it('live as long as the role alias says', async () => {
    await using aws = await start();
    const { credentialProvider } = aws;
    const lamp = await credentialProvider.createDevice();
    credentialProvider.putRoleAlias({ ...reader, durationSeconds: 900 });
    const before = Date.now();
    const answer = await ask(credentialProvider, lamp);
    expect(Math.round((Date.parse(answer.body.credentials.expiration) - before) / 60_000)).toBe(15);
  });

  it('expire to the millisecond', async () => {
    await using aws = await start({ credentialLifetimeMs: 60_250 });
    const lamp = await aws.credentialProvider.createDevice();
    const answer = await ask(aws.credentialProvider, lamp);
    const expiresAt = Date.parse(answer.body.credentials.expiration);
    expect(expiresAt - Number(aws.requests[0]?.at)).toBeGreaterThanOrEqual(60_250);
    const s3 = s3Of(aws, identityFrom(answer));
    await s3.send(new ListBucketsCommand({}));
    aws.clockOffsetMs = expiresAt - Date.now();
    expect(await refusal(s3.send(new ListBucketsCommand({})))).toMatchObject({ code: 'ExpiredToken' });
  });

  it('have what the role allows', async () => {
    await using aws = await start({ roles: [{ arn: readerArn, allow: ['s3:GetObject'] }] });
    const answer = await ask(aws.credentialProvider, await aws.credentialProvider.createDevice());
    const list = s3Of(aws, identityFrom(answer)).send(new ListBucketsCommand({}));
    expect(await refusal(list)).toMatchObject({ code: 'AccessDenied' });
  });
});

describe('refusals', () => {
  const arn = readerArn;
  type Row = [
    string,
    LocalAwsOptions,
    DeviceCall,
    (provider: LocalAwsWithCredentialProvider['credentialProvider'], id: string) => void,
    number,
    string,
    string,
  ];
  const nothing = () => undefined;
  const denied = 'AccessDeniedException';
  const missing = 'ResourceNotFoundException';
  const invalid = 'InvalidRequestException';
  const cannotAssume = 'Unable to assume the role, or the role to assume does not exist';
  it.each<Row>([
    ['a thing of another certificate', {}, { thing: 'door' }, nothing, 403, denied, 'Invalid thing name passed'],
    [
      'a thing that was taken off',
      {},
      { thing: 'lamp' },
      (p, id) => p.detachThing(id, 'lamp'),
      403,
      denied,
      'Invalid thing name passed',
    ],
    ['no permission', {}, {}, (p, id) => p.deny(id, 'reader'), 403, denied, 'Access Denied'],
    ['no permission at all', {}, {}, (p, id) => p.deny(id, '*'), 403, denied, 'Access Denied'],
    [
      'an inactive certificate',
      {},
      {},
      (p, id) => p.setCertificateStatus(id, 'INACTIVE'),
      403,
      denied,
      'Certificate is invalid on this endpoint',
    ],
    ['an unknown role alias', {}, { alias: 'writer' }, nothing, 404, missing, 'Role alias does not exist'],
    ['another path', {}, { path: '/' }, nothing, 404, missing, 'Not Found'],
    ['a path that cannot be decoded', {}, { path: '/role-aliases/%/credentials' }, nothing, 404, missing, 'Not Found'],
    ['another method', {}, { method: 'POST' }, nothing, 404, missing, 'Not Found'],
    [
      'another host',
      {},
      { servername: 'localhost', headers: { host: 'data.example.com' } },
      nothing,
      404,
      missing,
      'Not Found',
    ],
    ['a role that does not exist', { roles: [] }, {}, nothing, 400, invalid, cannotAssume],
    [
      'a role that trusts others',
      { roles: [{ arn, trust: ['123456789012'] }] },
      {},
      nothing,
      400,
      invalid,
      cannotAssume,
    ],
    ['a role that wants a code', { roles: [{ arn, requireMfa: true }] }, {}, nothing, 400, invalid, cannotAssume],
    [
      'a duration beyond the maximum of the role',
      { roles: [{ arn, maxDurationSeconds: 3600 }] },
      {},
      (p) => p.putRoleAlias({ ...reader, durationSeconds: 3601 }),
      400,
      invalid,
      'The requested CredentialDurationSeconds exceeds the MaxSessionDuration set for the role',
    ],
  ])('%s', async (_, options, call, change, status, type, message) => {
    await using aws = await start(options);
    const { credentialProvider } = aws;
    const lamp = await credentialProvider.createDevice({ thingName: 'lamp' });
    change(credentialProvider, lamp.certificateId);
    const answer = await ask(credentialProvider, lamp, call);
    expect(answer).toMatchObject({
      status,
      headers: { 'x-amzn-errortype': type, 'x-amzn-requestid': aws.requests[0]?.id },
      body: { message },
    });
    expect(Object.keys(answer.body)).toEqual(['message']);
    expect(aws.requests).toMatchObject([
      { service: 'credential-provider', certificateId: lamp.certificateId, status, code: type },
    ]);
  });

  it('come in the order of AWS: the thing, the policy, the alias, the role, the duration', async () => {
    await using aws = await start({ roles: [] }, { roleAliases: [] });
    const { credentialProvider } = aws;
    const lamp = await credentialProvider.createDevice({ roleAliases: [] });
    const messages: string[] = [];
    const next = async () => messages.push((await ask(credentialProvider, lamp, { thing: 'door' })).body.message);
    await next();
    credentialProvider.attachThing(lamp.certificateId, 'door');
    await next();
    credentialProvider.allow(lamp.certificateId, 'reader');
    await next();
    credentialProvider.putRoleAlias({ ...reader, durationSeconds: 1000 });
    await next();
    aws.putRole({ arn: readerArn, trust: ['credentials.iot.amazonaws.com'], maxDurationSeconds: 900 });
    await next();
    credentialProvider.putRoleAlias(reader);
    expect((await ask(credentialProvider, lamp, { thing: 'door' })).status).toBe(200);
    expect(messages).toEqual([
      'Invalid thing name passed',
      'Access Denied',
      'Role alias does not exist',
      'Unable to assume the role, or the role to assume does not exist',
      'The requested CredentialDurationSeconds exceeds the MaxSessionDuration set for the role',
    ]);
  });

  it('end when their cause does', async () => {
    await using aws = await start();
    const { credentialProvider } = aws;
    const lamp = await credentialProvider.createDevice();
    credentialProvider.deny(lamp.certificateId, 'reader');
    credentialProvider.setCertificateStatus(lamp.certificateId, 'INACTIVE');
    expect((await ask(credentialProvider, lamp)).status).toBe(403);
    credentialProvider.allow(lamp.certificateId, '*');
    credentialProvider.setCertificateStatus(lamp.certificateId, 'ACTIVE');
    expect((await ask(credentialProvider, lamp)).status).toBe(200);
    expect(() => credentialProvider.allow('unknown', 'reader')).toThrow('certificateId must be that of a certificate');
  });
});

describe('faults and the log', () => {
  it('go by service, action and certificate', async () => {
    await using aws = await start();
    const { credentialProvider } = aws;
    const [lamp, door] = [await credentialProvider.createDevice(), await credentialProvider.createDevice()];
    aws.inject({ service: 'sts', kind: 'error', status: 500, code: 'InternalFailure' });
    aws.inject({ certificateId: door.certificateId, kind: 'throttle', retryAfterSeconds: 3 });
    expect((await ask(credentialProvider, lamp)).status).toBe(200);
    expect(await ask(credentialProvider, door)).toMatchObject({
      status: 429,
      headers: { 'retry-after': '3', 'x-amzn-errortype': 'ThrottlingException' },
      body: { message: 'Rate exceeded' },
    });
    const service = 'credential-provider';
    expect(aws.count({ service, action: 'AssumeRoleWithCertificate' })).toBe(2);
    expect(aws.count({ service, certificateId: lamp.certificateId })).toBe(1);
  });
});

describe('secrets', () => {
  it('do not print', async () => {
    await using aws = await start();
    const { credentialProvider } = aws;
    const lamp = await credentialProvider.createDevice();
    const server = await credentialProvider.createServerCertificate({ names: ['broker'] });
    expect(lamp.privateKey).toMatch(/^-----BEGIN PRIVATE KEY-----/);
    const secret = (await ask(credentialProvider, lamp)).body.credentials.secretAccessKey;
    const options = { depth: Infinity, maxStringLength: Infinity };
    for (const value of [lamp, server, credentialProvider, aws, aws.requests]) {
      const printed = inspect(value, options) + JSON.stringify(value);
      expect(printed).not.toContain('PRIVATE KEY');
      expect(printed).not.toContain(secret);
    }
  });
});

describe('options', () => {
  it.each<[unknown, string]>([
    [{ hots: 'x' }, 'credentialProvider.hots is not an option.'],
    [{ host: 'A' }, 'credentialProvider.host must be a DNS name in lower case'],
    [{ minTlsVersion: 'TLSv1.1' }, "credentialProvider.minTlsVersion must be 'TLSv1.2' or 'TLSv1.3'"],
    [{ minTlsVersion: 'TLSv1.3', maxTlsVersion: 'TLSv1.2' }, 'credentialProvider.minTlsVersion must be at most'],
    [
      { roleAliases: [{ roleAlias: 'a b', roleArn: readerArn }] },
      'credentialProvider.roleAliases[0].roleAlias must be',
    ],
    ['yes', 'credentialProvider must be a boolean or an object of options; received a value of type string.'],
  ])('%j is refused', async (credentialProvider, message) => {
    await expect(startLocalAws({ credentialProvider } as LocalAwsOptions)).rejects.toThrow(message);
  });

  it('are checked where they are given later, too', async () => {
    await using aws = await start();
    const { credentialProvider } = aws;
    await expect(credentialProvider.createDevice({ thingName: 'a b' })).rejects.toThrow('device.thingName must be');
    await expect(credentialProvider.createServerCertificate({ names: [] })).rejects.toThrow('names must be an array');
    await expect(credentialProvider.signCertificate('-----BEGIN')).rejects.toThrow(
      'request must be a certificate request',
    );
    expect(() => credentialProvider.putRoleAlias({ ...reader, durationSeconds: 0 })).toThrow(
      'roleAlias.durationSeconds',
    );
    expect(() => credentialProvider.attachThing('x', '')).toThrow('thing.thingName must be');
    const { certificateId } = await credentialProvider.createDevice();
    expect(() => credentialProvider.setCertificateStatus(certificateId, 'LOST' as 'REVOKED')).toThrow(
      "certificate.status must be 'ACTIVE'",
    );
  });

  it('there is no provider unless it is asked for', async () => {
    await using aws = await startLocalAws({ credentialProvider: false });
    expect(aws).not.toHaveProperty('credentialProvider');
  });

  it('a port that is taken is an error, and nothing is left behind', async () => {
    await using aws = await start();
    const { port } = aws.credentialProvider;
    await expect(startLocalAws({ credentialProvider: { port } })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});

/** The STS of the loopback AWS, through the SDK's own client: what it grants and how it refuses. */
import {
  AssumeRoleCommand,
  type AssumeRoleCommandInput,
  AssumeRoleWithSAMLCommand,
  AssumeRoleWithWebIdentityCommand,
  GetCallerIdentityCommand,
  GetFederationTokenCommand,
  GetSessionTokenCommand,
  STSClient,
} from '@aws-sdk/client-sts';
import { Sha256 } from '@smithy/core/checksum';
import { SignatureV4 } from '@smithy/signature-v4';
import { Secret, TOTP } from 'otpauth';
import { describe, expect, it } from 'vitest';
import { type LocalAwsOptions, startLocalAws } from '../src/index.js';
import { assume, configOf, identityOf, readerArn, refusal, stsOf } from './support/clients.js';

const serialNumber = 'arn:aws:iam::123456789012:mfa/developer';

describe('AssumeRole', () => {
  it('answers with credentials of the session, its ARN and an expiration with milliseconds', async () => {
    await using aws = await startLocalAws({ credentialLifetimeMs: 4_321 });
    const before = Date.now();
    const answer = await stsOf(aws).send(
      new AssumeRoleCommand({
        RoleArn: 'arn:aws:iam::210987654321:role/team/reader',
        RoleSessionName: 'me@example.com',
        SourceIdentity: 'alice',
        Tags: [{ Key: 'project', Value: 'brs' }],
      }),
    );
    expect(answer.AssumedRoleUser).toEqual({
      Arn: 'arn:aws:sts::210987654321:assumed-role/reader/me@example.com',
      AssumedRoleId: expect.stringMatching(/^AROA[A-Z2-7]{17}:me@example\.com$/),
    });
    expect(answer.SourceIdentity).toBe('alice');
    expect(answer.SessionTokenUtilization).toBeGreaterThan(0);
    const expiration = identityOf(answer.Credentials).expiration.getTime();
    expect(expiration - before).toBeGreaterThanOrEqual(4_321);
    expect(expiration).toBeLessThanOrEqual(Date.now() + 4_321);
    expect(identityOf(answer.Credentials).accessKeyId).toMatch(/^ASIA[A-Z2-7]{16}$/);
  });

  it('honours DurationSeconds from one second on, and an hour by default', async () => {
    await using aws = await startLocalAws();
    for (const [asked, seconds] of [[1, 1] as const, [undefined, 3_600] as const, [43_200, 43_200] as const]) {
      const before = Date.now();
      const { expiration } = await assume(aws, asked === undefined ? {} : { DurationSeconds: asked });
      expect(expiration.getTime()).toBeGreaterThanOrEqual(before + seconds * 1000);
      expect(expiration.getTime()).toBeLessThanOrEqual(Date.now() + seconds * 1000);
    }
  });

  const other = '210987654321';
  const trusting = (trust: string[]): LocalAwsOptions => ({ roles: [{ arn: readerArn, trust }] });
  const notAuthorized = { code: 'AccessDenied', status: 403 };
  const invalid = { code: 'ValidationError', status: 400 };
  const tags = (count: number) =>
    Array.from({ length: count }, (_, index) => ({
      Key: `${index}`,
      Value: [1, 2, 3, 4].map(() => crypto.randomUUID()).join(''),
    }));

  type Expected = { code: string; status: number; message?: unknown };
  it.each<{ name: string; options?: LocalAwsOptions; input?: Partial<AssumeRoleCommandInput>; expected: Expected }>([
    { name: 'a role that trusts nobody', options: trusting([]), expected: notAuthorized },
    { name: 'a role that trusts another account', options: trusting([other]), expected: notAuthorized },
    {
      name: 'a role that does not exist',
      options: { roles: [] },
      expected: {
        ...notAuthorized,
        message: `User: arn:aws:iam::123456789012:user/developer is not authorized to perform: sts:AssumeRole on resource: ${readerArn}`,
      },
    },
    { name: 'no external id', options: { roles: [{ arn: readerArn, externalId: 'e1' }] }, expected: notAuthorized },
    {
      name: 'a wrong external id',
      options: { roles: [{ arn: readerArn, externalId: 'e1' }] },
      input: { ExternalId: 'e2' },
      expected: notAuthorized,
    },
    {
      name: 'no code for a role that wants one',
      options: { roles: [{ arn: readerArn, requireMfa: true }] },
      expected: notAuthorized,
    },
    { name: 'a session name that is too short', input: { RoleSessionName: 'x' }, expected: invalid },
    {
      name: 'a session name with a space',
      input: { RoleSessionName: 'a b' },
      expected: {
        ...invalid,
        message:
          "1 validation error detected: Value 'a b' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*",
      },
    },
    { name: 'a duration of nothing', input: { DurationSeconds: 0 }, expected: invalid },
    {
      name: 'a duration over the maximum of the role',
      options: { roles: [{ arn: readerArn, maxDurationSeconds: 3600 }] },
      input: { DurationSeconds: 3601 },
      expected: {
        ...invalid,
        message: 'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
      },
    },
    {
      name: 'a duration under the minimum of the role',
      options: { roles: [{ arn: readerArn, minDurationSeconds: 900 }] },
      input: { DurationSeconds: 899 },
      expected: invalid,
    },
    {
      name: 'a policy that is no JSON',
      input: { Policy: '{' },
      expected: { code: 'MalformedPolicyDocument', status: 400 },
    },
    {
      name: 'a policy that says nothing',
      input: { Policy: '{}' },
      expected: { code: 'MalformedPolicyDocument', status: 400 },
    },
    { name: 'a policy that is too long', input: { Policy: ' '.repeat(2_049) }, expected: invalid },
    { name: 'too many tags', input: { Tags: tags(51) }, expected: invalid },
    {
      name: 'tags that are too large',
      input: { Tags: tags(50) },
      expected: { code: 'PackedPolicyTooLarge', status: 400 },
    },
    {
      name: 'a disabled region',
      options: { disabledRegions: ['us-east-1'] },
      expected: { code: 'RegionDisabledException', status: 403 },
    },
    {
      name: 'a code without a device',
      input: { TokenCode: '123456' },
      expected: { ...notAuthorized, message: expect.stringContaining('must provide both MFA serial number') },
    },
    {
      name: 'a device that is not the caller’s',
      input: { SerialNumber: serialNumber, TokenCode: '123456' },
      expected: { ...notAuthorized, message: expect.stringContaining('unable to validate MFA code') },
    },
  ])('refuses $name', async ({ options = {}, input = {}, expected }) => {
    await using aws = await startLocalAws(options);
    expect(await refusal(assume(aws, input))).toMatchObject(expected);
    expect(aws.requests.at(-1)).toMatchObject({ action: 'AssumeRole', code: expected.code, status: expected.status });
  });

  it.each([['123456789012'], ['arn:aws:iam::123456789012:root'], ['arn:aws:iam::123456789012:user/developer'], ['*']])(
    'lets in a caller who is trusted as %s',
    async (trusted) => {
      await using aws = await startLocalAws(trusting([trusted]));
      expect((await assume(aws)).accessKeyId).toMatch(/^ASIA/);
    },
  );

  it('lets a changed trust policy heal', async () => {
    await using aws = await startLocalAws(trusting([]));
    await refusal(assume(aws));
    aws.putRole({ arn: readerArn, trust: ['123456789012'] });
    expect((await assume(aws)).accessKeyId).toMatch(/^ASIA/);
  });

  it('knows users of other accounts', async () => {
    await using aws = await startLocalAws(trusting([other]));
    const bob = aws.addUser({ name: 'bob', accountId: other });
    expect((await assume(aws, {}, bob)).accessKeyId).toMatch(/^ASIA/);
    const { Arn } = await stsOf(aws, bob).send(new GetCallerIdentityCommand({}));
    expect(Arn).toBe(`arn:aws:iam::${other}:user/bob`);
  });
});

describe('role chaining', () => {
  const adminArn = 'arn:aws:iam::210987654321:role/admin';

  it('goes by the trust in the first role, and keeps its source identity', async () => {
    await using aws = await startLocalAws({ roles: [{ arn: readerArn }, { arn: adminArn, trust: [readerArn] }] });
    expect(await refusal(assume(aws, { RoleArn: adminArn }))).toMatchObject({ code: 'AccessDenied' });
    const reader = await assume(aws, { SourceIdentity: 'alice' });
    const command = new AssumeRoleCommand({ RoleArn: adminArn, RoleSessionName: 'chained' });
    const { AssumedRoleUser, SourceIdentity } = await stsOf(aws, reader).send(command);
    expect(AssumedRoleUser?.Arn).toBe('arn:aws:sts::210987654321:assumed-role/admin/chained');
    expect(SourceIdentity).toBe('alice');
    const changed = assume(aws, { RoleArn: adminArn, SourceIdentity: 'bob' }, reader);
    expect(await refusal(changed)).toMatchObject({
      code: 'AccessDenied',
      message: expect.stringContaining('sts:SetSourceIdentity'),
    });
  });

  it('lasts an hour at most', async () => {
    await using aws = await startLocalAws();
    const reader = await assume(aws);
    expect((await assume(aws, { RoleArn: adminArn, DurationSeconds: 3_600 }, reader)).accessKeyId).toMatch(/^ASIA/);
    expect(await refusal(assume(aws, { RoleArn: adminArn, DurationSeconds: 3_601 }, reader))).toEqual({
      code: 'ValidationError',
      status: 400,
      message: 'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
    });
  });
});

describe('one-time codes', () => {
  const roles = [{ arn: readerArn, requireMfa: true }];
  const wrongCode = { code: 'AccessDenied', message: expect.stringContaining('invalid MFA one time pass code') };

  it('are accepted once', async () => {
    await using aws = await startLocalAws({ roles, mfaDevices: [{ serialNumber, codes: ['111111', '222222'] }] });
    const withCode = (TokenCode: string) => assume(aws, { SerialNumber: serialNumber, TokenCode });
    expect((await withCode('111111')).accessKeyId).toMatch(/^ASIA/);
    expect(await refusal(withCode('111111'))).toMatchObject(wrongCode);
    expect(await refusal(withCode('333333'))).toMatchObject(wrongCode);
    expect((await withCode('222222')).accessKeyId).toMatch(/^ASIA/);
  });

  it('follow the clock of the server where a device makes them', async () => {
    const totpSecret = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
    const totp = new TOTP({ secret: Secret.fromBase32(totpSecret) });
    await using aws = await startLocalAws({ roles, mfaDevices: [{ serialNumber, totpSecret }] });
    const code = (offsetMs: number) => totp.generate({ timestamp: Date.now() + offsetMs });
    const withCode = (TokenCode: string) => assume(aws, { SerialNumber: serialNumber, TokenCode });
    const first = code(0);
    expect((await withCode(first)).accessKeyId).toMatch(/^ASIA/);
    expect(await refusal(withCode(first))).toMatchObject(wrongCode);
    expect(await refusal(withCode(code(300_000)))).toMatchObject(wrongCode);
    aws.clockOffsetMs = 300_000;
    expect((await withCode(code(300_000))).accessKeyId).toMatch(/^ASIA/);
  });

  it('stand for a whole session of the user', async () => {
    await using aws = await startLocalAws({ roles, mfaDevices: [{ serialNumber, codes: ['111111'] }] });
    const command = new GetSessionTokenCommand({ SerialNumber: serialNumber, TokenCode: '111111' });
    const session = identityOf((await stsOf(aws).send(command)).Credentials);
    expect((await assume(aws, {}, session)).accessKeyId).toMatch(/^ASIA/);
  });

  it('are in no answer', async () => {
    await using aws = await startLocalAws();
    const { code, message } = await refusal(assume(aws, { SerialNumber: serialNumber, TokenCode: '98765x7' }));
    expect(code).toBe('ValidationError');
    expect(message).not.toContain('98765');
  });
});

describe('GetSessionToken and GetFederationToken', () => {
  it('give a user temporary credentials', async () => {
    await using aws = await startLocalAws();
    const session = identityOf((await stsOf(aws).send(new GetSessionTokenCommand({}))).Credentials);
    const me = await stsOf(aws, session).send(new GetCallerIdentityCommand({}));
    expect(me.Arn).toBe('arn:aws:iam::123456789012:user/developer');
    expect(session.expiration.getTime() - Date.now()).toBeGreaterThan(43_000_000);

    const federated = await stsOf(aws).send(new GetFederationTokenCommand({ Name: 'guest', DurationSeconds: 900 }));
    expect(federated.FederatedUser).toEqual({
      Arn: 'arn:aws:sts::123456789012:federated-user/guest',
      FederatedUserId: '123456789012:guest',
    });
    const guest = identityOf(federated.Credentials);
    expect((await stsOf(aws, guest).send(new GetCallerIdentityCommand({}))).UserId).toBe('123456789012:guest');
    expect(await refusal(assume(aws, {}, guest))).toMatchObject({ code: 'AccessDenied' });
  });

  it('are for long-lived keys only', async () => {
    await using aws = await startLocalAws();
    const reader = stsOf(aws, await assume(aws));
    const denied = { code: 'AccessDenied', status: 403 };
    expect(await refusal(reader.send(new GetSessionTokenCommand({})))).toMatchObject(denied);
    expect(await refusal(reader.send(new GetFederationTokenCommand({ Name: 'guest' })))).toMatchObject(denied);
  });
});

describe('AssumeRoleWithWebIdentity', () => {
  const call = (endpoint: string, token: string, input = {}) =>
    new STSClient({ endpoint, region: 'us-east-1', maxAttempts: 1 }).send(
      new AssumeRoleWithWebIdentityCommand({
        RoleArn: readerArn,
        RoleSessionName: 'web',
        WebIdentityToken: token,
        ...input,
      }),
    );

  it('takes a token of the provider instead of a signature', async () => {
    await using aws = await startLocalAws();
    const answer = await call(aws.endpoint, aws.issueWebIdentityToken({ subject: 'pod-7' }));
    expect(answer).toMatchObject({
      SubjectFromWebIdentityToken: 'pod-7',
      Audience: 'sts.amazonaws.com',
      Provider: 'idp.example.com',
      AssumedRoleUser: { Arn: 'arn:aws:sts::123456789012:assumed-role/reader/web' },
    });
    expect(aws.requests[0]).not.toHaveProperty('accessKeyId');
  });

  it('refuses every other token', async () => {
    await using aws = await startLocalAws({ roles: [{ arn: readerArn, trust: ['123456789012'] }] });
    const invalid = { code: 'InvalidIdentityToken', status: 400 };
    expect(await refusal(call(aws.endpoint, 'a.b.c'))).toMatchObject(invalid);
    expect(await refusal(call(aws.endpoint, aws.issueWebIdentityToken({ audience: 'me' })))).toMatchObject(invalid);
    const token = aws.issueWebIdentityToken({ expiresInSeconds: 60 });
    expect(await refusal(call(aws.endpoint, token))).toMatchObject({ code: 'AccessDenied', status: 403 });
    aws.putRole({ arn: readerArn, trust: ['idp.example.com'] });
    expect((await call(aws.endpoint, token)).Credentials).toBeDefined();
    aws.clockOffsetMs = 60_000;
    expect(await refusal(call(aws.endpoint, token))).toMatchObject({ code: 'ExpiredTokenException', status: 400 });
  });
});

describe('AssumeRoleWithSAML', () => {
  const PrincipalArn = 'arn:aws:iam::123456789012:saml-provider/idp';
  const call = (endpoint: string, SAMLAssertion: string) =>
    new STSClient({ endpoint, region: 'us-east-1', maxAttempts: 1 }).send(
      new AssumeRoleWithSAMLCommand({ RoleArn: readerArn, PrincipalArn, SAMLAssertion }),
    );

  it('takes an assertion of the provider instead of a signature', async () => {
    await using aws = await startLocalAws({ roles: [{ arn: readerArn, trust: [PrincipalArn] }] });
    expect(await call(aws.endpoint, aws.issueSamlAssertion({ subject: 'alice' }))).toMatchObject({
      Subject: 'alice',
      AssumedRoleUser: { Arn: 'arn:aws:sts::123456789012:assumed-role/reader/alice' },
    });
  });

  it('refuses every other assertion', async () => {
    await using aws = await startLocalAws();
    const invalid = { code: 'InvalidIdentityToken', status: 400 };
    expect(await refusal(call(aws.endpoint, 'bm90IG91cnM='))).toMatchObject(invalid);
    expect(await refusal(call(aws.endpoint, aws.issueSamlAssertion({ audience: 'me' })))).toMatchObject(invalid);
    const assertion = aws.issueSamlAssertion();
    aws.clockOffsetMs = 3_600_000;
    expect(await refusal(call(aws.endpoint, assertion))).toMatchObject({ code: 'ExpiredTokenException', status: 400 });
  });
});

describe('who is let in', () => {
  const whoAmI = new GetCallerIdentityCommand({});

  it('not a key that nobody has', async () => {
    await using aws = await startLocalAws();
    const sts = stsOf(aws, { ...aws.baseCredentials, accessKeyId: 'AKIAUNKNOWN' });
    expect(await refusal(sts.send(whoAmI))).toMatchObject({ code: 'InvalidClientTokenId', status: 403 });
  });

  it('not a wrong secret', async () => {
    await using aws = await startLocalAws();
    const sts = stsOf(aws, { ...aws.baseCredentials, secretAccessKey: 'wrong' });
    expect(await refusal(sts.send(whoAmI))).toMatchObject({ code: 'SignatureDoesNotMatch', status: 403 });
  });

  it('not a temporary key without its token, or with another', async () => {
    await using aws = await startLocalAws();
    const { sessionToken: _, ...bare } = await assume(aws);
    const invalid = { code: 'InvalidClientTokenId', status: 403 };
    expect(await refusal(stsOf(aws, bare).send(whoAmI))).toMatchObject(invalid);
    expect(await refusal(stsOf(aws, { ...bare, sessionToken: 'other' }).send(whoAmI))).toMatchObject(invalid);
  });

  it('not an expired set, to the millisecond', async () => {
    await using aws = await startLocalAws({ credentialLifetimeMs: 60_000 });
    const identity = await assume(aws);
    aws.clockOffsetMs = identity.expiration.getTime() - Date.now();
    // The client is told nothing of its expiry, so that it does not refuse to sign.
    const { expiration: _, ...signing } = identity;
    expect(await refusal(stsOf(aws, signing).send(whoAmI))).toMatchObject({ code: 'ExpiredToken', status: 403 });
    aws.clockOffsetMs = 0;
    expect((await stsOf(aws, signing).send(whoAmI)).Account).toBe('123456789012');
  });

  it('not a request that was signed more than 15 minutes before or after the server’s time', async () => {
    await using aws = await startLocalAws();
    const skewed = { code: 'SignatureDoesNotMatch', status: 403 };
    aws.clockOffsetMs = 16 * 60_000;
    expect(await refusal(stsOf(aws).send(whoAmI))).toMatchObject({
      ...skewed,
      message: expect.stringMatching(/^Signature expired: \d{8}T\d{6}Z is now earlier than /),
    });
    aws.clockOffsetMs = -16 * 60_000;
    expect(await refusal(stsOf(aws).send(whoAmI))).toMatchObject({
      ...skewed,
      message: expect.stringMatching(/^Signature not yet current: /),
    });
    // The Date header lets the client correct its own clock.
    const client = new STSClient({ ...configOf(aws), maxAttempts: 2 });
    expect((await client.send(whoAmI)).Account).toBe('123456789012');
  });

  it('a presigned link, as other services take it for a proof of identity', async () => {
    await using aws = await startLocalAws();
    const signer = new SignatureV4({
      credentials: await assume(aws),
      region: 'eu-west-1',
      service: 'sts',
      sha256: Sha256,
    });
    const { hostname, port } = new URL(aws.endpoint);
    const { query } = await signer.presign(
      {
        method: 'GET',
        protocol: 'http:',
        hostname,
        path: '/',
        query: { Action: 'GetCallerIdentity', Version: '2011-06-15' },
        headers: { host: `${hostname}:${port}`, 'x-k8s-aws-id': 'cluster' },
      },
      { expiresIn: 60 },
    );
    const link = `${aws.endpoint}/?${new URLSearchParams(query as Record<string, string>).toString()}`;
    const proof = await fetch(link, { headers: { 'x-k8s-aws-id': 'cluster' } });
    expect(await proof.text()).toContain('<Arn>arn:aws:sts::123456789012:assumed-role/reader/tester</Arn>');
    const stolen = await fetch(link, { headers: { 'x-k8s-aws-id': 'other' } });
    expect(await stolen.text()).toContain('<Code>SignatureDoesNotMatch</Code>');
  });

  it('not an anonymous request', async () => {
    await using aws = await startLocalAws();
    const answer = await fetch(aws.endpoint, {
      method: 'POST',
      body: new URLSearchParams({ Action: 'GetCallerIdentity', Version: '2011-06-15' }),
    });
    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain('<Code>MissingAuthenticationToken</Code>');
  });

  it('not under an action that does not exist', async () => {
    await using aws = await startLocalAws();
    const answer = await fetch(aws.endpoint, { method: 'POST', body: new URLSearchParams({ Action: 'constructor' }) });
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('<Code>InvalidAction</Code>');
    expect(aws.requests[0]?.action).toBe('Unknown');
  });

  it.each([
    ['InvalidToken', 'InvalidClientTokenId'],
    ['ExpiredToken', 'ExpiredToken'],
  ] as const)('not a revoked set (%s)', async (as, code) => {
    await using aws = await startLocalAws();
    const identity = await assume(aws);
    expect(aws.revoke(identity.accessKeyId, as)).toBe(true);
    expect(aws.revoke('ASIAUNKNOWN')).toBe(false);
    expect(await refusal(stsOf(aws, identity).send(whoAmI))).toMatchObject({ code, status: 403 });
  });
});

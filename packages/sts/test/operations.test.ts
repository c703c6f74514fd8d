/** Every operation against a real server: what is sent, what comes back, who the session is. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { STSClient } from '@aws-sdk/client-sts';
import { RefreshableSession } from '@brs/core';
import { type LocalAws, startLocalAws } from '@brs/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { rejectionOf, roleArn, sessionOn } from './harness.js';

let aws: LocalAws;
beforeAll(async () => {
  aws = await startLocalAws({ credentialLifetimeMs: 60_000, buckets: ['reports'] });
});
afterAll(() => aws.close());
beforeEach(() => aws.clearRequests());

describe('assumeRole', () => {
  it('gives credentials with their expiration and account, and says who they are', async () => {
    await using session = sessionOn(aws, { assumeRole: { RoleArn: roleArn, RoleSessionName: 'me' } });
    const { expiration, accountId } = await session.getCredentials();
    expect(expiration).toBeInstanceOf(Date);
    expect(accountId).toBe('123456789012');
    expect(await session.whoami()).toMatchObject({
      method: 'sts',
      account: '123456789012',
      arn: 'arn:aws:sts::123456789012:assumed-role/reader/me',
    });
    expect(aws.count({ action: 'AssumeRole' })).toBe(1);
  });

  it('has a readable session name of its own, the same for every refresh', async () => {
    await using session = sessionOn(aws, { assumeRole: { RoleArn: roleArn } });
    await using other = sessionOn(aws, { assumeRole: { RoleArn: roleArn } });
    const first = await session.whoami();
    await session.refresh();
    expect(first.arn).toMatch(/assumed-role\/reader\/brs-[\w.-]+-\d+-[0-9a-f]{8}$/);
    expect((await session.whoami()).arn).toBe(first.arn);
    expect((await other.whoami()).arn).not.toBe(first.arn);
  });

  it('sends every field', async () => {
    aws.putRole({ arn: `${roleArn}-strict`, externalId: 'the-id' });
    await using session = sessionOn(aws, {
      assumeRole: {
        RoleArn: `${roleArn}-strict`,
        ExternalId: 'the-id',
        DurationSeconds: 1,
        Policy: '{"Version":"2012-10-17","Statement":[]}',
        PolicyArns: [{ arn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' }],
        Tags: [{ Key: 'team', Value: 'a' }],
        TransitiveTagKeys: ['team'],
        SourceIdentity: 'jane',
      },
    });
    await expect(session.getCredentials()).resolves.toHaveProperty('accessKeyId');
  });

  it('names trust policy, external id and account when the role does not let the principal in', async () => {
    aws.putRole({ arn: `${roleArn}-strict`, externalId: 'the-id' });
    for (const [fields, hint] of [
      [{}, 'without `ExternalId`'],
      [{ ExternalId: 'wrong' }, 'with this `ExternalId`'],
    ] as const) {
      await using session = sessionOn(aws, { assumeRole: { RoleArn: `${roleArn}-strict`, ...fields } });
      const error = await rejectionOf(session.getCredentials());
      expect(error).toMatchObject({
        code: 'CREDENTIALS_DENIED',
        cause: { name: 'AccessDenied', code: 'AccessDenied', status: 403 },
      });
      expect(error.hint).toContain(hint);
      expect(error.hint).toContain('trust policy');
      expect(error.hint).toContain('account');
    }
  });

  it('names the region that is disabled', async () => {
    await using disabled = await startLocalAws({ disabledRegions: ['eu-south-1'] });
    await using session = sessionOn(disabled, { assumeRole: { RoleArn: roleArn } }, { region: 'eu-south-1' });
    const error = await rejectionOf(session.getCredentials());
    expect(error).toMatchObject({ code: 'CREDENTIALS_DENIED', cause: { code: 'RegionDisabled' } });
    expect(error.hint).toContain('region');
  });
});

describe('assumeRoleWithWebIdentity', () => {
  const credentials = (): never => {
    throw new Error('A web identity needs no base credentials.');
  };

  it('takes the token as it is, from a function, and from a file that is read again at every refresh', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'brs-sts-'));
    const file = join(folder, 'token');
    const signals: AbortSignal[] = [];
    try {
      const token = aws.issueWebIdentityToken();
      writeFileSync(file, `${token}\n`);
      const sources = [
        token,
        () => aws.issueWebIdentityToken(),
        async ({ signal }: { signal: AbortSignal }) => {
          signals.push(signal);
          return aws.issueWebIdentityToken();
        },
        { file },
      ];
      for (const WebIdentityToken of sources) {
        await using session = sessionOn(aws, {
          credentials,
          assumeRoleWithWebIdentity: { RoleArn: roleArn, WebIdentityToken },
        });
        await expect(session.getCredentials()).resolves.toHaveProperty('accountId', '123456789012');
      }
      expect(signals).toHaveLength(1);

      await using session = sessionOn(aws, {
        credentials,
        assumeRoleWithWebIdentity: { RoleArn: roleArn, WebIdentityToken: { file } },
      });
      await session.getCredentials();
      writeFileSync(file, 'stale.token.here');
      expect(await rejectionOf(session.refresh())).toMatchObject({
        code: 'CREDENTIALS_DENIED',
        cause: { code: 'InvalidIdentityToken' },
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('says that a file is missing, and that a function gave nothing', async () => {
    await using missing = sessionOn(aws, {
      credentials,
      assumeRoleWithWebIdentity: { RoleArn: roleArn, WebIdentityToken: { file: '/nonexistent/token' } },
    });
    const error = await rejectionOf(missing.getCredentials());
    expect(error).toMatchObject({ code: 'REFRESH_FAILED', cause: { code: 'RequestNotMade' } });
    expect(error.cause.message).toContain('/nonexistent/token');

    await using nothing = sessionOn(aws, {
      credentials,
      assumeRoleWithWebIdentity: { RoleArn: roleArn, WebIdentityToken: () => '' },
    });
    expect((await rejectionOf(nothing.getCredentials())).cause.message).toContain('gave none');

    const bytes = (async () => Buffer.from(aws.issueWebIdentityToken())) as unknown as () => Promise<string>;
    await using noString = sessionOn(aws, {
      credentials,
      assumeRoleWithWebIdentity: { RoleArn: roleArn, WebIdentityToken: bytes },
    });
    expect((await rejectionOf(noString.getCredentials())).cause.message).toContain('must be a string');
    expect(aws.count({ service: 'sts' })).toBe(0);
  });

  it('tries again when the token has expired, since its source may give a fresh one', async () => {
    aws.clockOffsetMs = -7_200_000;
    const old = aws.issueWebIdentityToken({ expiresInSeconds: 60 });
    aws.clockOffsetMs = 0;
    await using session = sessionOn(aws, {
      credentials,
      assumeRoleWithWebIdentity: { RoleArn: roleArn, WebIdentityToken: old },
    });
    expect(await rejectionOf(session.getCredentials())).toMatchObject({
      code: 'REFRESH_FAILED',
      cause: { code: 'ExpiredToken' },
    });
  });
});

it('assumeRoleWithSAML takes an assertion', async () => {
  await using session = sessionOn(aws, {
    assumeRoleWithSAML: {
      RoleArn: roleArn,
      PrincipalArn: 'arn:aws:iam::123456789012:saml-provider/corp',
      SAMLAssertion: () => aws.issueSamlAssertion(),
    },
  });
  await expect(session.getCredentials()).resolves.toHaveProperty('accountId', '123456789012');
});

it('getSessionToken gives credentials of the user', async () => {
  await using session = sessionOn(aws, { getSessionToken: {} });
  expect((await session.whoami()).arn).toBe('arn:aws:iam::123456789012:user/developer');
});

it('getFederationToken gives credentials of a federated user', async () => {
  await using session = sessionOn(aws, { getFederationToken: { Name: 'bob' } });
  expect((await session.getCredentials()).accountId).toBe('123456789012');
  expect((await session.whoami()).arn).toContain('federated-user/bob');
});

it('getSessionToken with the credentials of a role says that it needs a user', async () => {
  await using role = sessionOn(aws, { assumeRole: { RoleArn: roleArn } });
  await using session = sessionOn(aws, { getSessionToken: {}, credentials: role.credentials });
  const error = await rejectionOf(session.getCredentials());
  expect(error.code).toBe('CREDENTIALS_DENIED');
  expect(error.hint).toContain('IAM user');
});

describe('stsClient', () => {
  it("is used with a client's own settings, unchanged, and left open at the end", async () => {
    const client = new STSClient({ region: aws.region, endpoint: aws.endpoint, credentials: aws.baseCredentials });
    const before = client.middlewareStack.identify();
    const destroyed: unknown[] = [];
    client.destroy = () => void destroyed.push(client);
    const session = sessionOn(aws, { stsClient: client, assumeRole: { RoleArn: roleArn } });
    await session.getCredentials();
    expect((await session.whoami()).arn).toContain('assumed-role/reader');
    await session.close();
    expect(client.middlewareStack.identify()).toEqual(before);
    expect(destroyed).toEqual([]);
  });

  it('takes base credentials in a configuration, and changes none of the objects', async () => {
    const credentials = Object.freeze(aws.baseCredentials);
    const stsClient = Object.freeze({ endpoint: aws.endpoint, credentials });
    await using session = sessionOn(aws, { stsClient, assumeRole: Object.freeze({ RoleArn: roleArn }) });
    await expect(session.getCredentials()).resolves.toHaveProperty('accessKeyId');
  });

  it('says that there is no region', async () => {
    await using session = sessionOn(aws, { assumeRole: { RoleArn: roleArn } }, { region: undefined } as never);
    const error = await rejectionOf(session.getCredentials());
    expect(error).toMatchObject({ code: 'CREDENTIALS_DENIED', cause: { code: 'RequestNotMade' } });
    expect(error.cause.message).toContain('Region is missing');
  });
});

describe('base credentials', () => {
  it('are those of the session’s profile, and so is the region', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'brs-sts-'));
    const { accessKeyId, secretAccessKey } = aws.baseCredentials;
    writeFileSync(
      join(folder, 'credentials'),
      `[jane]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`,
    );
    writeFileSync(join(folder, 'config'), `[profile jane]\nregion = ${aws.region}\n`);
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(folder, 'credentials'));
    vi.stubEnv('AWS_CONFIG_FILE', join(folder, 'config'));
    vi.stubEnv('AWS_ACCESS_KEY_ID', undefined);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', undefined);
    await using session = new RefreshableSession({
      profile: 'jane',
      assumeRole: { RoleArn: roleArn },
      stsClient: { endpoint: aws.endpoint },
    });
    await expect(session.getCredentials()).resolves.toHaveProperty('accountId', '123456789012');
    expect(aws.requests[0]).toMatchObject({ accessKeyId });
    rmSync(folder, { recursive: true });
  });

  it('that cannot be loaded may come back', async () => {
    await using session = sessionOn(aws, {
      assumeRole: { RoleArn: roleArn },
      credentials: () => Promise.reject(new Error('The vault is sealed.')),
    });
    const error = await rejectionOf(session.getCredentials());
    expect(error).toMatchObject({
      code: 'REFRESH_FAILED',
      cause: { code: 'RequestNotMade', cause: { message: 'The vault is sealed.' } },
    });
  });

  it('may fail with anything', async () => {
    const cyclic = new Error('cyclic');
    cyclic.cause = cyclic;
    for (const thrown of [cyclic, 'a string', undefined, null, 7, { message: 8 }]) {
      await using session = sessionOn(aws, {
        assumeRole: { RoleArn: roleArn },
        credentials: () => Promise.reject(thrown as Error),
      });
      expect(await rejectionOf(session.getCredentials())).toMatchObject({
        code: 'REFRESH_FAILED',
        cause: { code: 'RequestNotMade' },
      });
    }
  });

  it('that are those of another session are replaced when they were revoked', async () => {
    await using base = sessionOn(aws, { assumeRole: { RoleArn: `${roleArn}-base` } });
    await using session = sessionOn(aws, { assumeRole: { RoleArn: roleArn }, credentials: base.credentials });
    const { accessKeyId } = await base.getCredentials();
    aws.revoke(accessKeyId, 'ExpiredToken');
    await expect(session.getCredentials()).resolves.toHaveProperty('accessKeyId');
    expect((await base.getCredentials()).accessKeyId).not.toBe(accessKeyId);
  });

  it('that are wrong are refused once', async () => {
    await using session = sessionOn(aws, {
      assumeRole: { RoleArn: roleArn },
      credentials: { accessKeyId: 'AKIAUNKNOWN000000000', secretAccessKey: 'unknown' },
    });
    const error = await rejectionOf(session.getCredentials());
    expect(error).toMatchObject({ code: 'CREDENTIALS_DENIED', cause: { code: 'InvalidClientTokenId' } });
    expect(aws.count({ service: 'sts' })).toBe(1);
  });
});

it('serves any number of clients of a service, through refreshes, with one call for each', async () => {
  await using session = sessionOn(aws, { assumeRole: { RoleArn: roleArn } });
  const clients = Array.from(
    { length: 10 },
    () => new S3Client({ region: aws.region, endpoint: aws.endpoint, credentials: session.credentials }),
  );
  const useAll = async (): Promise<void> => {
    const key = { Bucket: 'reports', Key: 'today' };
    await Promise.all(clients.map((s3) => s3.send(new PutObjectCommand({ ...key, Body: 'figures' }))));
    await Promise.all(clients.map((s3) => s3.send(new GetObjectCommand(key))));
  };
  await useAll();
  expect(aws.count({ service: 'sts' })).toBe(1);
  aws.revoke((await session.getCredentials()).accessKeyId);
  await session.refresh();
  await useAll();
  expect(aws.count({ service: 'sts' })).toBe(2);
  for (const s3 of clients) s3.destroy();
});

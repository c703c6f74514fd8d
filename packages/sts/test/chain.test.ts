/** Roles assumed one with the credentials of the other. */
import { type LocalAws, startLocalAws } from '@brs/testkit';
import { STSClient } from '@aws-sdk/client-sts';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { everythingShownOf, rejectionOf, sessionOn } from './harness.js';

const arn = (account: number, name: string): string => `arn:aws:iam::${String(account).repeat(12)}:role/${name}`;
const [a, b, c] = [arn(1, 'a'), arn(2, 'b'), arn(3, 'c')];

let aws: LocalAws;
beforeEach(async () => {
  aws = await startLocalAws({
    credentialLifetimeMs: 3_600_000,
    roles: [{ arn: a }, { arn: b, trust: [a] }, { arn: c, trust: [b] }],
  });
});
afterEach(() => aws.close());

const calls = (): number => aws.count({ action: 'AssumeRole' });

it('ends as the last role, each hop assumed with the credentials of the one before', async () => {
  await using session = sessionOn(aws, { chain: [{ RoleArn: a }, { RoleArn: b }, { RoleArn: c }] });
  expect((await session.getCredentials()).accountId).toBe('333333333333');
  const { arn: who, account } = await session.whoami();
  expect(account).toBe('333333333333');
  expect(who).toContain(':assumed-role/c/brs-');
  expect(calls()).toBe(3);
});

it('refreshes each hop on its own schedule', async () => {
  await using session = sessionOn(aws, { chain: [{ RoleArn: a }, { RoleArn: b }, { RoleArn: c }] });
  await session.getCredentials();
  const [first, second, third] = aws.requests.map(({ accessKeyId }) => accessKeyId);
  await session.refresh();
  await session.refresh();
  // Only the last hop, always with the same credentials of the hop before.
  expect(calls()).toBe(5);
  expect(aws.requests.slice(3).map(({ accessKeyId }) => accessKeyId)).toEqual([third, third]);
  expect(new Set([first, second, third]).size).toBe(3);
});

it('replaces the credentials of a hop that STS does not accept any more, and no others', async () => {
  await using session = sessionOn(aws, { chain: [{ RoleArn: a }, { RoleArn: b }, { RoleArn: c }] });
  await session.getCredentials();
  const third = aws.requests[2]?.accessKeyId as string;
  aws.revoke(third, 'ExpiredToken');
  await session.refresh();
  // Refused with the revoked set, then a new one of the hop before, then again.
  expect(calls()).toBe(6);
});

it('works from a client of the user as from a configuration', async () => {
  const stsClient = new STSClient({ region: aws.region, endpoint: aws.endpoint, credentials: aws.baseCredentials });
  await using session = sessionOn(aws, { stsClient, chain: [{ RoleArn: a }, { RoleArn: b }] });
  expect((await session.whoami()).arn).toContain(':assumed-role/b/');
  stsClient.destroy();
});

it('may have one hop, and starts from a web identity in another session', async () => {
  aws.putRole({ arn: arn(4, 'web'), trust: ['idp.example.com'] });
  aws.putRole({ arn: a, trust: [arn(4, 'web')] });
  await using web = sessionOn(aws, {
    assumeRoleWithWebIdentity: { RoleArn: arn(4, 'web'), WebIdentityToken: () => aws.issueWebIdentityToken() },
  });
  await using session = sessionOn(aws, { credentials: web.credentials, chain: [{ RoleArn: a }] });
  expect((await session.getCredentials()).accountId).toBe('111111111111');
});

it('names the hop that is refused, and the role', async () => {
  for (const [chain, hop] of [
    [[{ RoleArn: a }, { RoleArn: c }, { RoleArn: b }], 2],
    [[{ RoleArn: arn(9, 'gone') }, { RoleArn: b }, { RoleArn: c }], 1],
    [[{ RoleArn: a }, { RoleArn: b }, { RoleArn: a, ExternalId: 'id-1' }, { RoleArn: c }], 4],
  ] as const) {
    await using session = sessionOn(aws, { chain });
    const error = await rejectionOf(session.getCredentials());
    const role = chain[hop - 1]?.RoleArn as string;
    expect(error).toMatchObject({ code: 'CREDENTIALS_DENIED', cause: { code: 'AccessDenied' } });
    expect(error.cause.message).toContain(`Hop ${hop} of ${chain.length}: assumeRole of ${role} failed`);
    expect(error.hint).toContain(`trust policy of ${role}`);
    // The way from hop to hop goes through the SDK; nothing of a request is left in the error.
    expect(everythingShownOf(error)).not.toContain('AWS4-HMAC');
  }
});

it('says of an outage at a hop that it may pass, and recovers', async () => {
  await using session = sessionOn(aws, { chain: [{ RoleArn: a }, { RoleArn: b }] });
  const fault = aws.inject({ service: 'sts', kind: 'error', status: 503, code: 'ServiceUnavailable' });
  const error = await rejectionOf(session.getCredentials());
  expect(error).toMatchObject({ code: 'REFRESH_FAILED', cause: { code: 'ServiceUnavailable', status: 503 } });
  expect(error.cause.message).toContain('Hop 1 of 2');
  fault.stop();
  // One failure of the inner session and one of the outer: both wait their turn, neither remembers the failure for ever.
  await expect(session.refresh()).resolves.toHaveProperty('accessKeyId');
});

it('explains the cap of one hour when STS names it', async () => {
  await using base = sessionOn(aws, { assumeRole: { RoleArn: a } });
  await using session = sessionOn(aws, {
    credentials: base.credentials,
    assumeRole: { RoleArn: b, DurationSeconds: 7200 },
  });
  const error = await rejectionOf(session.getCredentials());
  expect(error).toMatchObject({ code: 'CREDENTIALS_DENIED', cause: { code: 'ValidationError' } });
  expect(error.hint).toContain('one hour');
});

it('closes the hops with the session', async () => {
  const session = sessionOn(aws, { chain: [{ RoleArn: a }, { RoleArn: b }] });
  const hang = aws.inject({ kind: 'hang' });
  const pending = rejectionOf(session.getCredentials());
  await aws.untilCount({ action: 'AssumeRole' }, 1);
  await session.close();
  expect(await pending).toMatchObject({ code: 'SESSION_CLOSED' });
  hang.stop();
  expect(calls()).toBe(1);
});

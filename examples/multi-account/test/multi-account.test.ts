import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { RefreshableSession } from '@brs/core';
import { startLocalAws } from '@brs/testkit';
import { expect, test, vi } from 'vitest';
import { AccountSessions } from '../src/account-sessions.js';
import { takeInventory } from '../src/inventory.js';

const accountIds = Array.from({ length: 20 }, (_, index) => String(200_000_000_000 + index));
const scope = { accountIds, regions: ['us-east-1', 'eu-west-1'], concurrency: 8 };
const baseRole = 'arn:aws:iam::123456789012:role/audit-base';
const roleIn = (accountId: string) => `arn:aws:iam::${accountId}:role/auditor`;

async function open(roles?: Parameters<typeof startLocalAws>[0]) {
  const aws = await startLocalAws({ buckets: ['reports'], ...roles });
  for (const [name, value] of Object.entries(aws.env())) vi.stubEnv(name, value);
  const base = new RefreshableSession({ method: 'sts', region: aws.region, assumeRole: { RoleArn: baseRole } });
  const sessions = new AccountSessions({ base, roleName: 'auditor', region: aws.region });
  return { aws, base, sessions };
}

test('assumes each role once, however many regions, clients and rounds there are', async () => {
  const { aws, base, sessions } = await open();
  await using _aws = aws;
  await using _base = base;
  await using _sessions = sessions;
  for (let round = 0; round < 2; round++) {
    const findings = await takeInventory(sessions, scope);
    expect(findings.map((finding) => 'error' in finding)).toEqual(Array(40).fill(false));
    for (const finding of findings) {
      expect(finding).toMatchObject({
        identity: expect.stringContaining(`:${finding.accountId}:assumed-role/auditor/`),
        buckets: 1,
      });
    }
  }
  expect(aws.count({ action: 'AssumeRole' })).toBe(1 + accountIds.length);
});

test('an account that refuses does not end the others', async () => {
  const [refusing = '', ...others] = accountIds;
  const trusting = others.map((accountId) => ({ arn: roleIn(accountId), trust: [baseRole] }));
  const { aws, base, sessions } = await open({
    roles: [{ arn: baseRole }, { arn: roleIn(refusing), trust: [] }, ...trusting],
  });
  await using _aws = aws;
  await using _base = base;
  await using _sessions = sessions;
  const findings = await takeInventory(sessions, scope);
  const failed = findings.filter((finding) => 'error' in finding);
  expect(failed.map(({ accountId, region }) => [accountId, region])).toEqual([
    [refusing, 'us-east-1'],
    [refusing, 'eu-west-1'],
  ]);
  expect(failed[0]).toMatchObject({ error: { hint: expect.stringContaining('trust policy') } });
});

test('closing an account ends its session, and asking again makes another', async () => {
  const { aws, base, sessions } = await open();
  await using _aws = aws;
  await using _base = base;
  await using _sessions = sessions;
  const [accountId = ''] = accountIds;
  const first = sessions.of(accountId);
  expect(sessions.of(accountId)).toBe(first);
  await sessions.close(accountId);
  expect(first.status().closed).toBe(true);
  expect(sessions.size).toBe(0);
  expect(sessions.of(accountId)).not.toBe(first);
});

test('the program runs through expiry', { timeout: 60_000 }, async () => {
  const program = fileURLToPath(new URL('../dist/index.js', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [program]);
  expect(stdout.match(/40 of 40 regions, 20 sessions/g)).toHaveLength(3);
});

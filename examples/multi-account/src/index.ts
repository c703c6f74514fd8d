/** The program: twenty accounts and two regions of each, twice, against an AWS on loopback, with credentials that live eight seconds. */
import { setTimeout as sleep } from 'node:timers/promises';
import { RefreshableSession } from '@brs/core';
import '@brs/sts';
import { type LocalAws, startLocalAws } from '@brs/testkit';
import { AccountSessions } from './account-sessions.js';
import { takeInventory } from './inventory.js';

const lifetimeMs = 8_000;
const accountIds = Array.from({ length: 20 }, (_, index) => String(111_111_111_100 + index));
const regions = ['us-east-1', 'eu-west-1'];

await using aws = await startLocalAws({ credentialLifetimeMs: lifetimeMs, buckets: ['reports', 'logs'] });
useOnly(aws);

await using base = new RefreshableSession({
  method: 'sts',
  region: aws.region,
  assumeRole: { RoleArn: 'arn:aws:iam::123456789012:role/audit-base' },
});
await using sessions = new AccountSessions({ base, roleName: 'auditor', region: aws.region });

console.log(
  `${accountIds.length} accounts, ${regions.length} regions each, ten at a time; credentials live ${lifetimeMs / 1000} s.`,
);
await look('the first time');
await look('again, with credentials in hand');
await sleep(lifetimeMs);
await look('after they have expired');

async function look(when: string): Promise<void> {
  const assumedBefore = aws.count({ action: 'AssumeRole' });
  const findings = await takeInventory(sessions, { accountIds, regions, concurrency: 10 });
  const failed = findings.filter((finding) => 'error' in finding);
  for (const { accountId, region, error } of failed) console.error(`${accountId} ${region}: ${error.message}`);
  if (failed.length > 0) process.exitCode = 1;
  const assumed = aws.count({ action: 'AssumeRole' }) - assumedBefore;
  console.log(
    `${when.padEnd(32)} ${findings.length - failed.length} of ${findings.length} regions, ` +
      `${sessions.size} sessions, ${assumed} AssumeRole`,
  );
}

/** Nothing here may find the machine's own AWS. */
function useOnly(local: LocalAws): void {
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
  Object.assign(process.env, local.env(), { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' });
}

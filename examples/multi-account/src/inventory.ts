/** The work: looks into every region of every account, so many at a time. One that fails does not end the others. */
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import pLimit from 'p-limit';
import type { AccountSessions } from './account-sessions.js';

/** What was found in one region of one account, or why nothing was. */
export type Finding = { readonly accountId: string; readonly region: string } & (
  { readonly identity: string; readonly buckets: number } | { readonly error: Error }
);

/** What to look into. */
export interface Scope {
  readonly accountIds: readonly string[];
  readonly regions: readonly string[];
  /** How many regions are looked into at the same time. */
  readonly concurrency: number;
}

/** Looks into every region of every account. */
export async function takeInventory(
  sessions: AccountSessions,
  { accountIds, regions, concurrency }: Scope,
): Promise<Finding[]> {
  const limit = pLimit(concurrency);
  const places = accountIds.flatMap((accountId) => regions.map((region) => ({ accountId, region })));
  return limit.map(places, async ({ accountId, region }): Promise<Finding> => {
    try {
      // The same class and configuration give the same client, so that asking for it each time costs nothing.
      const session = sessions.of(accountId);
      const { Arn = '' } = await session.client(STSClient, { region }).send(new GetCallerIdentityCommand({}));
      const { Buckets = [] } = await session.client(S3Client, { region }).send(new ListBucketsCommand({}));
      return { accountId, region, identity: Arn, buckets: Buckets.length };
    } catch (error) {
      return { accountId, region, error: error instanceof Error ? error : new Error(String(error)) };
    }
  });
}

/** How many requests fail after the service has revoked the token that is in use. */
import { ListBucketsCommand } from '@aws-sdk/client-s3';
import type { Measured, RunOptions } from '../figure.js';
import { openStage, playAll, type ScenarioOptions } from '../stage.js';

const requestCount = 20;

export async function run(options: RunOptions): Promise<Measured> {
  const failures = await playAll<number>(import.meta.url, options);
  const title = `token revoked on the server, ${requestCount} requests: failures`;
  return { rows: [{ title, unit: 'count', ...failures, atMost: 0 }] };
}

export async function scenario({ name }: ScenarioOptions): Promise<number> {
  await using stage = await openStage();
  const contestant = await stage.enter(name, { lifetimeSeconds: 3600 });
  const client = contestant.client();
  await client.send(new ListBucketsCommand({}));
  await stage.aws.revokeAll();
  let failed = 0;
  for (let request = 0; request < requestCount; request++) {
    await client.send(new ListBucketsCommand({})).catch(() => failed++);
  }
  return failed;
}

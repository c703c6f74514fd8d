/** How often the source is asked for ten requests in a row, when it gives credentials for a minute. */
import { ListBucketsCommand } from '@aws-sdk/client-s3';
import type { Measured, RunOptions } from '../figure.js';
import { openStage, playAll, type ScenarioOptions } from '../stage.js';

export async function run(options: RunOptions): Promise<Measured> {
  const calls = await playAll<number>(import.meta.url, options);
  return {
    rows: [{ title: 'lifetime 60 s, 10 sequential requests: source calls', unit: 'count', ...calls, atMost: 1 }],
  };
}

export async function scenario({ name }: ScenarioOptions): Promise<number> {
  await using stage = await openStage();
  const contestant = await stage.enter(name, { lifetimeSeconds: 60 });
  const client = contestant.client();
  for (let request = 0; request < 10; request++) await client.send(new ListBucketsCommand({}));
  return await stage.aws.count({ action: 'AssumeRole', status: 200 });
}

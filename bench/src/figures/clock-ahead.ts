/** How often the source is asked on a machine whose clock is two hours ahead: every set that it gets looks expired. */
import { ListBucketsCommand } from '@aws-sdk/client-s3';
import type { ContestantName, Measured, RunOptions } from '../figure.js';
import { openStage, playAll, type ScenarioOptions } from '../stage.js';

const requestCount = 50;

interface Result {
  readonly sourceCalls: number;
  readonly refused: number;
  readonly failed: number;
}

export async function run(options: RunOptions): Promise<Measured> {
  const results = await playAll<Result>(import.meta.url, options);
  const callsOf = (name: ContestantName): number => results[name].sourceCalls;
  return {
    rows: [
      {
        title: `clock 2 h ahead, ${requestCount} requests: source calls`,
        unit: 'count',
        explicit: callsOf('explicit'),
        best: callsOf('best'),
        ours: callsOf('ours'),
        atMost: 1,
      },
    ],
    notes: Object.entries(results).map(
      ([name, { sourceCalls, refused, failed }]) =>
        `${name}: STS gave ${sourceCalls} sets and refused ${refused} requests for their time; ${failed} of ${requestCount} requests failed`,
    ),
  };
}

export async function scenario({ name }: ScenarioOptions): Promise<Result> {
  await using stage = await openStage();
  // AWS two hours behind the machine is the machine two hours ahead of AWS.
  await stage.aws.setClockOffset(-2 * 3_600_000);
  const contestant = await stage.enter(name, { lifetimeSeconds: 3600 });
  const client = contestant.client();
  let failed = 0;
  for (let request = 0; request < requestCount; request++) {
    await client.send(new ListBucketsCommand({})).catch(() => failed++);
  }
  const calls = await stage.aws.count({ action: 'AssumeRole' });
  const sourceCalls = await stage.aws.count({ action: 'AssumeRole', status: 200 });
  if (failed === requestCount) throw new Error(`No request of ${name} succeeded: there is nothing to count.`);
  return { sourceCalls, refused: calls - sourceCalls, failed };
}

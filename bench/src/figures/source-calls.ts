/** How often STS is asked for a hundred clients that share one provider: at the first request of each, and when the set is due. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ListBucketsCommand } from '@aws-sdk/client-s3';
import type { Measured, RunOptions } from '../figure.js';
import { openStage, playAll, type ScenarioOptions } from '../stage.js';

const clientCount = 100;

export async function run(options: RunOptions): Promise<Measured> {
  const { explicit, best, ours } = await playAll<{ cold: number; atRefresh: number }>(import.meta.url, options);
  const title = `STS calls, ${clientCount} clients on one provider`;
  return {
    rows: [
      { title: `${title}, cold`, unit: 'count', explicit: explicit.cold, best: best.cold, ours: ours.cold, atMost: 1 },
      {
        title: `${title}, at refresh`,
        unit: 'count',
        explicit: explicit.atRefresh,
        best: best.atRefresh,
        ours: ours.atRefresh,
        atMost: 1,
      },
    ],
  };
}

export async function scenario({ name }: ScenarioOptions): Promise<{ cold: number; atRefresh: number }> {
  await using stage = await openStage();
  // So that a set is due soon after it was fetched: the SDK's window is five minutes, ours three quarters of a short life.
  const contestant = await stage.enter(name, { lifetimeSeconds: name === 'ours' ? 12 : 305 });
  const clients = contestant.clients(clientCount);
  const sendAll = (): Promise<unknown> => Promise.all(clients.map((client) => client.send(new ListBucketsCommand({}))));
  const sourceCalls = (): Promise<number> => stage.aws.count({ action: 'AssumeRole' });

  await sendAll();
  const cold = await sourceCalls();
  await sleep((await contestant.dueAt(clients)) - Date.now() + 50);
  await sendAll();
  // A refresh in the background may still be on its way.
  await sleep(500);
  return { cold, atRefresh: (await sourceCalls()) - cold };
}

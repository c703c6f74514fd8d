/** How many requests a refresh holds up, under a constant load, with an STS that takes its time. */
import { ListBucketsCommand } from '@aws-sdk/client-s3';
import type { Measured, RunOptions } from '../figure.js';
import { applyLoad } from '../load.js';
import { openStage, playAll, type ScenarioOptions } from '../stage.js';

const perSecond = 200;
const stsLatencyMs = 300;
const delayedMs = 100;

interface Result {
  readonly refreshes: number;
  readonly delayed: number;
  readonly elsewhere: number;
}

export async function run(options: RunOptions): Promise<Measured> {
  const { explicit, best, ours } = await playAll<Result>(import.meta.url, options, { oneByOne: true });
  const perRefresh = ({ delayed, refreshes }: Result): number => delayed / refreshes;
  const describe = (label: string, { refreshes, delayed, elsewhere }: Result): string =>
    `${label}: ${refreshes} refreshes, ${delayed} requests delayed by them, ${elsewhere} slow for other reasons`;
  return {
    rows: [
      {
        title: `requests delayed over ${delayedMs} ms per refresh, ${perSecond}/s, STS at ${stsLatencyMs} ms`,
        unit: 'count',
        explicit: perRefresh(explicit),
        best: perRefresh(best),
        ours: perRefresh(ours),
        atMost: 0,
      },
    ],
    notes: [describe('explicit', explicit), describe('best', best), describe('ours', ours)],
  };
}

export async function scenario({ name, quick }: ScenarioOptions): Promise<Result> {
  await using stage = await openStage();
  const { aws } = stage;
  const contestant = await stage.enter(name, { lifetimeSeconds: name === 'ours' ? 12 : 303 });
  const client = contestant.client();
  await client.send(new ListBucketsCommand({}));
  await aws.inject({ service: 'sts', kind: 'latency', ms: stsLatencyMs });
  await aws.clearRequests();
  const samples = await applyLoad({ clients: [client], perSecond, seconds: quick ? 8 : 16, graceMs: 5_000 });

  const refreshes = await aws.count({ action: 'AssumeRole', status: 200 });
  if (refreshes === 0) throw new Error(`${name} has not refreshed: there is nothing to count.`);
  const slow = samples.filter(({ tookMs = Infinity }) => tookMs > delayedMs);
  // On a busy machine requests are slow for other reasons too: only those count that spent most of it waiting for credentials.
  const delayed = slow.filter(({ sentAfterMs = Infinity, tookMs = Infinity }) => sentAfterMs > tookMs / 2);
  return {
    refreshes,
    delayed: delayed.length,
    elsewhere: slow.length - delayed.length,
  };
}

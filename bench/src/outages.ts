/** What the two outages have in common: a set that is due and still good, a source that is gone, and requests all the while. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ListBucketsCommand } from '@aws-sdk/client-s3';
import type { Fault } from '@brs/testkit';
import type { ContestantName, Measured, RunOptions } from './figure.js';
import { applyLoad, countFailed } from './load.js';
import { openStage, type ScenarioOptions } from './stage.js';

export interface OutageResult {
  readonly requests: number;
  readonly failed: number;
  readonly unsettled: number;
  /** HTTP requests that reached STS. */
  readonly sourceCalls: number;
  /** How long the set in hand was good for when the outage was over. */
  readonly secondsLeft: number;
}

const secondsOf = ({ quick }: RunOptions): number => (quick ? 3 : 60);

/**
 * The lifetime: in full, one for which every window is what it is in production (the SDK's five minutes, ours too); it
 * is waited for. In a quick run, one for which it opens within seconds.
 */
const lifetimeOf = ({ name, quick }: ScenarioOptions): number => (quick ? (name === 'ours' ? 12 : 302) : 430);

export async function playOutage(options: ScenarioOptions, fault: Fault): Promise<OutageResult> {
  await using stage = await openStage();
  const { aws } = stage;
  const lifetimeSeconds = lifetimeOf(options);
  const contestant = await stage.enter(options.name, { lifetimeSeconds });
  const clients = contestant.clients(4);
  for (const client of clients) await client.send(new ListBucketsCommand({}));
  const expiresAt = Date.now() + lifetimeSeconds * 1000;
  await sleep((await contestant.dueAt(clients)) - Date.now() + 50);

  await aws.inject(fault);
  await aws.clearRequests();
  const samples = await applyLoad({ clients, perSecond: 20, seconds: secondsOf(options), graceMs: 5_000 });
  return {
    requests: samples.length,
    failed: countFailed(samples),
    unsettled: samples.filter(({ tookMs }) => tookMs === undefined).length,
    sourceCalls: await aws.count({ service: 'sts' }),
    secondsLeft: Math.round((expiresAt - Date.now()) / 1000),
  };
}

export function outageRows(what: string, options: RunOptions, results: Record<ContestantName, OutageResult>): Measured {
  const { explicit, best, ours } = results;
  const title = `${what} for ${secondsOf(options)} s, the held set is valid`;
  const failed = ({ failed: count, requests }: OutageResult): number => (100 * count) / requests;
  const notes = Object.entries(results).map(
    ([name, { requests, failed: lost, unsettled, sourceCalls, secondsLeft }]) =>
      `${name}: of ${requests} requests ${lost} failed (${unsettled} of them never settled), ${sourceCalls} requests at STS, ` +
      `the held set good for ${secondsLeft} s more`,
  );
  return {
    rows: [
      {
        title: `${title}: failed requests`,
        unit: '%',
        explicit: failed(explicit),
        best: failed(best),
        ours: failed(ours),
        atMost: 0,
      },
      {
        title: `${title}: STS calls`,
        unit: 'count',
        explicit: explicit.sourceCalls,
        best: best.sourceCalls,
        ours: ours.sourceCalls,
        atMost: 15,
      },
    ],
    notes,
  };
}

/** What it costs to hand out a set that is good: the call that every request of every client makes. */
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import type { AwsCredentialIdentityProvider } from '@smithy/types';
import type { ContestantName, Measured, RunOptions } from '../figure.js';
import { inChild } from '../in-child.js';
import { openStage, type Stage } from '../stage.js';
import { median } from '../statistics.js';

const names: readonly ContestantName[] = ['explicit', 'best', 'ours'];

interface Result {
  readonly microseconds: Record<ContestantName, number>;
  readonly callsPerRequest: number;
}

export async function run(options: RunOptions): Promise<Measured> {
  const { microseconds, callsPerRequest } = await inChild<Result>({
    module: import.meta.url,
    name: 'measure',
    argument: options,
  });
  return {
    rows: [{ title: 'fresh path, per call', unit: 'µs', ...microseconds, atMost: 0.5 }],
    notes: [`an S3 request asks the provider ${callsPerRequest} times`],
  };
}

export async function measure({ quick }: RunOptions): Promise<Result> {
  await using stage = await openStage();
  const providers = {} as Record<ContestantName, AwsCredentialIdentityProvider>;
  for (const name of names) {
    const contestant = await stage.enter(name, { lifetimeSeconds: 3600 });
    const client = contestant.client();
    await client.send(new ListBucketsCommand({}));
    // What a client asks: the SDK's own cache in front of its providers, ours itself.
    providers[name] = client.config.credentials;
  }
  const rounds: Record<ContestantName, number[]> = { explicit: [], best: [], ours: [] };
  for (let round = 0; round < (quick ? 20 : 400); round++) {
    for (const name of names) rounds[name].push(await timePerCall(providers[name]));
  }
  return {
    microseconds: { explicit: median(rounds.explicit), best: median(rounds.best), ours: median(rounds.ours) },
    callsPerRequest: await countCalls(stage, providers.ours),
  };
}

async function timePerCall(provider: AwsCredentialIdentityProvider): Promise<number> {
  const calls = 5_000;
  const startedAt = performance.now();
  for (let call = 0; call < calls; call++) await provider();
  return ((performance.now() - startedAt) * 1000) / calls;
}

async function countCalls({ aws }: Stage, provider: AwsCredentialIdentityProvider): Promise<number> {
  let calls = 0;
  const counting: AwsCredentialIdentityProvider = (options) => {
    calls++;
    return provider(options);
  };
  // With the marks of the provider itself, so that the client asks for every request.
  const client = new S3Client({
    region: aws.region,
    endpoint: aws.endpoint,
    credentials: Object.assign(counting, provider),
  });
  const requests = 10;
  for (let request = 0; request < requests; request++) await client.send(new ListBucketsCommand({}));
  return calls / requests;
}

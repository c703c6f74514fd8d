import { GetCallerIdentityCommand, type STSClient } from '@aws-sdk/client-sts';
import { startLocalAws } from '@brs/testkit';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { SharedStsClients } from './shared-sts.js';

const clients = new SharedStsClients();
const clientOf = async (options: object): Promise<STSClient> =>
  (await clients.addTo({ ...options })).stsClient as STSClient;
afterEach(() => clients.close());

describe('the client of STS', () => {
  it('is one for each base, and nobody gets it who says how theirs is', async () => {
    const one = await clientOf({ region: 'us-east-1' });
    expect(await clientOf({ region: 'us-east-1', assumeRole: {} })).toBe(one);
    expect(await clientOf({ region: 'eu-west-1' })).not.toBe(one);
    expect(await clientOf({ region: 'us-east-1', profile: 'other' })).not.toBe(one);
    // What is wrong is told by who checks it.
    for (const own of [{ stsClient: { maxAttempts: 1 } }, { credentials: set }, { region: 7 }]) {
      expect(await clients.addTo(own)).toBe(own);
    }
  });

  it('has 32 calls under way, however many there are', async () => {
    await using aws = await startLocalAws();
    for (const [name, value] of Object.entries(aws.env({}))) vi.stubEnv(name, value);
    const client = await clientOf({ region: 'us-west-2' });
    aws.inject({ kind: 'latency', ms: 20 });
    let [underWay, most] = [0, 0];
    aws.on('request', () => (most = Math.max(most, ++underWay)));
    aws.on('answer', () => underWay--);
    await Promise.all(Array.from({ length: 100 }, () => client.send(new GetCallerIdentityCommand({}))));
    expect(aws.count({ state: 'answered', status: 200 })).toBe(100);
    expect(most).toBeLessThanOrEqual(32);
    expect(most).toBeGreaterThan(1);
  });

  it('makes no call that was given up while it waited', async () => {
    await using aws = await startLocalAws();
    for (const [name, value] of Object.entries(aws.env({}))) vi.stubEnv(name, value);
    const client = await clientOf({ region: 'us-west-1' });
    const hang = aws.inject({ kind: 'hang' });
    const call = (abortSignal: AbortSignal): Promise<unknown> =>
      client.send(new GetCallerIdentityCommand({}), { abortSignal });
    const first = Array.from({ length: 32 }, () => new AbortController());
    const underWay = Promise.allSettled(first.map(({ signal }) => call(signal)));
    await aws.untilCount({}, 32);
    hang.stop();
    const waiting = new AbortController();
    const givenUp = call(waiting.signal);
    const reason = new Error('enough');
    waiting.abort(reason);
    await expect(givenUp).rejects.toBe(reason);
    for (const controller of first) controller.abort();
    await underWay;
    await client.send(new GetCallerIdentityCommand({}));
    expect(aws.requests).toHaveLength(33);
  });
});

const set = { accessKeyId: 'AKID', secretAccessKey: 'secret' };

/** Bugs that other credential engines had, each with what happened there. They must not happen here. */
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { RefreshableSession, type SessionEvents } from '@brs/core';
import { expect, it, onTestFinished } from 'vitest';
import {
  generationOf,
  ManualClock,
  ScriptedSource,
  type ScriptedSourceOptions,
  scriptedStrategy,
  settled,
  startLocalAws,
} from '../../src/index.js';
import { rejectionOf } from './support/rejection.js';
import { assumeRole, roleStrategy } from './support/role-strategy.js';
import { expectNothingUnhandled } from './support/unhandled.js';

expectNothingUnhandled();

function setUp(given: Omit<ScriptedSourceOptions, 'clock'> = {}, options: { deferRefresh?: boolean } = {}) {
  const clock = new ManualClock();
  const source = new ScriptedSource({ clock, ...given });
  const session = new RefreshableSession({ strategy: scriptedStrategy(source), clock, random: () => 0, ...options });
  onTestFinished(() => session.close());
  return { clock, source, session };
}

async function setUpLocal() {
  const aws = await startLocalAws({ credentialLifetimeMs: 900_000 });
  onTestFinished(() => aws.close());
  const session = new RefreshableSession({ strategy: roleStrategy(aws), region: aws.region });
  onTestFinished(() => session.close());
  const client = new S3Client({ endpoint: aws.endpoint, region: aws.region, credentials: session.credentials });
  onTestFinished(() => client.destroy());
  return { aws, session, client };
}

// The memoizing wrapper kept the promise of the first call, and a rejected one for ever: after a single timeout of the
// metadata service a process had no credentials until it was started anew.
it('aws-sdk-js-v3 2067: a rejection of the source is not remembered', async () => {
  const { aws, client } = await setUpLocal();
  const fault = aws.inject({ service: 'sts', kind: 'error', status: 503, code: 'ServiceUnavailable' });
  for (let request = 1; request <= 3; request++) {
    expect(await rejectionOf(client.send(new ListBucketsCommand({})))).toMatchObject({ code: 'REFRESH_FAILED' });
    expect(fault.hits).toBe(request);
  }
  fault.stop();
  await client.send(new ListBucketsCommand({}));
});

// A client whose refresh at expiry ended in a timeout gave that TimeoutError to every later request, although the source
// was back: the failed refresh had taken the place of the set.
it('aws-sdk-js-v3 6344: a refresh that times out does not replace the set, and the next one is a new attempt', async () => {
  const { clock, source, session } = setUp({ lifetimeSeconds: 900 });
  expect(generationOf(await session.getCredentials())).toBe(1);
  source.behaviour = 'hangs-deaf';
  await clock.advance(850_000);
  const wait = session.getCredentials();
  await clock.advance(5000);
  expect(generationOf(await wait)).toBe(1);
  await clock.advance(60_000);
  const late = rejectionOf(session.getCredentials());
  await clock.advance(60_000);
  expect(await late).toMatchObject({ code: 'CREDENTIALS_EXPIRED' });
  source.behaviour = 'succeeds';
  await clock.advance(5000);
  expect(generationOf(await session.getCredentials())).toBeGreaterThan(1);
});

// A wrapper that was put around the provider to mark its source dropped the parameter, and `forceRefresh` with it:
// programs that asked for another set got the one that had just been rejected.
it('aws-sdk-js-v3 6960: forceRefresh from a client’s configuration reaches the source', async () => {
  const { aws, client } = await setUpLocal();
  const first = await client.config.credentials();
  expect(await client.config.credentials()).toEqual(first);
  const second = await client.config.credentials({ forceRefresh: true });
  expect(second.accessKeyId).not.toBe(first.accessKeyId);
  expect(aws.count(assumeRole)).toBe(2);
});

// The lock of the chain was the promise of the first resolution and was let go only when that was fulfilled: one
// CredentialsProviderError, and the chain never looked for credentials again.
it('aws-sdk-js-v3 7690: the lock of a refresh is let go after a failure, in every window', async () => {
  const { clock, source, session } = setUp({ lifetimeSeconds: 900, behaviour: 'fails' });
  await rejectionOf(session.getCredentials()); // Nothing in hand.
  source.behaviour = 'succeeds';
  expect(generationOf(await session.getCredentials())).toBe(1);
  source.behaviour = 'fails';
  for (const seconds of [610, 230, 70]) {
    await clock.advance(seconds * 1000); // The advisory window, the mandatory window, and after the end.
    const before = source.calls;
    await session.getCredentials().catch(() => undefined);
    await settled();
    expect(source.calls).toBe(before + 1);
    expect(session.status().refreshing).toBe(false);
  }
  await rejectionOf(session.refresh());
  source.behaviour = 'succeeds';
  expect(generationOf(await session.refresh())).toBe(2);
  expect(generationOf(await session.getCredentials())).toBe(2);
});

// A forced refresh gave its caller a new set and did not keep it: the next call got the old one again, which was the one
// that the caller had wanted to be rid of.
it('aws-sdk-js-v3 8055: what a forced refresh brings is what everybody gets from then on', async () => {
  const { session, source } = setUp();
  expect(generationOf(await session.getCredentials())).toBe(1);
  expect(generationOf((await session.credentials({ forceRefresh: true })) as never)).toBe(2);
  expect(generationOf((await session.credentials()) as never)).toBe(2);
  expect(generationOf(await session.getCredentials())).toBe(2);
  expect(source.calls).toBe(2);
});

// After the loading of the providers had been deferred, the chain and its cache were made anew at each call: a provider
// that was made once and shared resolved from the start for every client, and for every call outside of a client.
it('aws-sdk-js-v3 8184: the cache outlives the call: clients, and callers without one, share one fetch', async () => {
  const { aws, session, client } = await setUpLocal();
  const provider = session.credentials;
  const other = new S3Client({ endpoint: aws.endpoint, region: aws.region, credentials: provider });
  onTestFinished(() => other.destroy());
  for (let round = 0; round < 3; round++) {
    await provider();
    await session.credentials();
    await client.send(new ListBucketsCommand({}));
    await other.send(new ListBucketsCommand({}));
  }
  expect(aws.count(assumeRole)).toBe(1);
});

// Within five minutes of expiry the chain served the set and refreshed behind; nobody handled the rejection of that
// refresh, so that one failed call of STS ended the process with an unhandledRejection while the set was still good.
it.each([true, false])(
  'aws-sdk-js-v3 8280: a refresh in the background that fails is handled (deferRefresh: %s), and is tried again',
  async (deferRefresh) => {
    const { clock, source, session } = setUp({ lifetimeSeconds: 900 }, { deferRefresh });
    await session.ready();
    const failures: SessionEvents['refreshFailed'][] = [];
    session.on('refreshFailed', (event) => failures.push(event));
    source.behaviour = 'fails';
    await clock.advance(601_000);
    expect(generationOf(await session.getCredentials())).toBe(1);
    await settled(); // An unhandled rejection would have shown by now: see the end of every test.
    expect(failures.length).toBeGreaterThan(0);
    source.behaviour = 'succeeds';
    await clock.advance(10_000);
    await session.getCredentials();
    await settled();
    expect(generationOf(await session.getCredentials())).toBe(2);
  },
);

// The delay after a failure was `100 << failures - 1`: with the 58th failure in a row it overflowed, became negative,
// slipped under the cap, and the next refresh was millions of years away.
it.each([true, false])(
  'aws-sdk-java-v2 6805: after hundreds of failures in a row the next try is as near as after ten (deferRefresh: %s)',
  async (deferRefresh) => {
    const { clock, source, session } = setUp({ lifetimeSeconds: 900 }, { deferRefresh });
    await session.ready();
    source.behaviour = 'fails';
    let longestMs = 0;
    session.on('refreshFailed', ({ at, nextTryAt }) => {
      const delayMs = Number(nextTryAt) - Number(at);
      expect(delayMs).toBeGreaterThan(0);
      longestMs = Math.max(longestMs, delayMs);
    });
    await clock.advance(900_000);
    for (let minute = 0; minute < 600; minute++) {
      await session.getCredentials().catch(() => undefined);
      await clock.advance(60_000);
    }
    expect(session.status().failures).toBeGreaterThan(500);
    expect(longestMs).toBeLessThanOrEqual(60_000);
    source.behaviour = 'succeeds';
    await clock.advance(60_000);
    expect(generationOf(await session.getCredentials())).toBe(2);
    expect(session.status().failures).toBe(0);
  },
);

// The windows were fixed at 15 and 10 minutes: a set that lives for 15 minutes was due from its first second, and every
// single call asked the source again, until it throttled.
it.each([900, 600, 300, 60])(
  'botocore 2189: a set that lives for %i seconds is used, not fetched anew by every call',
  async (lifetimeSeconds) => {
    const { clock, source, session } = setUp({ lifetimeSeconds });
    const steps = 100;
    for (let step = 0; step < steps; step++) {
      await Promise.all([session.getCredentials(), session.getCredentials()]);
      await settled();
      await clock.advance((lifetimeSeconds * 1000) / steps);
    }
    // A lifetime has gone by: the first set, and those that took over ahead of the end.
    expect(source.calls).toBeLessThanOrEqual(4);
  },
);

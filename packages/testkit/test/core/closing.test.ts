import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { defineStrategy, RefreshableSession } from '@brs/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ManualClock, ScriptedSource, scriptedStrategy, settled, startLocalAws } from '../../src/index.js';
import { rejectionOf } from './support/rejection.js';
import { assumeRole, roleStrategy } from './support/role-strategy.js';
import { expectNothingUnhandled } from './support/unhandled.js';

expectNothingUnhandled();

const closed = { code: 'SESSION_CLOSED' };

function setUp(options: { deferRefresh?: boolean } = {}) {
  const clock = new ManualClock();
  const source = new ScriptedSource({ clock, lifetimeSeconds: 900 });
  const session = new RefreshableSession({ strategy: scriptedStrategy(source), clock, ...options });
  return { clock, source, session };
}

describe('close()', () => {
  it('before the first use: nothing was asked, and nothing will be', async () => {
    const { session, source, clock } = setUp();
    await session.close();
    for (const call of [
      session.getCredentials(),
      session.getCredentials({ forceRefresh: true }),
      session.refresh(),
      session.ready(),
      session.whoami(),
      session.toEnv(),
      session.credentials(),
    ]) {
      expect(await rejectionOf(call as Promise<unknown>)).toMatchObject(closed);
    }
    expect(source.calls).toBe(0);
    expect(clock.timers).toBe(0);
  });

  it('leaves status(), invalidate() and on() callable', async () => {
    const { session } = setUp();
    await session.ready();
    await session.close();
    expect(session.status()).toMatchObject({ closed: true, window: 'empty', refreshing: false, failures: 0 });
    session.invalidate('ASIAGENERATION1');
    session.on('closed', () => expect.fail('told twice'))();
  });

  it('drops the credentials', async () => {
    const { session } = setUp();
    await session.ready();
    await session.close();
    expect(session.status().expiresAt).toBeUndefined();
    expect(await rejectionOf(session.getCredentials())).toMatchObject(closed);
  });

  it('twice, at once and later, is once', async () => {
    const clock = new ManualClock();
    let released = 0;
    const strategy = defineStrategy({
      name: 'released',
      acquire: () => new ScriptedSource({ clock }).answer(),
      close: async () => {
        await settled();
        released++;
      },
    });
    const session = new RefreshableSession({ strategy, clock });
    let told = 0;
    session.on('closed', () => told++);
    await Promise.all([session.close(), session.close()]);
    await session.close();
    await session[Symbol.asyncDispose]();
    expect([released, told]).toEqual([1, 1]);
  });

  it('waits for what listeners of `closing` do, whatever comes of it, and tells of it when that is done', async () => {
    const { session } = setUp();
    const happened: string[] = [];
    session.on('closing', async () => {
      await settled();
      happened.push(`released, closed is ${session.status().closed}`);
    });
    session.on('closing', () => Promise.reject(new Error('cannot let go')));
    session.on('closing', () => {
      throw new Error('cannot let go either');
    });
    session.on('closed', () => happened.push('told'));
    await session.close();
    expect(happened).toEqual(['released, closed is true', 'told']);
  });

  it('of one of two sessions over one strategy value leaves that open; the last one closes it', async () => {
    const clock = new ManualClock();
    const source = new ScriptedSource({ clock });
    let released = 0;
    const strategy = scriptedStrategy(source, { close: () => void released++ });
    const sessions = [
      new RefreshableSession({ strategy, clock }),
      new RefreshableSession({ strategy, clock }),
    ] as const;
    await Promise.all([sessions[0].close(), sessions[0].close()]);
    expect(released).toBe(0);
    await sessions[1].refresh();
    await sessions[1].close();
    expect(released).toBe(1);
    // The value may be used again, and is closed again.
    await new RefreshableSession({ strategy, clock }).close();
    expect(released).toBe(2);
  });

  it('raises what the strategy raises when it is closed, and the session is closed all the same', async () => {
    const clock = new ManualClock();
    const source = new ScriptedSource({ clock });
    const broken = new Error('cannot let go');
    const strategy = scriptedStrategy(source, {
      close: () => {
        throw broken;
      },
    });
    const session = new RefreshableSession({ strategy, clock });
    await session.ready();
    expect(await rejectionOf(session.close())).toBe(broken);
    expect(await rejectionOf(session.close())).toBe(broken);
    expect(session.status().closed).toBe(true);
  });

  it.each(['hangs', 'hangs-deaf'] as const)(
    'during the first fetch from a source that %s: every caller is told at once',
    async (behaviour) => {
      const { session, source, clock } = setUp();
      source.behaviour = behaviour;
      const { signal } = new AbortController();
      const calls = [
        session.getCredentials(),
        session.refresh(),
        session.ready({ signal }),
        session.credentials(),
        session.toEnv(),
      ];
      const rejections = calls.map((call) => rejectionOf(call as Promise<unknown>));
      await session.close();
      for (const error of await Promise.all(rejections)) expect(error).toMatchObject(closed);
      expect(clock.timers).toBe(0);
      expect(session.status().refreshing).toBe(false);
    },
  );

  it.each(['succeeds', 'fails', 'refuses'] as const)(
    'during a refresh in the background which then %s: nothing more happens',
    async (behaviour) => {
      const { session, source, clock } = setUp();
      await session.ready();
      source.behaviour = 'waits';
      await clock.advance(600_000);
      await session.getCredentials();
      const told: string[] = [];
      session.on('refreshSucceeded', () => told.push('succeeded'));
      session.on('refreshFailed', () => told.push('failed'));
      await session.close();
      source.behaviour = behaviour;
      source.open();
      await settled();
      expect(told).toEqual([]);
      expect(session.status()).toMatchObject({ window: 'empty', failures: 0, refreshing: false });
      expect(clock.timers).toBe(0);
    },
  );

  it('while callers wait in the mandatory window: they are told', async () => {
    const { session, source, clock } = setUp();
    await session.ready();
    source.behaviour = 'hangs';
    await clock.advance(850_000);
    const wait = rejectionOf(session.getCredentials());
    await session.close();
    expect(await wait).toMatchObject(closed);
    expect(clock.timers).toBe(0);
  });

  it('of a session that refreshes by itself: its timer is gone, whatever it waited for', async () => {
    const waiting = setUp({ deferRefresh: false });
    await waiting.session.ready();
    expect(waiting.clock.timers).toBe(1);
    await waiting.session.close();
    expect(waiting.clock.timers).toBe(0);

    const failing = setUp({ deferRefresh: false });
    failing.source.behaviour = 'fails';
    await failing.session.refresh().catch(() => undefined);
    await failing.session.close();
    await failing.clock.advance(3_600_000);
    expect(failing.clock.timers).toBe(0);
    expect(failing.source.calls).toBeLessThanOrEqual(2);
  });

  it('in the same breath as the construction', async () => {
    const { session, source, clock } = setUp({ deferRefresh: false });
    await session.close();
    await clock.advance(3_600_000);
    expect(source.calls).toBe(1);
    expect(session.status()).toMatchObject({ closed: true, window: 'empty' });
    expect(clock.timers).toBe(0);
  });

  it('during whoami(): the strategy’s answer still counts, its credentials do not come', async () => {
    const clock = new ManualClock();
    const source = new ScriptedSource({ clock, behaviour: 'hangs' });
    const strategy = scriptedStrategy(source, {
      identity: async ({ credentials }) => {
        const { accountId } = await credentials();
        return { method: 'scripted', account: accountId };
      },
    });
    const session = new RefreshableSession({ strategy, clock });
    const who = rejectionOf(session.whoami());
    await session.close();
    expect(await who).toMatchObject(closed);
  });

  it('aborts the source with an error that says why', async () => {
    const clock = new ManualClock();
    let signal: AbortSignal | undefined;
    const strategy = defineStrategy({
      name: 'listening',
      acquire: (context) => {
        signal = context.signal;
        return new Promise(() => {});
      },
    });
    const session = new RefreshableSession({ strategy, clock });
    const wait = rejectionOf(session.getCredentials());
    await session.close();
    expect(await wait).toMatchObject(closed);
    expect(signal?.reason).toMatchObject(closed);
  });

  it('with real clients in the middle of everything: every request ends, nothing hangs', async () => {
    const aws = await startLocalAws();
    onTestFinished(() => aws.close());
    const session = new RefreshableSession({ strategy: roleStrategy(aws), region: aws.region });
    const clients = Array.from({ length: 5 }, (_, index) =>
      session.client(S3Client, { endpoint: aws.endpoint, customUserAgent: `${index}` }),
    );
    aws.inject({ kind: 'latency', ms: 20 });
    const requests = clients.flatMap((client) =>
      Array.from({ length: 4 }, () => client.send(new ListBucketsCommand({}))),
    );
    const outcomes = Promise.allSettled(requests);
    await aws.untilCount(assumeRole, 1);
    await session.close();
    for (const outcome of await outcomes) expect(outcome.status).toBe('rejected');
    expect(aws.count({ service: 's3' })).toBe(0);
  });
});

describe('await using', () => {
  it('closes the session at the end of the block, also after an error', async () => {
    const { session, source } = setUp();
    const error = await rejectionOf(
      (async () => {
        await using scoped = session;
        await scoped.ready();
        throw new Error('in the block');
      })(),
    );
    expect(error.message).toBe('in the block');
    expect(session.status().closed).toBe(true);
    expect(source.calls).toBe(1);
  });
});

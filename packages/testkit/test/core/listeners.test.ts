import { channel, subscribe, unsubscribe } from 'node:diagnostics_channel';
import { RefreshableSession, sessionEventNames, type SessionEvents } from '@brs/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { generationOf, ManualClock, ScriptedSource, scriptedStrategy, settled } from '../../src/index.js';
import { codeOr, rejectionOf } from './support/rejection.js';
import { expectNothingUnhandled } from './support/unhandled.js';

expectNothingUnhandled();

function setUp(options: { lifetimeSeconds?: number; clockAheadSeconds?: number; advisoryWindowSeconds?: number } = {}) {
  const { advisoryWindowSeconds, ...given } = options;
  const clock = new ManualClock();
  const source = new ScriptedSource({ clock, lifetimeSeconds: 900, ...given });
  const session = new RefreshableSession({
    strategy: scriptedStrategy(source),
    clock,
    random: () => 0,
    advisoryWindowSeconds,
  });
  onTestFinished(() => session.close());
  return { clock, source, session };
}

/** The warnings of the process during a test. */
function recordWarnings(): Error[] {
  const warnings: Error[] = [];
  const record = (warning: Error): void => void warnings.push(warning);
  process.on('warning', record);
  onTestFinished(() => void process.off('warning', record));
  return warnings;
}

/** Makes everything happen that a session can tell: failures, stale sets, invalidation, an offset, capped windows, its end. */
async function liveThrough({ clock, source, session }: ReturnType<typeof setUp>): Promise<void> {
  expect(generationOf(await session.getCredentials())).toBe(1);
  source.behaviour = 'fails';
  await clock.advance(850_000);
  expect(generationOf(await session.getCredentials())).toBe(1);
  source.behaviour = 'succeeds';
  await clock.advance(20_000);
  expect(generationOf(await session.getCredentials())).toBe(2);
  session.invalidate('ASIAGENERATION2');
  expect(generationOf(await session.getCredentials())).toBe(3);
  await session.close();
}

describe('a listener that throws', () => {
  const everything = { clockAheadSeconds: 7200, advisoryWindowSeconds: 800 };

  it.each([
    ['throws', () => { throw new Error('planted-in-a-listener'); }], // prettier-ignore
    ['throws no error', () => { throw 'planted-in-a-listener'; }], // prettier-ignore
    ['is asynchronous and rejects', () => Promise.reject(new Error('planted-in-a-listener')) as never],
  ])('(it %s) breaks nothing, others are told as well, and a warning says so without its text', async (_, broken) => {
    const warnings = recordWarnings();
    const world = setUp(everything);
    const told = new Set<string>();
    for (const name of sessionEventNames) {
      world.session.on(name, broken);
      world.session.on(name, () => void told.add(name));
    }
    await liveThrough(world);
    await settled();
    expect([...told].sort()).toEqual(sessionEventNames.filter((name) => name !== 'notice').sort());
    expect(warnings.length).toBeGreaterThanOrEqual(told.size);
    for (const warning of warnings) {
      expect(warning.name).toBe('SessionListenerWarning');
      expect(warning.message).toMatch(/A listener for '\w+' threw/);
      expect(String(warning.stack)).not.toContain('planted-in-a-listener');
    }
  });
});

describe('a listener that calls the session', () => {
  it('refresh() on refreshStarted: joins the refresh that has just begun', async () => {
    const { session, source } = setUp();
    const joined: Promise<unknown>[] = [];
    session.on('refreshStarted', () => joined.push(session.refresh()));
    const set = await session.getCredentials();
    expect(await Promise.all(joined)).toEqual([set]);
    expect(source.calls).toBe(1);
  });

  it('refresh() on refreshSucceeded: one more refresh, and its caller gets the newer set', async () => {
    const { session, source } = setUp();
    let again: Promise<unknown> | undefined;
    session.on('refreshSucceeded', () => void (again ??= session.refresh()));
    expect(generationOf(await session.getCredentials())).toBe(1);
    expect(generationOf((await again) as never)).toBe(2);
    expect(source.calls).toBe(2);
  });

  it('refresh() on refreshFailed: one more try, also with a source that fails at once', async () => {
    const clock = new ManualClock();
    let asked = 0;
    await using session = new RefreshableSession({
      clock,
      strategy: scriptedStrategy(new ScriptedSource({ clock }), {
        acquire: () => {
          asked++;
          throw new Error('down');
        },
      }),
    });
    const tries: Promise<Error>[] = [];
    session.on('refreshFailed', () => void (tries.length < 3 && tries.push(rejectionOf(session.refresh()))));
    expect(await rejectionOf(session.getCredentials())).toMatchObject({ code: 'REFRESH_FAILED' });
    while (tries.length < 3) await settled();
    for (const error of await Promise.all(tries)) expect(error).toMatchObject({ code: 'REFRESH_FAILED' });
    expect(asked).toBe(4);
    expect(session.status().refreshing).toBe(false);
  });

  it('invalidate() on refreshSucceeded: the next call waits for another set', async () => {
    const { session } = setUp();
    const off = session.on('refreshSucceeded', () => {
      off();
      session.invalidate('ASIAGENERATION1');
    });
    await session.getCredentials();
    expect(session.status().window).toBe('mandatory');
    expect(generationOf(await session.getCredentials())).toBe(2);
  });

  it('close() on closed: once is once', async () => {
    const { session } = setUp();
    let told = 0;
    session.on('closed', () => {
      told++;
      void session.close();
    });
    await session.getCredentials();
    await session.close();
    expect(told).toBe(1);
  });

  it('refresh() on closed: is told that the session is closed', async () => {
    const { session } = setUp();
    let late: Promise<Error> | undefined;
    session.on('closed', () => void (late = rejectionOf(session.refresh())));
    await session.close();
    expect(await late).toMatchObject({ code: 'SESSION_CLOSED' });
  });

  const firstFetch = ['refreshStarted', 'clockOffset', 'windowsCapped', 'refreshSucceeded'] as const;
  it.each(firstFetch)('close() on %s: nothing is kept and nothing more is told', async (name) => {
    const { session, source, clock } = setUp({ clockAheadSeconds: 7200, advisoryWindowSeconds: 800 });
    const told: string[] = [];
    for (const each of sessionEventNames)
      session.on(each, ({ at }) => void told.push(`${each} ${Number(at) - clock.now()}`));
    let toldBefore: number | undefined;
    session.on(name, () => {
      toldBefore = told.length;
      void session.close();
    });
    const outcome = await codeOr(session.getCredentials().then(generationOf));
    expect(outcome).toBe(name === 'refreshSucceeded' ? 1 : 'SESSION_CLOSED');
    await settled();
    expect(told.slice(toldBefore)).toEqual(['closing 0', 'closed 0']);
    expect(session.status()).toMatchObject({ closed: true, window: 'empty', refreshing: false });
    expect(session.status().expiresAt).toBeUndefined();
    expect(clock.timers).toBe(0);
    expect(source.calls).toBe(name === 'refreshStarted' ? 0 : 1);
  });

  it.each([610, 850, 1000])(
    'close() on refreshStarted, %i s into a life of 900 s: every caller is told',
    async (seconds) => {
      const { session, clock, source } = setUp();
      await session.getCredentials();
      await clock.advance(seconds * 1000);
      session.on('refreshStarted', () => void session.close());
      expect(await rejectionOf(session.credentials() as Promise<unknown>)).toMatchObject({ code: 'SESSION_CLOSED' });
      expect(clock.timers).toBe(0);
      expect(source.calls).toBe(1);
    },
  );

  it.each(['refreshFailed', 'servedStale', 'invalidated'] as const)(
    'close() on %s: every caller is told',
    async (name) => {
      const { session, source, clock } = setUp();
      await session.getCredentials();
      source.behaviour = 'fails';
      session.on(name, () => void session.close());
      if (name === 'invalidated') session.invalidate('ASIAGENERATION1');
      else await clock.advance(850_000);
      const outcome = await codeOr(session.getCredentials().then(generationOf));
      // Who was about to be given the set in hand may still be given it: it is good for as long as it was.
      const errors = ['SESSION_CLOSED', ...(name === 'refreshFailed' ? ['REFRESH_FAILED'] : [])];
      expect(name === 'servedStale' ? [1, ...errors] : errors).toContain(outcome);
      expect(await rejectionOf(session.getCredentials())).toMatchObject({ code: 'SESSION_CLOSED' });
      expect(clock.timers).toBe(0);
    },
  );

  it('on() while an event is told: who comes then is told of the next one', async () => {
    const { session } = setUp();
    const told: string[] = [];
    const off = session.on('refreshStarted', () => {
      told.push('first');
      off();
      session.on('refreshStarted', () => void told.push('second'));
    });
    await session.getCredentials();
    expect(told).toEqual(['first']);
    await session.refresh();
    expect(told).toEqual(['first', 'second']);
  });
});

describe('diagnostics channels', () => {
  it('carry the same events as the session, for every session of the process', async () => {
    const world = setUp({ clockAheadSeconds: 7200, advisoryWindowSeconds: 800 });
    const own: unknown[] = [];
    const published: unknown[] = [];
    const heard: string[] = [];
    for (const name of sessionEventNames) {
      const listener = (event: unknown, channelName: string | symbol): void => {
        published.push(event);
        heard.push(String(channelName));
      };
      subscribe(`brs:${name}`, listener);
      onTestFinished(() => void unsubscribe(`brs:${name}`, listener));
      world.session.on(name, (event: SessionEvents[typeof name]) => void own.push(event));
    }
    await liveThrough(world);
    expect(published).toEqual(own);
    expect(published.every((event) => Object.isFrozen(event))).toBe(true);
    expect(new Set(heard)).toEqual(
      new Set(sessionEventNames.filter((name) => name !== 'notice').map((name) => `brs:${name}`)),
    );
  });

  it('tell of the first refresh of a session that starts at construction, where nobody could listen yet', async () => {
    const reasons: unknown[] = [];
    const listener = (event: unknown): void => void reasons.push((event as SessionEvents['refreshStarted']).reason);
    subscribe('brs:refreshStarted', listener);
    onTestFinished(() => void unsubscribe('brs:refreshStarted', listener));
    const clock = new ManualClock();
    await using session = new RefreshableSession({
      strategy: scriptedStrategy(new ScriptedSource({ clock })),
      clock,
      deferRefresh: false,
    });
    await session.ready();
    expect(reasons).toEqual(['initial']);
  });

  it('without a subscriber nothing is published', async () => {
    const { session } = setUp();
    expect(channel('brs:refreshStarted').hasSubscribers).toBe(false);
    await session.getCredentials();
  });
});

describe('what the events say', () => {
  it('of a life with a failure in it', async () => {
    const { session, source, clock } = setUp();
    const log: [string, object][] = [];
    for (const name of sessionEventNames) {
      session.on(name, ({ at, method, ...event }) => {
        expect(at).toEqual(new Date(clock.now()));
        expect(method).toBe('scripted');
        log.push([name, event]);
      });
    }
    const start = clock.now();
    await session.getCredentials();
    source.behaviour = 'waits';
    await clock.advance(600_000);
    await session.getCredentials();
    await clock.advance(1500);
    source.behaviour = 'fails';
    source.open();
    await settled();
    source.behaviour = 'succeeds';
    await clock.advance(1000);
    await session.getCredentials();
    await settled();
    await session.close();
    expect(log).toMatchObject([
      ['refreshStarted', { reason: 'initial', window: 'empty', attempt: 1 }],
      [
        'refreshSucceeded',
        { reason: 'initial', window: 'empty', attempt: 1, durationMs: 0, expiration: new Date(start + 900_000) },
      ],
      ['refreshStarted', { reason: 'advisory', window: 'advisory', attempt: 1 }],
      [
        'refreshFailed',
        {
          reason: 'advisory',
          window: 'advisory',
          attempt: 1,
          durationMs: 1500,
          terminal: false,
          error: { code: 'REFRESH_FAILED' },
          nextTryAt: new Date(start + 602_500),
        },
      ],
      ['refreshStarted', { reason: 'advisory', window: 'advisory', attempt: 2 }],
      ['refreshSucceeded', { reason: 'advisory', window: 'advisory', attempt: 2, durationMs: 0 }],
      ['closing', {}],
      ['closed', {}],
    ]);
  });

  it('nothing of the session can be changed through them', async () => {
    const { session } = setUp();
    session.on('refreshSucceeded', (event) => {
      expect(() => Object.assign(event, { expiration: new Date(0) })).toThrow(TypeError);
      event.expiration?.setTime(0);
    });
    await session.getCredentials();
    expect(session.status().expiresAt).toEqual(new Date(Date.UTC(2026, 0, 1, 0, 15)));
    expect(session.status().window).toBe('fresh');
  });
});

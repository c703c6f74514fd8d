import {
  type AcquiredCredentials,
  CredentialsDeniedError,
  defineStrategy,
  InvalidCredentialsError,
  isSessionError,
  RefreshableSession,
  RefreshFailedError,
  type SessionEvents,
  type Strategy,
} from '@brs/core';
import { describe, expect, it } from 'vitest';
import { generationOf, ManualClock, ScriptedSource, scriptedStrategy, settled } from '../../src/index.js';
import { rejectionOf } from './support/rejection.js';
import { expectNothingUnhandled } from './support/unhandled.js';

expectNothingUnhandled();

const good: AcquiredCredentials = {
  accessKeyId: 'ASIAGENERATION1',
  secretAccessKey: 'secret-of-generation-1',
  sessionToken: 'token-of-generation-1',
};

const forever = new Promise<never>(() => {});

/** A session over what `acquire` does, once; afterwards the source is in order. */
function sessionOver(acquire: Strategy['acquire'], more: Partial<Strategy> = {}): RefreshableSession {
  let asked = 0;
  return new RefreshableSession({
    clock: new ManualClock(),
    random: () => 0,
    strategy: defineStrategy({
      name: 'odd',
      acquire: (context) => (asked++ === 0 ? acquire(context) : Promise.resolve(good)),
      ...more,
    }),
  });
}

describe('a source that throws', () => {
  const thrown: [string, unknown, RegExp][] = [
    ['an error', new TypeError('at once'), /TypeError/],
    ['undefined', undefined, /a thrown undefined/],
    ['null', null, /a thrown null/],
    ['a string', 'no', /a thrown string/],
    ['a number', 42, /a thrown number/],
    ['a frozen object', Object.freeze({ code: 'X' }), /a thrown object/],
  ];
  for (const [what, value, message] of thrown) {
    for (const [how, acquire] of [
      ['throws synchronously', () => { throw value; }], // prettier-ignore
      ['rejects with', () => Promise.reject(value)],
    ] as [string, Strategy['acquire']][]) {
      it(`${how} ${what}: a typed error with it as the cause, and the next call asks again`, async () => {
        await using session = sessionOver(acquire);
        const error = await rejectionOf(session.getCredentials());
        expect(error).toBeInstanceOf(RefreshFailedError);
        expect(error.message).toMatch(message);
        expect('cause' in error).toBe(true);
        expect(error.cause).toBe(value);
        expect(generationOf(await session.getCredentials())).toBe(1);
      });
    }
  }

  it('synchronously, at construction: the session is there and tries again', async () => {
    const clock = new ManualClock();
    let asked = 0;
    await using session = new RefreshableSession({
      clock,
      random: () => 0,
      deferRefresh: false,
      strategy: defineStrategy({
        name: 'odd',
        acquire: () => {
          if (asked++ === 0) throw new Error('not yet');
          return Promise.resolve(good);
        },
      }),
    });
    await settled();
    expect(session.status()).toMatchObject({ window: 'empty', failures: 1 });
    await clock.advance(1000);
    expect(asked).toBe(2);
    expect(session.status()).toMatchObject({ window: 'fresh', failures: 0 });
  });
});

describe('a source that answers', () => {
  const answers: [string, unknown, RegExp][] = [
    ['nothing', undefined, /undefined/],
    ['null', null, /null/],
    ['a string', 'ASIA', /string/],
    ['an empty object', {}, /`accessKeyId`.*undefined/],
    ['an empty key id', { ...good, accessKeyId: '' }, /`accessKeyId`.*an empty string/],
    ['half a set', { ...good, secretAccessKey: undefined }, /`secretAccessKey`.*undefined/],
    ['no token', { ...good, sessionToken: null }, /`sessionToken`.*null/],
    ['a date that is a string', { ...good, expiration: '2026-01-01T01:00:00Z' }, /`expiration`.*string/],
    ['a date that is a number', { ...good, expiration: 1_800_000_000 }, /`expiration`.*number/],
    ['an Invalid Date', { ...good, expiration: new Date(NaN) }, /`expiration`.*an Invalid Date/],
    ['an invalid source time', { ...good, sourceTime: new Date(NaN) }, /`sourceTime`.*an Invalid Date/],
    ['an expired set', { ...good, expiration: new Date(Date.UTC(2025, 11, 31)) }, /already expired/],
    [
      'a set that expires this very millisecond',
      { ...good, expiration: new Date(Date.UTC(2026, 0, 1)) },
      /already expired/,
    ],
  ];
  for (const [what, answer, message] of answers) {
    it(`${what}: refused with the reason, nothing stored, and the next call asks again`, async () => {
      await using session = sessionOver(() => Promise.resolve(answer as AcquiredCredentials));
      const error = await rejectionOf(session.getCredentials());
      expect(error).toBeInstanceOf(RefreshFailedError);
      expect(error.cause).toBeInstanceOf(InvalidCredentialsError);
      expect(error.message).toMatch(message);
      expect(session.status()).toMatchObject({ window: 'empty', failures: 1 });
      expect(generationOf(await session.getCredentials())).toBe(1);
    });
  }

  it('with a number for a secret: its value is in no message', async () => {
    await using session = sessionOver(() => Promise.resolve({ ...good, secretAccessKey: 8_675_309 as never }));
    const error = await rejectionOf(session.getCredentials());
    expect(error.message).toMatch(/`secretAccessKey`.*number/);
    expect(error.message).not.toContain('8675309');
  });

  it('with an object that changes afterwards: what is served does not', async () => {
    const expiration = new Date(Date.UTC(2026, 0, 1, 1));
    const answer = { ...good, expiration };
    await using session = sessionOver(() => Promise.resolve(answer));
    const served = await session.getCredentials();
    answer.secretAccessKey = 'secret-of-generation-9';
    expiration.setFullYear(2000);
    expect(generationOf(await session.getCredentials())).toBe(1);
    expect(served.expiration).toEqual(new Date(Date.UTC(2026, 0, 1, 1)));
    expect(session.status().window).toBe('fresh');
  });

  it('with a thenable that is no promise', async () => {
    // oxlint-disable-next-line unicorn/no-thenable -- what some promise libraries still give
    await using session = sessionOver(() => ({ then: (resolve: (set: unknown) => void) => resolve(good) }) as never);
    expect(generationOf(await session.getCredentials())).toBe(1);
  });

  it('with sets of one key id after another: a set is never put together from two', async () => {
    const clock = new ManualClock();
    const source = new ScriptedSource({ clock, lifetimeSeconds: 10 });
    await using session = new RefreshableSession({ strategy: scriptedStrategy(source), clock });
    let newest = 0;
    for (let second = 0; second < 120; second++) {
      const sets = await Promise.all([session.getCredentials(), session.getCredentials(), session.refresh()]);
      for (const set of sets) expect(generationOf(set)).toBeGreaterThanOrEqual(newest);
      newest = generationOf(sets[2]);
      await clock.advance(1000);
    }
    expect(newest).toBe(source.calls);
  });
});

describe('a source that never settles', () => {
  it.each([
    ['the default', {}, {}, 30_000],
    ['what the strategy says', { refreshTimeoutMs: 120_000 }, {}, 120_000],
    ['what the session says', { refreshTimeoutMs: 120_000 }, { refreshTimeoutMs: 500 }, 500],
  ])('is waited for until the deadline: %s', async (_, ofStrategy, ofSession, timeoutMs) => {
    const clock = new ManualClock();
    const strategy = defineStrategy({ name: 'silent', acquire: () => forever, ...ofStrategy });
    await using session = new RefreshableSession({ clock, strategy, ...ofSession });
    const wait = rejectionOf(session.getCredentials());
    await clock.advance(timeoutMs - 1);
    expect(session.status().refreshing).toBe(true);
    await clock.advance(1);
    expect(session.status().refreshing).toBe(false);
    expect(await wait).toMatchObject({ cause: { code: 'REFRESH_TIMEOUT' } });
  });

  it('and does not listen to its signal: the deadline ends every wait, and the next call asks again', async () => {
    const clock = new ManualClock();
    let signal: AbortSignal | undefined;
    await using session = new RefreshableSession({
      clock,
      refreshTimeoutMs: 2000,
      strategy: defineStrategy({
        name: 'silent',
        acquire: (context) => {
          signal = context.signal;
          return forever;
        },
      }),
    });
    const waits = Array.from({ length: 10 }, () => rejectionOf(session.getCredentials()));
    await clock.advance(2000);
    for (const error of await Promise.all(waits)) {
      expect(error).toMatchObject({ code: 'REFRESH_FAILED', cause: { code: 'REFRESH_TIMEOUT' } });
      expect(error.hint).toContain('refreshTimeoutMs');
    }
    expect(signal?.aborted).toBe(true);
    expect(isSessionError(signal?.reason)).toBe(true);
  });

  // A wait that is over must not look at the outcome once more: what it finds then, nobody handles.
  it('a caller that went away before the first fetch failed leaves nothing behind', async () => {
    const clock = new ManualClock();
    const source = new ScriptedSource({ clock, behaviour: 'waits' });
    await using session = new RefreshableSession({ strategy: scriptedStrategy(source), clock });
    const abort = new AbortController();
    const wait = rejectionOf(session.getCredentials({ signal: abort.signal }));
    abort.abort(new Error('gone'));
    expect((await wait).message).toBe('gone');
    source.behaviour = 'fails';
    source.open();
    await settled();
    expect(session.status().failures).toBe(1);
  });

  it('a caller that settled for the old set before it expired, and the refresh fails after', async () => {
    const clock = new ManualClock();
    const source = new ScriptedSource({ clock, lifetimeSeconds: 900 });
    await using session = new RefreshableSession({ strategy: scriptedStrategy(source), clock });
    await session.getCredentials();
    source.behaviour = 'hangs-deaf';
    await clock.advance(880_000);
    const wait = session.getCredentials();
    await clock.advance(5000);
    expect(generationOf(await wait)).toBe(1);
    clock.jump(60_000); // The machine sleeps past the expiry, and the refresh fails when it wakes up.
    await clock.advance(30_000);
    expect(session.status()).toMatchObject({ window: 'expired', failures: 1, refreshing: false });
  });

  it('a wait with a signal that is never used leaves no listener on it', async () => {
    const clock = new ManualClock();
    const source = new ScriptedSource({ clock, lifetimeSeconds: 60 });
    await using session = new RefreshableSession({ strategy: scriptedStrategy(source), clock });
    const { signal } = new AbortController();
    let listening = 0;
    const { addEventListener, removeEventListener } = signal;
    Object.assign(signal, {
      addEventListener: (...args: never[]) => (listening++, Reflect.apply(addEventListener, signal, args)),
      removeEventListener: (...args: never[]) => (listening--, Reflect.apply(removeEventListener, signal, args)),
    });
    for (let round = 0; round < 20; round++) {
      await session.getCredentials({ signal });
      await clock.advance(60_000);
    }
    expect(source.calls).toBeGreaterThan(10);
    expect(listening).toBe(0);
  });

  it('a caller whose signal is aborted already gets its reason, and the source is left alone', async () => {
    const clock = new ManualClock();
    const source = new ScriptedSource({ clock, behaviour: 'must-not-be-asked' });
    await using session = new RefreshableSession({ strategy: scriptedStrategy(source), clock });
    const reason = new Error('too late');
    for (const call of ['getCredentials', 'refresh', 'ready'] as const) {
      expect(await rejectionOf(session[call]({ signal: AbortSignal.abort(reason) }))).toBe(reason);
    }
    expect(source.calls).toBe(0);
  });
});

describe('a strategy whose `classify`', () => {
  const classes: [string, () => unknown][] = [
    ['throws', () => { throw new Error('classify broke'); }], // prettier-ignore
    ['gives nothing', () => undefined],
    ['gives something else', () => 'terminal'],
  ];
  for (const [what, classify] of classes) {
    it(`${what}: the failure may pass, its cause is the source's error, and the hint says what happened`, async () => {
      const thrown = new Error('of the source');
      await using session = sessionOver(() => Promise.reject(thrown), { classify: classify as never });
      const error = await rejectionOf(session.getCredentials());
      expect(error).toBeInstanceOf(RefreshFailedError);
      expect(error.cause).toBe(thrown);
      expect(error.hint).toContain("'odd' could not classify");
      expect(generationOf(await session.getCredentials())).toBe(1);
    });
  }

  it.each([NaN, -1, Infinity, 'soon'])(
    'says to come back in %s: the backoff stays within its bounds',
    async (retryAfterMs) => {
      const clock = new ManualClock();
      const source = new ScriptedSource({ clock, behaviour: 'fails' });
      const classify = () => ({ kind: 'recoverable' as const, retryAfterMs: retryAfterMs as number });
      await using session = new RefreshableSession({
        strategy: scriptedStrategy(source, { classify }),
        clock,
        deferRefresh: false,
      });
      await settled();
      const delayMs = Number(session.status().retryAt) - clock.now();
      expect(delayMs).toBeGreaterThanOrEqual(1000);
      expect(delayMs).toBeLessThanOrEqual(60_000);
      source.behaviour = 'succeeds';
      await clock.advance(60_000);
      expect(session.status().window).toBe('fresh');
    },
  );

  it('says terminal: the hint reaches the caller and the listener', async () => {
    const hint = 'The trust policy of the role does not let you in.';
    await using session = sessionOver(() => Promise.reject(new Error('denied')), {
      classify: () => ({ kind: 'terminal', hint }),
    });
    const failures: SessionEvents['refreshFailed'][] = [];
    session.on('refreshFailed', (event) => failures.push(event));
    const error = await rejectionOf(session.getCredentials());
    expect(error).toBeInstanceOf(CredentialsDeniedError);
    expect(error.hint).toBe(hint);
    expect(failures).toMatchObject([{ terminal: true, hint, error, reason: 'initial', window: 'empty', attempt: 1 }]);
  });
});

describe('two sessions over one strategy', () => {
  it('know nothing of each other', async () => {
    const clock = new ManualClock();
    const source = new ScriptedSource({ clock });
    const strategy = scriptedStrategy(source);
    const first = new RefreshableSession({ strategy, clock });
    await using second = new RefreshableSession({ strategy, clock });
    expect(generationOf(await first.getCredentials())).toBe(1);
    expect(generationOf(await second.getCredentials())).toBe(2);
    await first.close();
    expect(generationOf(await second.getCredentials())).toBe(2);
    expect(first.status().closed && !second.status().closed).toBe(true);
  });
});

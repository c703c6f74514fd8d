import { inspect } from 'node:util';
import { S3Client } from '@aws-sdk/client-s3';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { AcquiredCredentials, Strategy } from './contract.js';
import { client, getDefaultSession, setDefaultSession } from './default-session.js';
import { defineStrategy } from './define-strategy.js';
import { RefreshableSession } from './session.js';
import type { CommonSessionOptions } from './session-options.js';

const expiration = new Date(Date.now() + 3_600_000);
const answer: AcquiredCredentials = {
  accessKeyId: 'ASIA1',
  secretAccessKey: 'secret',
  sessionToken: 'token',
  expiration,
};

function sessionOver(more: Partial<Strategy> = {}, options: CommonSessionOptions = {}) {
  const acquire = vi.fn<Strategy['acquire']>(async () => answer);
  const session = new RefreshableSession({
    strategy: defineStrategy({ name: 'static', acquire, ...more }),
    ...options,
  });
  return { session, acquire };
}

describe('getCredentials, ready, refresh', () => {
  it('the source is asked when credentials are first needed, and told why', async () => {
    const { session, acquire } = sessionOver();
    expect(acquire).not.toHaveBeenCalled();
    await session.ready();
    expect(acquire).toHaveBeenCalledExactlyOnceWith({ reason: 'initial', signal: expect.any(AbortSignal) as unknown });
    expect(await session.getCredentials()).toEqual(expect.objectContaining(answer));
    await session.refresh();
    expect(acquire.mock.calls.map(([{ reason }]) => reason)).toEqual(['initial', 'forced']);
  });

  it('or at construction, once, with deferRefresh: false', async () => {
    const { session, acquire } = sessionOver({}, { deferRefresh: false });
    expect(acquire).toHaveBeenCalledOnce();
    await session.ready();
    await session.ready();
    expect(acquire).toHaveBeenCalledOnce();
    await session.close();
  });

  it('what is no signal is refused, and leaves no timer that would hold the process', async () => {
    const ref = vi.fn<() => void>();
    const clock = { now: () => Date.now(), startTimer: () => ({ ref, cancel: () => undefined }) };
    const { session } = sessionOver({}, { clock });
    await expect(session.getCredentials({ signal: new AbortController() as never })).rejects.toThrow(TypeError);
    expect(ref).not.toHaveBeenCalled();
  });

  it('the same set is the same frozen object for everybody', async () => {
    const { session } = sessionOver();
    const [first, second, third] = await Promise.all([
      session.getCredentials(),
      session.getCredentials({}),
      session.credentials(),
    ]);
    expect(second).toBe(first);
    expect(third).toBe(first);
    expect(Object.isFrozen(first)).toBe(true);
    expect(() => Object.assign(first, { accessKeyId: 'x' })).toThrow(TypeError);
  });

  it('a copy of a set is a set', async () => {
    const { session } = sessionOver();
    expect(Object.assign({}, await session.getCredentials())).toEqual(answer);
  });
});

describe('toEnv', () => {
  it('gives the names that every SDK and the CLI read', async () => {
    const { session } = sessionOver({}, { region: 'eu-west-1' });
    expect(await session.toEnv()).toEqual({
      AWS_ACCESS_KEY_ID: 'ASIA1',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_SESSION_TOKEN: 'token',
      AWS_CREDENTIAL_EXPIRATION: expiration.toISOString(),
      AWS_REGION: 'eu-west-1',
      AWS_DEFAULT_REGION: 'eu-west-1',
    });
  });

  it('leaves out what there is not', async () => {
    const { session } = sessionOver({ acquire: async () => ({ ...answer, expiration: undefined }) });
    expect(Object.keys(await session.toEnv()).sort()).toEqual([
      'AWS_ACCESS_KEY_ID',
      'AWS_SECRET_ACCESS_KEY',
      'AWS_SESSION_TOKEN',
    ]);
  });

  it('a new object each time, which the caller may change', async () => {
    const { session } = sessionOver();
    (await session.toEnv()).AWS_ACCESS_KEY_ID = 'x';
    expect((await session.toEnv()).AWS_ACCESS_KEY_ID).toBe('ASIA1');
  });
});

describe('whoami', () => {
  it('says the method where the strategy says nothing more', async () => {
    expect(await sessionOver().session.whoami()).toEqual({ method: 'static' });
  });

  it('hands the strategy the session’s provider and the caller’s signal', async () => {
    const identity = vi.fn<Strategy['identity']>(async ({ credentials }) => ({
      method: 'static',
      arn: (await credentials()).accessKeyId,
    }));
    const { session, acquire } = sessionOver({ identity });
    const { signal } = new AbortController();
    expect(await session.whoami({ signal })).toEqual({ method: 'static', arn: 'ASIA1' });
    expect(identity).toHaveBeenCalledWith({ credentials: session.credentials, signal });
    expect(acquire).toHaveBeenCalledOnce();
    await session.whoami();
    expect(identity.mock.lastCall?.[0].signal).toBeInstanceOf(AbortSignal);
  });

  it('passes on what the strategy raises', async () => {
    const broken = new Error('no such caller');
    await expect(sessionOver({ identity: () => Promise.reject(broken) }).session.whoami()).rejects.toBe(broken);
    const throwing = () => {
      throw broken;
    };
    await expect(sessionOver({ identity: throwing }).session.whoami()).rejects.toBe(broken);
  });
});

describe('status', () => {
  it('before the first fetch, during it and after it', async () => {
    const { session } = sessionOver({}, { random: () => 0 });
    expect(session.status()).toMatchObject({
      method: 'static',
      window: 'empty',
      refreshing: false,
      failures: 0,
      clockOffsetMs: 0,
      closed: false,
    });
    expect(session.status().expiresAt).toBeUndefined();
    const fetching = session.ready();
    expect(session.status()).toMatchObject({ window: 'empty', refreshing: true });
    await fetching;
    const { expiresAt, advisoryAt, mandatoryAt, fetchedAt, retryAt, ...rest } = session.status();
    expect(rest).toMatchObject({ window: 'fresh', refreshing: false, failures: 0, closed: false });
    expect(expiresAt).toEqual(expiration);
    expect(advisoryAt).toEqual(new Date(expiration.getTime() - 900_000));
    expect(mandatoryAt).toEqual(new Date(expiration.getTime() - 60_000));
    expect(Number(fetchedAt)).toBeLessThanOrEqual(Date.now());
    expect(retryAt).toBeUndefined();
  });

  it('of a set that does not expire', async () => {
    const { session } = sessionOver({ acquire: async () => ({ ...answer, expiration: undefined }) });
    await session.ready();
    const { expiresAt, advisoryAt, mandatoryAt, window } = session.status();
    expect([expiresAt, advisoryAt, mandatoryAt, window]).toEqual([undefined, undefined, undefined, 'fresh']);
  });

  it('after a failure', async () => {
    const { session } = sessionOver({ acquire: () => Promise.reject(new Error('down')) });
    await expect(session.ready()).rejects.toMatchObject({ code: 'REFRESH_FAILED' });
    expect(session.status()).toMatchObject({ window: 'empty', failures: 1 });
    expect(Number(session.status().retryAt)).toBeGreaterThan(Date.now());
  });

  it('is what a session prints, and is a copy', async () => {
    const { session } = sessionOver();
    await session.ready();
    session.status().expiresAt?.setTime(0);
    expect(session.status().expiresAt).toEqual(expiration);
    const shown = inspect(session);
    expect(shown).toMatch(/^RefreshableSession \{/);
    expect(shown).toContain("window: 'fresh'");
  });
});

describe('on', () => {
  it('calls every listener of the event with one frozen event, until it is taken off', async () => {
    const { session } = sessionOver();
    const [first, second, other] = [vi.fn(), vi.fn(), vi.fn()];
    const off = session.on('refreshStarted', first);
    session.on('refreshStarted', second);
    session.on('refreshFailed', other);
    await session.ready();
    expect(first).toHaveBeenCalledOnce();
    expect(first.mock.lastCall?.[0]).toBe(second.mock.lastCall?.[0]);
    expect(Object.isFrozen(first.mock.lastCall?.[0])).toBe(true);
    off();
    off();
    await session.refresh();
    expect(first).toHaveBeenCalledOnce();
    expect(second).toHaveBeenCalledTimes(2);
    expect(other).not.toHaveBeenCalled();
  });
});

describe('invalidate', () => {
  it.each([undefined, null, '', 7])('(%o) is no access key id', (keyId) => {
    expect(() => sessionOver().session.invalidate(keyId as never)).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTIONS', option: 'accessKeyId' }),
    );
  });
});

describe('the default session', () => {
  afterEach(() => setDefaultSession(undefined));

  it('is missing until it is set: the hint says how', () => {
    for (const call of [getDefaultSession, () => client(S3Client)]) {
      expect(call).toThrow(
        expect.objectContaining({
          code: 'NO_DEFAULT_SESSION',
          hint: expect.stringContaining('setDefaultSession') as string,
        }),
      );
    }
  });

  it('serves client() of the module, and may be replaced and taken away', async () => {
    const [first, second] = [
      sessionOver({}, { region: 'eu-west-1' }).session,
      sessionOver({}, { region: 'eu-west-2' }).session,
    ];
    setDefaultSession(first);
    expect(getDefaultSession()).toBe(first);
    expect(client(S3Client)).toBe(first.client(S3Client));
    expect(client(S3Client, { maxAttempts: 1 })).toBe(first.client(S3Client, { maxAttempts: 1 }));
    setDefaultSession(second);
    expect(await client(S3Client).config.region()).toBe('eu-west-2');
    expect(first.status().closed).toBe(false);
    setDefaultSession(undefined);
    expect(getDefaultSession).toThrow(/default session/);
  });

  it.each([null, {}, 'session', 7])('cannot be %o', (value) => {
    expect(() => setDefaultSession(value as never)).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTIONS', option: 'session' }),
    );
  });
});

import { inspect } from 'node:util';
import {
  CredentialsDeniedError,
  listMethods,
  RefreshableSession,
  RefreshFailedError,
  RefreshTimeoutError,
} from '@brs/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { CommandFailedError, type CustomOptions, type SdkCredentials } from '../src/index.js';

const open: RefreshableSession[] = [];
afterEach(() => Promise.all(open.splice(0).map((session) => session.close())));

function sessionOver(options: CustomOptions, own: { refreshTimeoutMs?: number } = {}): RefreshableSession {
  const session = new RefreshableSession({ method: 'custom', ...own, ...options });
  open.push(session);
  return session;
}

/** A set of one generation, which shows in all of its fields. */
function generation(number: number, lifetimeMs = 3_600_000): SdkCredentials {
  return {
    accessKeyId: `AKIA${number}`,
    secretAccessKey: `planted-secret-${number}`,
    sessionToken: `planted-token-${number}`,
    expiration: new Date(Date.now() + lifetimeMs),
    accountId: '012345678901',
  };
}

async function rejectionOf(promise: Promise<unknown>): Promise<Error> {
  const error = await promise.then(
    () => expect.fail('it was fulfilled'),
    (reason: unknown) => reason as Error,
  );
  expect(inspect(error, { depth: 9 })).not.toContain('planted');
  return error;
}

describe("method: 'custom'", () => {
  it('is registered by the import', () => {
    expect(listMethods()).toContainEqual({ method: 'custom', packageName: '@brs/custom' });
  });

  it('asks a function once for any number of callers, and again when forced', async () => {
    let number = 0;
    const source = vi.fn(async () => generation(++number));
    const session = sessionOver({ source });
    const sets = await Promise.all(Array.from({ length: 50 }, () => session.getCredentials()));
    expect(new Set(sets.map(({ accessKeyId }) => accessKeyId))).toEqual(new Set(['AKIA1']));
    expect(await session.refresh()).toMatchObject({ accessKeyId: 'AKIA2', sessionToken: 'planted-token-2' });
    expect(source).toHaveBeenCalledTimes(2);
    expect(await session.credentials()).toMatchObject({ secretAccessKey: 'planted-secret-2' });
    expect(inspect(session.credentials) + inspect(await session.credentials())).not.toContain('planted');
  });

  it('says who it is', async () => {
    expect(await sessionOver({ source: () => generation(1) }).whoami()).toEqual({
      method: 'custom',
      account: '012345678901',
    });
  });

  it('runs a command', async () => {
    const { accessKeyId, secretAccessKey, sessionToken, expiration } = generation(1);
    const answer = {
      Version: 1,
      AccessKeyId: accessKeyId,
      SecretAccessKey: secretAccessKey,
      SessionToken: sessionToken,
      Expiration: expiration,
    };
    const script = 'console.error("planted"); console.log(process.env.BRS_TEST_ANSWER)';
    const session = sessionOver({
      command: [process.execPath, '-e', script],
      commandOptions: { env: { BRS_TEST_ANSWER: JSON.stringify(answer) } },
    });
    expect(await session.getCredentials()).toMatchObject({ accessKeyId: 'AKIA1', expiration });
  });

  it.each<[string, unknown]>([
    ['an error', new Error('down')],
    ['a string', 'down'],
    ['undefined', undefined],
    ['null', null],
  ])('raises a function that throws %s, and keeps it as the cause', async (_, thrown) => {
    const session = sessionOver({
      source: () => {
        throw thrown;
      },
    });
    const error = await rejectionOf(session.getCredentials());
    expect(error).toBeInstanceOf(RefreshFailedError);
    expect(error).toMatchObject({ cause: thrown });
    // The next call asks again: a rejection is not remembered.
    await expect(session.getCredentials()).rejects.toBeInstanceOf(RefreshFailedError);
  });

  it.each<[string, () => unknown, string]>([
    ['nothing', () => undefined, 'The answer of `source` is undefined.'],
    [
      'half a set',
      () => ({ ...generation(1), sessionToken: undefined }),
      'The answer of `source` lacks `sessionToken`.',
    ],
    ['an expired set', () => generation(1, -1), 'expired'],
    ['an Invalid Date', () => ({ ...generation(1), expiration: new Date(NaN) }), 'an Invalid Date.'],
    ['local time', () => ({ ...generation(1), expiration: '2026-11-23 10:00' }), 'another string.'],
  ])('raises %s as a failure that may pass', async (_, source, message) => {
    const error = await rejectionOf(sessionOver({ source: source as never }).getCredentials());
    expect(error).toBeInstanceOf(RefreshFailedError);
    expect(error).toMatchObject({ message: expect.stringContaining(message) });
  });

  it('serves the set in hand when a later answer is bad, and tells of it', async () => {
    const answers = [generation(1), {}];
    const session = sessionOver({ source: () => answers.shift() as SdkCredentials });
    const failures: boolean[] = [];
    session.on('refreshFailed', ({ terminal }) => failures.push(terminal));
    await session.ready();
    await expect(session.refresh()).rejects.toBeInstanceOf(RefreshFailedError);
    expect(await session.getCredentials()).toMatchObject({ accessKeyId: 'AKIA1' });
    expect(failures).toEqual([false]);
  });

  it('ends a function that never settles at the deadline, and tells it so', async () => {
    let signal: AbortSignal | undefined;
    const session = sessionOver(
      {
        source: (context) => {
          ({ signal } = context);
          return new Promise(() => {});
        },
      },
      { refreshTimeoutMs: 20 },
    );
    const error = await rejectionOf(session.getCredentials());
    expect(error.cause).toBeInstanceOf(RefreshTimeoutError);
    expect(signal?.aborted).toBe(true);
  });

  it('kills a command at the deadline', async () => {
    const session = sessionOver(
      { command: [process.execPath, '-e', 'setInterval(() => {}, 1000)'] },
      { refreshTimeoutMs: 20 },
    );
    expect((await rejectionOf(session.getCredentials())).cause).toBeInstanceOf(RefreshTimeoutError);
  });

  it('raises a command that fails without a word of what it printed', async () => {
    const script = 'console.log("planted"); console.error("planted"); process.exitCode = 4';
    const error = await rejectionOf(
      sessionOver({ command: [process.execPath, '-e', script, 'planted'] }).getCredentials(),
    );
    expect(error).toMatchObject({ code: 'REFRESH_FAILED', cause: { code: 'COMMAND_FAILED', exitCode: 4 } });
  });

  it('raises a command that cannot be started as terminal', async () => {
    const error = await rejectionOf(sessionOver({ command: ['/nonexistent/planted'] }).getCredentials());
    expect(error).toBeInstanceOf(CredentialsDeniedError);
    expect(error).toMatchObject({ hint: expect.stringContaining('command[0]'), cause: { startFailure: 'ENOENT' } });
  });

  it("takes the caller's classification", async () => {
    const hint = 'Log in again.';
    const session = sessionOver({
      command: [process.execPath, '-e', 'process.exitCode = 77'],
      classify: (error) =>
        error instanceof CommandFailedError && error.exitCode === 77 ? { kind: 'terminal', hint } : undefined,
    });
    expect(await rejectionOf(session.getCredentials())).toMatchObject({ code: 'CREDENTIALS_DENIED', hint });
  });

  it('raises a failure of its classification as the failure of the source', async () => {
    const down = new Error('down');
    const session = sessionOver({
      source: () => Promise.reject(down),
      classify: () => {
        throw new Error('planted');
      },
    });
    expect((await rejectionOf(session.getCredentials())).cause).toBe(down);
  });

  it('refuses bad options at construction, beside those of the session', () => {
    expect(() => sessionOver({} as CustomOptions)).toThrow('Option `source` or `command` is required.');
    expect(() => sessionOver({ source: () => generation(1), regoin: 'x' } as never)).toThrow(
      'Option `regoin` is unknown',
    );
  });
});
